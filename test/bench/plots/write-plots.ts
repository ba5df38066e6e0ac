import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from '../results.ts';
import { svgOf } from './svg.ts';

const DIRECTORY = fileURLToPath(new URL('../../../docs/images', import.meta.url));

/** Draws every table that says how a figure grows. */
export function writePlots(results: Results): void {
  mkdirSync(DIRECTORY, { recursive: true });
  const tables = Object.values(results).flatMap((result) => result.tables);
  const names = [...new Set(tables.flatMap(({ series }) => series?.lines.map(({ name }) => name) ?? []))].sort();
  for (const { title, series } of tables) {
    if (series === undefined) continue;
    const file = `${DIRECTORY}/bench-${series.name}.svg`;
    writeFileSync(file, svgOf(title, series, names));
    console.log(`wrote ${file}`);
  }
}
