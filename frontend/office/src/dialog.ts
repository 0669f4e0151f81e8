/** `data-dialog="id"` opens the native dialog of that id; `data-close` inside closes it; so does a click on the backdrop. */
export function startDialogs(): void {
  document.addEventListener('click', (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>('[data-dialog]');
    if (opener) {
      event.preventDefault();
      openDialog(opener.dataset.dialog ?? '');
      return;
    }
    if (target.closest('[data-close]')) target.closest('dialog')?.close();
    else if (target instanceof HTMLDialogElement && target.open) {
      const box = target.getBoundingClientRect();
      const { clientX: x, clientY: y } = event as MouseEvent;
      if (x < box.left || x > box.right || y < box.top || y > box.bottom) target.close();
    }
    const dismissed = target.closest('[data-dismiss]');
    if (dismissed) dismissed.closest('.msg, .undo')?.remove();
  });
}

export function openDialog(id: string): void {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}
