import 'maplibre-gl/dist/maplibre-gl.css';
import type { Feature, FeatureCollection, Position } from 'geojson';
import { Map as Drawing, Marker, NavigationControl, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { data, SEQUENCE, token } from './colours';

setWorkerUrl(workerUrl);

/** What is shown on each area: keyed by the feature's property `code`. `step` 1–6 chooses the shade, 0 is "no figure". */
interface Figures {
  areas: Record<string, { label: string; text: string; step: number; href?: string; said?: string }>;
}

const drawings = new WeakMap<HTMLElement, Drawing>();

/** Draws areas coloured by a figure, each opening its page. Only the GeoJSON of our own server is loaded; there is no ground map. */
export async function draw(element: HTMLElement): Promise<void> {
  drawings.get(element)?.remove();
  element.querySelectorAll('.canvas').forEach((one) => one.remove());
  const answer = await fetch(element.dataset.map ?? '', { headers: { Accept: 'application/geo+json, application/json' } });
  if (!answer.ok) return;
  const shapes = (await answer.json()) as FeatureCollection;
  const figures = data<Figures>(element.dataset.source)?.areas ?? {};
  const code = (feature: Feature) => String(feature.properties?.code ?? feature.id ?? '');
  for (const feature of shapes.features) feature.properties = { ...feature.properties, code: code(feature), step: figures[code(feature)]?.step ?? 0 };

  const box = bounds(shapes);
  const canvas = document.createElement('div');
  canvas.className = 'canvas';
  element.prepend(canvas);
  const drawing = new Drawing({
    container: canvas,
    style: { version: 8, sources: { areas: { type: 'geojson', data: shapes, promoteId: 'code' } }, layers: [
      { id: 'fill', type: 'fill', source: 'areas', filter: ['!=', ['get', 'code'], ''], paint: { 'fill-color': ['match', ['get', 'step'], ...SEQUENCE.flatMap((name, at) => [at + 1, token(name)]), token('sunken')] as never, 'fill-opacity': ['case', ['boolean', ['feature-state', 'at'], false], 0.8, 1] } },
      { id: 'line', type: 'line', source: 'areas', paint: { 'line-color': token('surface'), 'line-width': 1.2 } },
    ] },
    bounds: box,
    fitBoundsOptions: { padding: { top: 20, right: 20, bottom: element.querySelector('.legend') ? 66 : 20, left: 20 } },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    scrollZoom: false,
  });
  drawings.set(element, drawing);
  drawing.touchZoomRotate.disableRotation();
  drawing.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  drawing.getCanvas().setAttribute('aria-label', element.getAttribute('aria-label') ?? '');

  const labels: HTMLElement[] = [];
  for (const feature of [...shapes.features].sort((one, other) => width(other) - width(one))) {
    if (!code(feature) || rings(feature).length === 0) continue; // boundary lines that belong to no place
    const figure = figures[code(feature)];
    const label = document.createElement('div');
    label.className = `lab${figure && figure.step > 3 ? ' inv' : ''}`;
    label.append(Object.assign(document.createElement('b'), { textContent: figure?.label ?? String(feature.properties?.name ?? '') }));
    if (figure) label.append(figure.text);
    new Marker({ element: label }).setLngLat((feature.properties?.label as [number, number] | undefined) ?? middle(feature)).addTo(drawing);
    labels.push(label);
  }
  const part = () => keepApart(labels);
  drawing.on('idle', part);
  drawing.on('moveend', part);

  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  canvas.append(tip);
  let at: string | undefined;
  const leave = () => {
    if (at !== undefined) drawing.setFeatureState({ source: 'areas', id: at }, { at: false });
    at = undefined;
    tip.hidden = true;
    drawing.getCanvas().style.cursor = '';
  };
  drawing.on('mousemove', 'fill', (event) => {
    const id = String(event.features?.[0]?.properties.code ?? '');
    if (id !== at) {
      leave();
      at = id;
      drawing.setFeatureState({ source: 'areas', id }, { at: true });
      const figure = figures[id];
      tip.textContent = figure?.said ?? (figure ? `${figure.label} ${figure.text}` : '');
      tip.hidden = !tip.textContent;
      drawing.getCanvas().style.cursor = figure?.href ? 'pointer' : '';
    }
    tip.style.left = `${Math.min(event.point.x + 12, canvas.clientWidth - 190)}px`;
    tip.style.top = `${event.point.y + 12}px`;
  });
  drawing.on('mouseleave', 'fill', leave);
  drawing.on('click', 'fill', (event) => {
    const href = figures[String(event.features?.[0]?.properties.code ?? '')]?.href;
    if (href) location.assign(href);
  });
}

/** Hides the labels that would lie on another's; the larger place keeps its own, the smaller one is named by pointing at it. */
function keepApart(labels: HTMLElement[]): void {
  const kept: DOMRect[] = [];
  for (const label of labels) {
    const box = label.getBoundingClientRect();
    const covered = kept.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
    label.classList.toggle('off', covered);
    if (!covered) kept.push(box);
  }
}

/** How wide a place is, in degrees: enough to tell large from small. */
function width(feature: Feature): number {
  const [west, , east] = bounds({ type: 'FeatureCollection', features: [feature] });
  return east - west;
}

function rings(feature: Feature): Position[][] {
  const shape = feature.geometry;
  if (shape.type === 'Polygon') return shape.coordinates;
  return shape.type === 'MultiPolygon' ? shape.coordinates.flat() : [];
}

function bounds(shapes: FeatureCollection): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  for (const feature of shapes.features)
    for (const ring of rings(feature))
      for (const [x = 0, y = 0] of ring) {
        box[0] = Math.min(box[0], x);
        box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x);
        box[3] = Math.max(box[3], y);
      }
  return box;
}

/** Where a label stands: the centre of the largest ring's area. */
function middle(feature: Feature): [number, number] {
  let best: [number, number] = [0, 0];
  let most = 0;
  for (const ring of rings(feature)) {
    let [area, x, y] = [0, 0, 0];
    for (let at = 0; at + 1 < ring.length; at += 1) {
      const [x1 = 0, y1 = 0] = ring[at] ?? [];
      const [x2 = 0, y2 = 0] = ring[at + 1] ?? [];
      const cross = x1 * y2 - x2 * y1;
      area += cross;
      x += (x1 + x2) * cross;
      y += (y1 + y2) * cross;
    }
    if (Math.abs(area) > most) {
      most = Math.abs(area);
      best = [x / (3 * area), y / (3 * area)];
    }
  }
  return best;
}
