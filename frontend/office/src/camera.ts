/**
 * What a device tells beside a photo taken on the page (`form[data-camera]`): its own name, the moment, the place where the browser may give it.
 * Only of a photo taken now (`input[data-shoot]`): a file chosen from the gallery tells for itself.
 */
const NAME = 'aj-device';
let place: GeolocationPosition | null = null;

export function startCamera(): void {
  if (!document.querySelector('form[data-camera] input[data-shoot]')) return;
  if (document.querySelector('[data-locate]') && 'geolocation' in navigator)
    navigator.geolocation.watchPosition(
      (found) => {
        place = found;
        said('data-found', `±${Math.round(found.coords.accuracy)} m`);
      },
      () => said('data-lost'),
      { enableHighAccuracy: true, maximumAge: 30_000, timeout: 20_000 },
    );
  document.addEventListener('dropzone:send', (event) => {
    const { body, input } = (event as CustomEvent<{ body: FormData; input: HTMLInputElement | null }>).detail;
    if (!(event.target as Element).matches('form[data-camera]') || !input?.matches('[data-shoot]')) return;
    body.set('device', device());
    body.set('captured_at', new Date().toISOString());
    if (place && Date.now() - place.timestamp < 120_000) {
      body.set('lng', String(place.coords.longitude));
      body.set('lat', String(place.coords.latitude));
      body.set('accuracy', String(place.coords.accuracy));
    }
  });
}

/** Says in the page how the place stands: the words are in the element's attributes. */
function said(which: 'data-found' | 'data-lost', more = ''): void {
  for (const line of document.querySelectorAll<HTMLElement>('[data-locate]')) {
    line.textContent = `${line.getAttribute(which) ?? ''} ${more}`.trim();
    line.classList.toggle('ok', which === 'data-found');
    line.classList.toggle('soon', which === 'data-lost');
  }
}

function device(): string {
  let name = localStorage.getItem(NAME);
  if (!name) {
    name = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    localStorage.setItem(NAME, name);
  }
  return name;
}
