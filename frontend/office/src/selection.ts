/**
 * Ticking rows. Inside `data-selection`: `data-pick-all` ticks every `data-pick`; Shift extends; `data-picked` shows the number;
 * controls with `data-needs-pick` are usable only when something is ticked.
 */
export function startSelection(): void {
  let last: HTMLInputElement | null = null;
  document.addEventListener('click', (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== 'checkbox') return;
    const area = box.closest<HTMLElement>('[data-selection]');
    if (!area) return;
    const picks = [...area.querySelectorAll<HTMLInputElement>('[data-pick]')];
    if (box.hasAttribute('data-pick-all')) for (const pick of picks) pick.checked = box.checked;
    else if (box.hasAttribute('data-pick')) {
      if ((event as MouseEvent).shiftKey && last && picks.includes(last)) {
        const [from, to] = [picks.indexOf(last), picks.indexOf(box)].sort((a, b) => a - b) as [number, number];
        for (const pick of picks.slice(from, to + 1)) pick.checked = box.checked;
      }
      last = box;
    }
    show(area);
  });
  const all = () => {
    for (const area of document.querySelectorAll<HTMLElement>('[data-selection]')) show(area);
  };
  all();
  document.addEventListener('htmx:after:swap', all);
}

function show(area: HTMLElement): void {
  const picks = [...area.querySelectorAll<HTMLInputElement>('[data-pick]')];
  const picked = picks.filter((pick) => pick.checked);
  for (const pick of picks) pick.closest('tr, li')?.classList.toggle('sel', pick.checked);
  for (const place of area.querySelectorAll('[data-picked]')) place.textContent = picked.length.toLocaleString('en');
  for (const head of area.querySelectorAll<HTMLInputElement>('[data-pick-all]')) {
    head.checked = picks.length > 0 && picked.length === picks.length;
    head.indeterminate = picked.length > 0 && picked.length < picks.length;
  }
  for (const control of area.querySelectorAll<HTMLButtonElement>('[data-needs-pick]')) control.disabled = picked.length === 0;
}
