import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Result, Results } from './results.ts';
import { markdownOf } from './table.ts';

const PAGE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

/** Fills the places of the subjects in docs/performance.md; those of others stay as they are. */
export async function writeDocs(results: Results): Promise<void> {
  let page = readFileSync(PAGE, 'utf8');
  for (const [name, result] of Object.entries(results)) {
    const place = new RegExp(`(<!-- bench: ${name} -->\\n)[\\s\\S]*?(<!-- /bench -->)`);
    if (!place.test(page)) throw new Error(`docs/performance.md has no place for "${name}"`);
    page = page.replace(place, (_, begin: string, end: string) => `${begin}\n${textOf(name, result)}\n\n${end}`);
  }
  const options = await resolveConfig(PAGE);
  writeFileSync(PAGE, await format(page, { ...options, parser: 'markdown' }));
}

function textOf(name: string, { machine, short, runs, tables }: Result): string {
  const command = `npm run bench -- --only ${name}${short ? ' --short' : ''}`;
  return [
    ...tables.map(markdownOf),
    `<sub>\`${command}\`: ${machine}; medians of ${runs} run${runs === 1 ? '' : 's'}</sub>`,
  ].join('\n\n');
}
