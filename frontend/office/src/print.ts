/** `data-print` prints the page; what is printed is decided by the print style sheet. */
export function startPrinting(): void {
  document.addEventListener('click', (event) => {
    if ((event.target as Element).closest('[data-print]')) window.print();
  });
}
