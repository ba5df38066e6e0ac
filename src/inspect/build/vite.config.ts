import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
import { clauseTexts } from './clause-texts.ts';
import { drawCharts } from './layout.ts';
import { specHtml } from './spec-page.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What is made from the machines and from docs/spec.md when the page is built. */
const MADE: Readonly<Record<string, () => Promise<unknown>>> = {
  'virtual:charts': drawCharts,
  'virtual:clauses': () => Promise.resolve(clauseTexts()),
};

const made: Plugin = {
  name: 'made-from-machines-and-spec',
  resolveId: (id) => (id in MADE ? `\0${id}` : null),
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => html.replace('<!-- docs/spec.md -->', () => specHtml()),
  },
  load: async (id) => {
    const make = MADE[id.slice(1)];
    return id.startsWith('\0') && make !== undefined ? `export default ${JSON.stringify(await make())}` : null;
  },
};

export default defineConfig({
  root: at('../page'),
  base: './',
  plugins: [made],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: at('../../../dist/inspect-page'),
    emptyOutDir: true,
    target: 'es2023',
    rolldownOptions: { input: [at('../page/index.html'), at('../page/spec.html')] },
    // The policy of the page allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
