/** A line of stages that is longer than its room opens where the work is now. */
function toNow(): void {
  for (const line of document.querySelectorAll<HTMLElement>('.phases, .steps')) {
    const now = line.querySelector('[aria-current="step"]');
    if (!now || line.scrollWidth <= line.clientWidth) continue;
    const room = line.getBoundingClientRect();
    const at = now.getBoundingClientRect();
    line.scrollLeft += at.left - room.left - (room.width - at.width) / 2;
  }
}

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
  toNow();
  addEventListener('resize', look);
  document.addEventListener('htmx:after:swap', look);
}
