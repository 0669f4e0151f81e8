import { openDialog } from './dialog';

/**
 * Keys of the whole system. `/` search, `?` the list of keys, J/K next and previous row of the table (or list) marked `data-rows`,
 * Enter opens the row's `data-open` link, X ticks it. Any control with `data-key="y"` is pressed by that key.
 */
export function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === '/') {
      const search = document.querySelector<HTMLInputElement>('[data-search]');
      if (!search) return;
      event.preventDefault();
      document.querySelector('.aj-bar')?.classList.add('find');
      search.focus();
      search.select();
      return;
    }
    if (key === '?') {
      event.preventDefault();
      openDialog('keys');
      return;
    }
    const control = [...document.querySelectorAll<HTMLElement>('[data-key]')].find(
      (one) => one.dataset.key?.split(' ').includes(key) && one.offsetParent !== null,
    );
    if (control) {
      event.preventDefault();
      if (!control.matches(':disabled, [aria-disabled="true"]')) control.click();
      else control.focus();
      return;
    }
    if (key === 'j' || key === 'k') {
      if (step(key === 'j' ? 1 : -1)) event.preventDefault();
    } else if (key === 'Enter' && !(event.target as Element).closest('a, button, summary, input')) {
      current()?.querySelector<HTMLElement>('[data-open]')?.click();
    } else if (key === 'x') {
      current()?.querySelector<HTMLInputElement>('input[type=checkbox]')?.click();
    }
  });
  document.addEventListener('click', (event) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-rows] > *');
    if (row) mark(row, false);
  });
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || (target.matches('input, textarea, select') && !target.matches('[type=checkbox], [type=radio], [type=button]')))
  );
}

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-rows] > :not(.sum, .grp)')].filter((row) => row.offsetParent !== null);
const current = () => document.querySelector<HTMLElement>('[data-rows] > .at');

function step(by: number): boolean {
  const all = rows();
  const here = current();
  const next = all[here ? all.indexOf(here) + by : by > 0 ? 0 : all.length - 1];
  if (!next) return all.length > 0;
  mark(next, true);
  return true;
}

function mark(row: HTMLElement, focus: boolean): void {
  current()?.classList.remove('at');
  row.classList.add('at');
  if (!focus) return;
  row.scrollIntoView({ block: 'nearest' });
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
}
