import type { Exhibit } from './bug.ts';
import { EXHIBITS } from './exhibits/index.ts';
import type { Record, Recorded } from './record.ts';
import { caughtBy, filesOf, table } from './table.ts';

/** docs/museum.md: what is fixed about the exhibits, and what the last whole run of the command found. */
export function museumPage(record: Record): string {
  const found = new Map(record.bugs.map((each) => [each.id, each]));
  return `<!-- Written by npm run museum -- --write. Do not edit. -->
# Museum of block-sync bugs

${EXHIBITS.length} bugs that block-sync engines had, each put into a copy of this package's code by a small change and then looked for
with the means of [the campaign](../README.md), by properties that know nothing of it. \`npm run museum\` does it again, and
fails if one is not caught, or if anything is found in the code as it is.

How it is measured: a bug is hunted with the runs of seed 1, 2, 3 and so on, in that order and by nothing else, until one
of the properties that it breaks is found broken; "runs" is how many that took. Another property that breaks first does
not count. The last whole run gave the network ${record.runsMax.network ?? 0} runs and real blocks ${record.runsMax['real blocks'] ?? 0}; as many of the code as it is broke nothing.

Stages: *network* is the simulated network, with the real host loop and core, and stand-ins for signatures and bytes.
*Real blocks* holds Pocket's wire and validation against real certificates and bytes, which the network cannot see.

${table(
  ['bug', 'who had it', 'altered here', 'clauses', 'stage', 'caught by', 'runs'],
  EXHIBITS.map((exhibit) => row(exhibit, found.get(exhibit.id))),
)}
`;
}

function row({ id, title, origin, changes, clauses, stage }: Exhibit, found: Recorded | undefined): string[] {
  const links = origin.links.map((link) => `[${nameOf(link)}](${link})`).join(', ');
  return [
    `**${id}**: ${title}`,
    `${origin.project}: ${origin.what}${links === '' ? '' : ` (${links})`}`,
    filesOf(changes),
    clauses.join(', '),
    stage,
    ...caughtBy(found),
  ];
}

function nameOf(link: string): string {
  const [, owner, repository, , number] = new URL(link).pathname.split('/');
  return link.includes('/advisories/')
    ? (link.split('/').at(-1) ?? link)
    : `${owner ?? ''}/${repository ?? ''}#${number ?? ''}`;
}
