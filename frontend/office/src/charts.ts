import { whenSeen } from './colours';

/** `<div data-chart="bar|sankey|line" data-source="id of a JSON script">`. The drawing library is fetched with the first chart. */
export function drawCharts(root: ParentNode): void {
  whenSeen(root.querySelectorAll<HTMLElement>('[data-chart]'), (element) => {
    void import('./chart').then(({ draw }) => draw(element));
  });
}
