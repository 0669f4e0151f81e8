import { whenSeen } from './colours';

/** `<div data-map="address of GeoJSON" data-source="id of a JSON script">`. MapLibre is fetched with the first map. */
export function drawMaps(root: ParentNode): void {
  whenSeen(root.querySelectorAll<HTMLElement>('[data-map]'), (element) => {
    void import('./map').then(({ draw }) => draw(element));
  });
}
