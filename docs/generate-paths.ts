/**
 * Writes docs/paths.md (`npm run generate:paths`): for every transition of the charts, a shortest way in which events from
 * outside take it. `npm run paths -- Distrusted` prints the ways to the transitions whose names have that word.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { searchPaths } from '../test/machines/event-paths.ts';
import type { Path, Search } from '../test/machines/event-paths.ts';
import type { Edge } from '../test/machines/taken-edges.ts';
import { CHARTS, edgesOfCharts } from '../test/machines/taken-edges.ts';
import { UNREACHABLE } from '../test/machines/unreachable-edges.ts';

export const PATHS_PAGE = new URL('paths.md', import.meta.url);
const THEN = ' → ';

/** @throws Error naming the transitions that no path takes though they should, or that one takes though it should not */
export function pathsPage({ paths, missed }: Search): string {
  const dead = missed.filter((edge) => UNREACHABLE[edge] === undefined);
  if (dead.length > 0) throw new Error(`no event from outside takes: ${dead.join('; ')}`);
  const alive = Object.keys(UNREACHABLE).filter((edge) => paths.has(edge));
  if (alive.length > 0) throw new Error(`taken after all: ${alive.join('; ')}`);
  return `<!-- Written by docs/generate-paths.ts. Do not edit. -->
# A path to every transition

For every transition of the charts, a shortest way to it that a search found: what happens in the world around a node at
height 9, one event of the host's at a time, the last of which takes the transition. The tests walk each of them through
\`step\`, and fail when one does not take its transition, when an event of it is not needed, or when a transition has none.

${CHARTS.map((machine) => section(machine.id, paths)).join('\n\n')}

## Taken by nothing from outside

${Object.entries(UNREACHABLE)
  .map(([edge, why]) => `- \`${edge}\`: ${why}`)
  .join('\n')}
`;
}

/** The paths as the page has them. */
export function pathsOfPage(): Path[] {
  const rows = readFileSync(PATHS_PAGE, 'utf8').matchAll(/^\| `([^`]+)` \| [^|]* \| ([^|]+) \|$/gm);
  return [...rows].map(([, edge = '', words = '']) => ({ edge, words: words.split(THEN) }));
}

function section(chart: string, paths: Search['paths']): string {
  const rows = edgesOfCharts()
    .filter(({ edge }) => edge.startsWith(`${chart}.`))
    .flatMap(({ edge, description }) => {
      const path = paths.get(edge);
      return path === undefined ? [] : [`| \`${edge}\` | ${description} | ${path.words.join(THEN)} |`];
    });
  return [`## ${chart}`, '', '| transition | means | path |', '| --- | --- | --- |', ...rows].join('\n');
}

function print(word: string): void {
  const found = pathsOfPage().filter(({ edge }) => edge.includes(word));
  for (const { edge, words } of found)
    console.log(`${edge}\n${words.map((each, i) => `  ${i + 1}. ${each}`).join('\n')}`);
  if (found.length === 0) console.log(`no transition has "${word}" in its name`);
}

if (import.meta.main) {
  const [word] = process.argv.slice(2);
  if (word !== undefined) print(word);
  else writeFileSync(PATHS_PAGE, pathsPage(searchPaths({ edges: edgesOfCharts().map(({ edge }): Edge => edge) })));
}
