import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from '../results.ts';
import { svgOf } from './svg.ts';

const DIRECTORY = fileURLToPath(new URL('../../../docs/images', import.meta.url));

/** Draws every table that says how a figure grows. */
export function writePlots(results: Results): void {
  mkdirSync(DIRECTORY, { recursive: true });
  for (const { tables } of Object.values(results)) {
    for (const { title, series } of tables) {
      if (series === undefined) continue;
      const file = `${DIRECTORY}/bench-${series.name}.svg`;
      writeFileSync(file, svgOf(title, series));
      console.log(`wrote ${file}`);
    }
  }
}
