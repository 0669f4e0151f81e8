/** `<details class="menu">`: one open at a time, closed by Escape and by a click outside. Also the narrow screen's navigation. */
export function startMenus(): void {
  const close = (except?: Element | null) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>('details.menu[open]')) if (menu !== except) menu.open = false;
  };
  const frame = document.querySelector('.aj');
  const burger = document.querySelector<HTMLButtonElement>('[data-nav]');
  const nav = (open: boolean) => {
    frame?.classList.toggle('nav-open', open);
    burger?.setAttribute('aria-expanded', String(open));
  };
  document.addEventListener('click', (event) => {
    const target = event.target as Element;
    close(target.closest('details.menu'));
    if (target.closest('[data-nav]')) nav(!frame?.classList.contains('nav-open'));
    else if (!target.closest('.aj-nav')) nav(false);
    if (target.closest('[data-find]')) {
      document.querySelector('.aj-bar')?.classList.add('find');
      document.querySelector<HTMLInputElement>('[data-search]')?.focus();
    } else if (!target.closest('.aj-search')) document.querySelector('.aj-bar')?.classList.remove('find');
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const open = document.querySelector<HTMLDetailsElement>('details.menu[open]');
    close();
    open?.querySelector('summary')?.focus();
    if (frame?.classList.contains('nav-open')) burger?.focus();
    nav(false);
    document.querySelector('.aj-bar')?.classList.remove('find');
  });
}
