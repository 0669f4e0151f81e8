import htmx from 'htmx.org';

/**
 * `<form data-dropzone>`: workbooks dragged in or chosen are sent one by one with their progress. Each answer is a fragment
 * (text/html) that takes the file's row, or a redirect to follow when a single file was sent. Without scripts the form posts as any form.
 */
export function startDropzones(): void {
  document.addEventListener('dragover', (event) => {
    const zone = (event.target as Element).closest?.('[data-dropzone]');
    if (!zone || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    zone.classList.add('over');
  });
  document.addEventListener('dragleave', (event) => {
    const zone = (event.target as Element).closest?.('[data-dropzone]');
    if (zone && !zone.contains(event.relatedTarget as Node | null)) zone.classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    const zone = (event.target as Element).closest?.<HTMLFormElement>('[data-dropzone]');
    if (!zone || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    zone.classList.remove('over');
    void send(zone, [...event.dataTransfer.files]);
  });
  document.addEventListener('change', (event) => {
    const input = event.target as HTMLInputElement;
    const zone = input.type === 'file' ? input.closest<HTMLFormElement>('[data-dropzone]') : null;
    if (!zone || !input.files?.length) return;
    const files = [...input.files];
    void send(zone, files, input).then(() => {
      input.value = '';
    });
  });
}

async function send(zone: HTMLFormElement, files: File[], given?: HTMLInputElement): Promise<void> {
  const name = (given ?? zone.querySelector<HTMLInputElement>('input[type=file]'))?.name ?? 'file';
  const list = zone.querySelector<HTMLElement>('[data-files]');
  const answers: string[] = [];
  for (const file of files) {
    const row = draft(zone, file);
    list?.append(row);
    const answer = await post(zone, { name, file, input: given ?? null }, (share) => progress(row, share)).catch(() => null);
    if (!answer) fail(row, zone.dataset.lost ?? '');
    else if (answer.type.startsWith('application/json')) {
      const { location, message } = JSON.parse(answer.body) as { location?: string; message?: string };
      if (answer.ok && location) {
        answers.push(location);
        finish(row, location, message ?? '');
      } else fail(row, message ?? zone.dataset.lost ?? '');
    } else if (answer.ok || answer.status === 422) {
      const holder = document.createElement('template');
      holder.innerHTML = answer.body;
      const nodes = [...holder.content.children];
      row.replaceWith(...nodes);
      for (const node of nodes) htmx.process(node as HTMLElement);
    } else fail(row, answer.status === 413 ? (zone.dataset.large ?? '') : (zone.dataset.lost ?? ''));
  }
  if (files.length === 1 && answers[0]) location.assign(answers[0]);
}

interface Parcel { name: string; file: File; input: HTMLInputElement | null }
interface Answer { ok: boolean; status: number; type: string; body: string }

/** XMLHttpRequest, as fetch tells nothing about how much has been sent. */
function post(zone: HTMLFormElement, { name, file, input }: Parcel, tell: (share: number) => void): Promise<Answer> {
  const body = new FormData(zone);
  body.delete(name);
  body.append(name, file);
  // Whoever knows more of the file (the camera: where and when) adds it here.
  zone.dispatchEvent(new CustomEvent('dropzone:send', { bubbles: true, detail: { body, input } }));
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', zone.action);
    request.setRequestHeader('X-Requested-With', 'dropzone');
    request.setRequestHeader('Accept', 'application/json, text/html');
    request.upload.onprogress = (event) => event.lengthComputable && tell(event.loaded / event.total);
    request.onload = () =>
      resolve({ ok: request.status < 400, status: request.status, type: request.getResponseHeader('Content-Type') ?? '', body: request.responseText });
    request.onerror = () => reject(new Error('network'));
    request.send(body);
  });
}

function draft(zone: HTMLFormElement, file: File): HTMLElement {
  const template = zone.querySelector<HTMLTemplateElement>('template[data-row]');
  const row = template?.content.firstElementChild?.cloneNode(true) as HTMLElement;
  row.querySelector('[data-name]')!.textContent = file.name;
  row.querySelector('[data-size]')!.textContent = size(file.size);
  return row;
}

const size = (bytes: number) => (bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

function progress(row: HTMLElement, share: number): void {
  row.querySelector<HTMLProgressElement>('progress')!.value = share;
  row.querySelector('[data-share]')!.textContent = `${Math.round(share * 100)}%`;
}

function fail(row: HTMLElement, message: string): void {
  row.querySelector('progress')!.classList.add('late');
  const state = row.querySelector('[data-state]')!;
  state.textContent = message;
  state.className = 'late';
}

function finish(row: HTMLElement, href: string, message: string): void {
  progress(row, 1);
  const link = document.createElement('a');
  link.href = href;
  link.textContent = message || href;
  row.querySelector('[data-state]')!.replaceChildren(link);
}
