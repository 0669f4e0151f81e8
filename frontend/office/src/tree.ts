/** A tree in a table: `data-twig="address"` fetches the rows below its own once, then folds and unfolds them. */
export function startTrees(): void {
  document.addEventListener('click', (event) => {
    const twig = (event.target as Element).closest<HTMLButtonElement>('[data-twig]');
    if (twig) void turn(twig);
  });
}

async function turn(twig: HTMLButtonElement): Promise<void> {
  const row = twig.closest('tr');
  if (!row) return;
  const open = twig.getAttribute('aria-expanded') !== 'true';
  twig.setAttribute('aria-expanded', String(open));
  const path = [row.dataset.path, row.dataset.branch].filter(Boolean).join('/');
  if (open && twig.dataset.fetched === undefined) {
    twig.dataset.fetched = '';
    const answer = await fetch(twig.dataset.twig ?? '', { headers: { 'HX-Request': 'true' } });
    if (!answer.ok) {
      delete twig.dataset.fetched;
      twig.setAttribute('aria-expanded', 'false');
      return;
    }
    const made = document.createElement('template');
    made.innerHTML = await answer.text();
    const rows = [...made.content.querySelectorAll('tr')];
    for (const below of rows) below.dataset.path = path;
    row.after(...rows);
    return;
  }
  for (let below = row.nextElementSibling; below instanceof HTMLTableRowElement && below.dataset.path?.startsWith(path); below = below.nextElementSibling) {
    const inner = below.querySelector('[data-twig][aria-expanded="true"]');
    if (open) below.hidden = below.dataset.path !== path && isFolded(below);
    else below.hidden = true;
    if (!open && inner) inner.setAttribute('aria-expanded', 'false');
  }
}

/** Whether a row further down stays hidden when a place above it unfolds: its own branch is folded. */
function isFolded(row: HTMLTableRowElement): boolean {
  const code = row.dataset.path?.split('/').pop();
  return document.querySelector(`tr[data-branch="${code}"] [data-twig]`)?.getAttribute('aria-expanded') !== 'true';
}
