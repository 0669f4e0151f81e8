import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const here = import.meta.dirname;

/** One sprite out of the icons that office/icons.json names, plus our own seal. Templates use it with {% icon "name" %}. */
function sprite(): Plugin {
  const names = JSON.parse(readFileSync(join(here, 'office/icons.json'), 'utf8')) as string[];
  const folder = join(here, 'node_modules/@tabler/icons/icons/outline');
  const symbol = (name: string, file: string) => {
    const body = readFileSync(file, 'utf8')
      .replace(/^[\s\S]*?<svg[^>]*>/, '')
      .replace(/<\/svg>\s*$/, '')
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, '')
      .replace(/\s+/g, ' ')
      .trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  };
  return {
    name: 'anju-sprite',
    generateBundle() {
      const symbols = names.map((name) => symbol(name, join(folder, `${name}.svg`)));
      symbols.push(symbol('seal', join(here, 'office/seal.svg')));
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
      this.emitFile({ type: 'asset', name: 'icons.svg', originalFileName: 'office/icons.svg', source });
      this.emitFile({ type: 'asset', name: 'favicon.svg', originalFileName: 'office/favicon.svg', source: readFileSync(join(here, 'office/favicon.svg'), 'utf8') });
    },
  };
}

export default defineConfig({
  root: here,
  base: './',
  plugins: [sprite()],
  worker: { format: 'es' },
  build: {
    outDir: resolve(here, '../anju/web/static/built'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    target: 'es2022',
    rollupOptions: {
      input: { office: join(here, 'office/main.ts'), theme: join(here, 'office/theme.ts') },
    },
  },
});
