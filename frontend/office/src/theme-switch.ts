/** Buttons `data-set-theme="light|dark|auto"`: apply at once, then tell the server (a cookie), so that the next page is drawn right. */
export function startTheme(redraw: () => void): void {
  const root = document.documentElement;
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>('[data-set-theme]');
    if (!button) return;
    event.preventDefault();
    const wish = button.dataset.setTheme ?? 'auto';
    root.dataset.theme = wish;
    root.dataset.bsTheme = wish === 'auto' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light') : wish;
    for (const other of document.querySelectorAll<HTMLElement>('[data-set-theme]')) {
      other.classList.toggle('on', other.dataset.setTheme === wish);
      other.setAttribute('aria-pressed', String(other.dataset.setTheme === wish));
    }
    const form = button.form;
    if (form) {
      const body = new FormData(form);
      body.set('theme', wish);
      void fetch(form.action, { method: 'POST', body, redirect: 'manual' });
    }
  });
  // Charts read their colours from the tokens: draw them anew whenever the theme changes.
  new MutationObserver(() => {
    for (const chart of document.querySelectorAll<HTMLElement>('[data-chart], [data-map]')) delete chart.dataset.drawn;
    redraw();
  }).observe(root, { attributes: true, attributeFilter: ['data-bs-theme'] });
}
