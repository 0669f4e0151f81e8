/**
 * Photos of an album: a picture opens large beside what is known of it. Left and right go on, Escape closes; without scripts the link opens the
 * picture itself. What is said of a photo stands in its `<template>`, so nothing is asked of the server twice.
 */
export function startAlbums(): void {
  document.addEventListener('click', (event) => {
    const target = event.target as Element;
    const shot = target.closest<HTMLAnchorElement>('a[data-shot]');
    if (shot && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      const box = shot.closest('[data-album]')?.querySelector<HTMLDialogElement>('dialog[data-lightbox]');
      if (!box) return;
      event.preventDefault();
      show(box, shot);
      if (!box.open) box.showModal();
      return;
    }
    const box = target.closest<HTMLDialogElement>('dialog[data-lightbox]');
    if (box && target.closest('[data-prev]')) step(box, -1);
    if (box && target.closest('[data-next]')) step(box, 1);
  });
  document.addEventListener('keydown', (event) => {
    const box = document.querySelector<HTMLDialogElement>('dialog[data-lightbox][open]');
    if (!box || (event.target as Element).matches('input, textarea, select')) return;
    if (event.key === 'ArrowLeft') step(box, -1);
    else if (event.key === 'ArrowRight') step(box, 1);
    else return;
    event.preventDefault();
  });
  // What was explained or withdrawn is shown in the grid: the large picture makes room for it.
  document.addEventListener('htmx:after:swap', () => {
    for (const box of document.querySelectorAll<HTMLDialogElement>('dialog[data-lightbox][open]')) {
      const at = box.dataset.shown;
      if (at && !document.querySelector(`[data-shot="${CSS.escape(at)}"]`)) box.close();
      else if (at && box.querySelector('form[data-sent]')) box.close();
    }
  });
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (form.closest('dialog[data-lightbox]')) form.dataset.sent = 'yes';
  });
}

const shots = (box: Element) => [...(box.closest('[data-album]')?.querySelectorAll<HTMLAnchorElement>('a[data-shot]') ?? [])];

function step(box: HTMLDialogElement, by: number): void {
  const all = shots(box);
  const here = all.findIndex((one) => one.dataset.shot === box.dataset.shown);
  const next = all[(here + by + all.length) % all.length];
  if (next) show(box, next);
}

function show(box: HTMLDialogElement, shot: HTMLAnchorElement): void {
  const all = shots(box);
  const picture = box.querySelector<HTMLImageElement>('.pic > img');
  const facts = box.querySelector<HTMLElement>('[data-facts]');
  const detail = document.getElementById(shot.dataset.shot ?? '');
  if (!picture || !facts || !(detail instanceof HTMLTemplateElement)) return;
  box.dataset.shown = shot.dataset.shot;
  picture.src = shot.href;
  picture.alt = shot.querySelector('img')?.alt ?? '';
  facts.replaceChildren(detail.content.cloneNode(true));
  for (const form of facts.querySelectorAll('form')) process(form);
  const at = box.querySelector<HTMLElement>('[data-at]');
  if (at) at.textContent = all.length > 1 ? `${all.indexOf(shot) + 1} / ${all.length}` : '';
  for (const button of box.querySelectorAll<HTMLElement>('[data-prev], [data-next]')) button.hidden = all.length < 2;
}

let process: (form: HTMLElement) => void = () => undefined;

/** How forms that come out of a template get their behaviour. */
export function processWith(how: (form: HTMLElement) => void): void {
  process = how;
}
