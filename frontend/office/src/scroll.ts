/** What scrolls sideways can be reached and moved with the keyboard; what doesn't isn't a stop. */
export function startScrolling(): void {
  const look = () => {
    for (const box of document.querySelectorAll<HTMLElement>('.t-wrap, .steps, .phases, .chart-scroll, .scroll')) {
      const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
      if (scrolls) box.tabIndex = 0;
      else box.removeAttribute('tabindex');
    }
  };
  look();
  addEventListener('resize', look);
  document.addEventListener('htmx:after:swap', look);
}
