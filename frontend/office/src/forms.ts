/** Small comforts of forms: `data-autosubmit` on a select, `data-reveal` on a password, no double submit, and a warning before typed words are lost. */
export function startForms(): void {
  document.addEventListener('change', (event) => {
    const field = event.target as HTMLElement;
    if (field.matches('[data-autosubmit]')) (field as HTMLSelectElement).form?.requestSubmit();
  });
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>('[data-reveal]');
    if (!button) return;
    const field = document.getElementById(button.dataset.reveal ?? '') as HTMLInputElement | null;
    if (!field) return;
    const shown = field.type === 'text';
    field.type = shown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!shown));
    field.focus();
  });
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.getAttribute('method')?.toLowerCase() !== 'post' || form.hasAttribute('hx-post') || form.hasAttribute('data-file')) return; // a file leaves the page as it is
    form.dataset.sent = 'yes';
    // Disabled only after the browser has read the values: a disabled button sends nothing.
    setTimeout(() => {
      for (const button of form.querySelectorAll<HTMLButtonElement>('button[type=submit], button:not([type])')) button.disabled = true;
    });
  });
  // Coming back with the browser's own button shows the page as it was left: let its buttons work again.
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sent]')) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll('button')) button.disabled = false;
    }
  });
  document.addEventListener('input', (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>('form[data-keep]');
    if (form) form.dataset.typed = 'yes';
  });
  addEventListener('beforeunload', (event) => {
    if (document.querySelector('form[data-keep][data-typed]:not([data-sent])')) event.preventDefault();
  });
}
