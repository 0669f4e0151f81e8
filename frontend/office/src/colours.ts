/** A token's value now, in the present theme. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--aj-${name}`).trim();
}

export const SEQUENCE = ['seq-1', 'seq-2', 'seq-3', 'seq-4', 'seq-5', 'seq-6'] as const;

/** The data of a drawing: a JSON script element beside it. */
export function data<T>(id: string | undefined): T | null {
  const text = id ? document.getElementById(id)?.textContent : null;
  return text ? (JSON.parse(text) as T) : null;
}

/** Calls `draw` once for each element when it comes near the view. */
export function whenSeen(elements: Iterable<HTMLElement>, draw: (element: HTMLElement) => void): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const element = entry.target as HTMLElement;
        if (!entry.isIntersecting) continue;
        observer.unobserve(element);
        draw(element);
      }
    },
    { rootMargin: '300px' },
  );
  for (const element of elements) {
    if (element.dataset.drawn) continue;
    element.dataset.drawn = 'yes';
    observer.observe(element);
  }
}
