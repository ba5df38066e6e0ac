/** `npm run museum`: puts each exhibit's bug into a copy of the code and hunts for it. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EXHIBITS } from './exhibits/index.ts';
import type { Stage } from './exhibit.ts';
import type { Hunt } from './hunt.ts';
import { UNALTERED } from './hunt.ts';
import { huntAll } from './hunters.ts';
import type { Task } from './hunter.ts';
import { MUSEUM_PAGE, museumPage } from './page.ts';
import type { Recorded } from './record.ts';
import { readRecord, writeRecord } from './record.ts';

const USAGE = `npm run museum -- [--only ID,ID] [--runs N] [--workers N] [--write]

Puts each exhibit's bug into a copy of the code, and hunts for it with the runs of seed 1, 2, 3 and so on.
--only   these exhibits; default all, and the code as it is, in which nothing may be found
--runs   how many runs of the simulated network a bug is given; default 300
--write  writes what was found to docs/museum.md; with --only, the rest stays as it was`;

const RUNS_MAX = 300;
const REAL_RUNS_MAX = 40;
const WORKERS = 2;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string' },
    workers: { type: 'string' },
    write: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help === true) console.log(USAGE);
else await museum();

async function museum(): Promise<void> {
  const only = values.only?.split(',');
  const unknown = only?.filter((id) => EXHIBITS.every((exhibit) => exhibit.id !== id)) ?? [];
  const runsMax = { network: Number(values.runs ?? RUNS_MAX), 'real blocks': REAL_RUNS_MAX };
  if (unknown.length > 0 || !(runsMax.network > 0)) {
    console.error(
      `${unknown.length > 0 ? `there is no exhibit ${unknown.join(', ')}` : '--runs must be a number'}\n\n${USAGE}`,
    );
    process.exit(2);
  }
  const shown = EXHIBITS.filter(({ id }) => only === undefined || only.includes(id));
  const stages: readonly Stage[] = only === undefined ? ['network', 'real blocks'] : [];
  const tasks: readonly Task[] = [
    // Longest first. Whatever is found in the code as it is would be caught in every copy of it.
    ...stages.map((stage): Task => ({ id: UNALTERED, stage, breaks: [], runsMax: runsMax[stage] })),
    ...shown.map(({ id, stage, breaks }): Task => ({ id, stage, breaks, runsMax: runsMax[stage] })),
  ];
  const recorded = new Map<string, Recorded>();
  let bad = 0;
  let done = 0;
  const beganMs = performance.now();
  await huntAll(tasks, Number(values.workers ?? WORKERS), (task, found) => {
    const problem = problemOf(task, found);
    if (problem) bad++;
    const { id } = task;
    if (!(found instanceof Error)) recorded.set(id, { id, property: found.caught?.property ?? null, runs: found.runs });
    console.log(`${String(++done).padStart(3)}/${tasks.length} ${problem ? 'BAD ' : 'ok  '}${id}: ${inWords(found)}`);
  });
  const seconds = Math.round((performance.now() - beganMs) / 1_000);
  console.log(
    `\n${shown.length} exhibits in ${seconds} s: ${bad === 0 ? 'every bug was caught' : `${bad} are not as they should be`}.`,
  );
  if (bad > 0) process.exitCode = 1;
  if (values.write !== true) return;
  const before = new Map(readRecord()?.exhibits.map((each) => [each.id, each]));
  const exhibits = EXHIBITS.map(({ id }) => recorded.get(id) ?? before.get(id) ?? { id, property: null, runs: 0 });
  const record = { runsMax, exhibits };
  writeRecord(record);
  writeFileSync(MUSEUM_PAGE, museumPage(record));
}

function problemOf({ id }: Task, found: Hunt | Error): boolean {
  if (found instanceof Error) return true;
  return id === UNALTERED ? found.caught !== null || found.unexpected.length > 0 : found.caught === null;
}

function inWords(found: Hunt | Error): string {
  if (found instanceof Error) return found.message;
  const took = `${(found.tookMs / 1_000).toFixed(1)} s`;
  const others = found.unexpected.length === 0 ? '' : `; others broke first: ${found.unexpected.join(', ')}`;
  if (found.caught === null) return `nothing in ${found.runs} runs, ${took}${others}`;
  return `${found.caught.property} in run ${found.runs}, ${took}${others}`;
}
