import type { Bug } from './bug.ts';
import { PLANTED } from './planted/index.ts';
import type { Record, Recorded } from './record.ts';
import { caughtBy, filesOf, table } from './table.ts';

/** docs/planted-bugs.md: the list, and what the last whole run of the command found. */
export function plantedPage(record: Record): string {
  const found = new Map(record.bugs.map((each) => [each.id, each]));
  const given = Object.entries(record.runsMax)
    .map(([stage, runs]) => `${stage} ${runs}`)
    .join(', ');
  return `<!-- Written by npm run planted -- --write. Do not edit. -->
# Planted bugs

${PLANTED.length} bugs that nobody had: each was thought of by reading a line of this package and asking what would be wrong if it
were another, or drawn by machine and found to go unnoticed. They are put into copies of the code and hunted as those of [the museum](museum.md) are. \`npm run planted\`
does it again, and fails if one is not caught, or if anything is found in the code as it is.

Where a bug of the kind went unnoticed, a property or an adversary was added until it was noticed. So the list tells what is
caught today, and keeps it so; it does not tell how likely a bug is caught that nobody has thought of. What is known to go
unnoticed is in [the last section](#not-noticed).

A bug is hunted with the runs of seed 1, 2, 3 and so on of one stage of the campaign; "runs" is how many that took. Runs
given at most: ${given}; as many of the code as it is broke nothing.

${table(
  ['bug', 'altered', 'stage', 'caught by', 'runs'],
  PLANTED.map((bug) => row(bug, found.get(bug.id))),
)}

## Not noticed

Bugs that were planted and that no stage of the campaign tells, looked at one by one. Those that only cost time or memory
are not listed.

${UNNOTICED.map((line) => `- ${line}`).join('\n')}
`;
}

/** As far as is known. */
const UNNOTICED: readonly string[] = [
  'The LevelDB store notes its new range before the batch is written, or does not open the database again after a write that failed: it takes a disk that really fails.',
  'What is left of a span when consensus decides its first heights counts as checked in its turn (`above` in `src/core/window.ts`): a race that no run has brought about.',
  'A second request that is left alone keeps all of its room (`adopt` in `src/core/requests.ts`): a few more bytes may be asked for than there is room for; what comes is refused at the buffer all the same.',
  'The block at the head is taken though there is no room for it (`offerNextBlock` in `src/core/spares.ts`): seldom told, and in none of the 300 runs that a bug is given here.',
  'A hedge may go to a peer that has the block in its list of those to avoid, or to the one that owes it (`hedgeSpan` in `src/core/hedge.ts`): the first choice of `bestPeer` is hardly ever such a one.',
  'An acquittal ends a cool-down however low the score still is (`takeBack` in `src/core/conduct.ts`): seldom told, and in none of the 300 runs that a bug is given here.',
  'The ledger does not require that a version goes on from the newest one: the core never asks for another.',
];

function row({ id, title, changes, stage }: Bug, found: Recorded | undefined): string[] {
  return [`**${id}**: ${title}`, filesOf(changes), stage, ...caughtBy(found)];
}
