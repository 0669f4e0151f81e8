import './styles/office.css';
import htmx from 'htmx.org';
import { processWith, startAlbums } from './src/album';
import { startCamera } from './src/camera';
import { drawCharts } from './src/charts';
import { startDialogs } from './src/dialog';
import { startDropzones } from './src/dropzone';
import { startForms } from './src/forms';
import { startKeys } from './src/keys';
import { drawMaps } from './src/maps';
import { startMenus } from './src/menu';
import { startPrinting } from './src/print';
import { startScrolling } from './src/scroll';
import { startSelection } from './src/selection';
import './src/lists/lists';
import { startTrees } from './src/tree';
import { startTheme } from './src/theme-switch';

htmx.config.includeIndicatorCSS = false;

document.addEventListener('htmx:config:request', (event) => {
  const detail = (event as CustomEvent<{ ctx: { request: { headers: Record<string, string> } } }>).detail;
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (token) detail.ctx.request.headers['X-CSRFToken'] = token;
});

function draw(): void {
  drawCharts(document);
  drawMaps(document);
}

startTheme(draw);
startMenus();
startDialogs();
startKeys();
startSelection();
startForms();
startDropzones();
startScrolling();
startPrinting();
startTrees();
processWith((form) => htmx.process(form));
startAlbums();
startCamera();
draw();
document.addEventListener('htmx:after:swap', draw);

// A request that failed changes nothing on the page; a sentence says so and what to do.
htmx.config.noSwap = [204, 304, 403, 404, 500, 502, 503, 504];
for (const name of ['htmx:error', 'htmx:response:error'])
  document.addEventListener(name, () => {
    const said = document.getElementById('said');
    const lost = document.getElementById('lost');
    if (said && lost instanceof HTMLTemplateElement && !said.querySelector('[data-lost]')) {
      const sentence = lost.content.firstElementChild?.cloneNode(true) as HTMLElement;
      sentence.dataset.lost = '';
      said.append(sentence);
    }
  });
