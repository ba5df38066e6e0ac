/** `npm run museum` and `npm run planted`: put each bug into a copy of the code and hunt for it. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Stage } from './bug.ts';
import { COLLECTIONS, RUNS_MAX } from './collections.ts';
import type { Collection } from './collections.ts';
import type { Hunt } from './hunt.ts';
import { UNALTERED } from './hunt.ts';
import { huntAll } from './hunters.ts';
import type { Task } from './hunter.ts';
import type { Recorded } from './record.ts';
import { readRecord, writeRecord } from './record.ts';

const USAGE = `npm run museum -- [--only ID,ID] [--runs N] [--workers N] [--write]
npm run planted -- the same, or [--caught-within N]

Puts each bug into a copy of the code, and hunts for it with the runs of seed 1, 2, 3 and so on.
museum: bugs that other block syncs had; planted: bugs thought of to see what goes unnoticed
--only           these bugs; default all, and the code as it is, in which nothing may be found
--caught-within  those that took the last whole run no more than N runs, and the code as it is
--runs           how many runs of its stage a bug is given; default ${inWordsOf(RUNS_MAX)}
--write          writes what was found to the page in docs/; with --only, the rest stays as it was`;

const WORKERS = 2;

const { values } = parseArgs({
  options: {
    planted: { type: 'boolean' },
    only: { type: 'string' },
    'caught-within': { type: 'string' },
    runs: { type: 'string' },
    workers: { type: 'string' },
    write: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help === true) console.log(USAGE);
else await huntIn(COLLECTIONS[values.planted === true ? 'planted' : 'museum']);

async function huntIn({ bugs, record: file, page, pageOf }: Collection): Promise<void> {
  const only = values.only?.split(',');
  const unknown = only?.filter((id) => bugs.every((bug) => bug.id !== id)) ?? [];
  if (unknown.length > 0) misused(`there is no bug ${unknown.join(', ')}`);
  const runs = numberOf('runs');
  const within = numberOf('caught-within');
  const runsMax = (stage: Stage): number => runs ?? RUNS_MAX[stage];
  const earlier = new Map(readRecord(file)?.bugs.map((each) => [each.id, each]));
  const hunted = bugs
    .filter(({ id }) => only?.includes(id) ?? true)
    .filter(({ id }) => within === null || isCaughtWithin(within, earlier.get(id)));
  const stages = only === undefined ? [...new Set(hunted.map(({ stage }) => stage))] : [];
  const tasks: readonly Task[] = [
    // Longest first. Whatever is found in the code as it is would be caught in every copy of it.
    ...stages.map((stage): Task => ({ id: UNALTERED, stage, breaks: [], runsMax: within ?? runsMax(stage) })),
    ...hunted.map(({ id, stage, breaks }): Task => ({ id, stage, breaks, runsMax: runsMax(stage) })),
  ];
  const recorded = new Map<string, Recorded>();
  let bad = 0;
  let done = 0;
  const beganMs = performance.now();
  await huntAll(tasks, numberOf('workers') ?? WORKERS, (task, found) => {
    const problem = problemOf(task, found);
    if (problem) bad++;
    const { id } = task;
    if (!(found instanceof Error)) recorded.set(id, { id, property: found.caught?.property ?? null, runs: found.runs });
    console.log(`${String(++done).padStart(3)}/${tasks.length} ${problem ? 'BAD ' : 'ok  '}${id}: ${inWords(found)}`);
  });
  const seconds = Math.round((performance.now() - beganMs) / 1_000);
  const outcome = bad === 0 ? 'every bug was caught' : `${bad} are not as they should be`;
  console.log(`\n${hunted.length} bugs in ${seconds} s: ${outcome}.`);
  if (bad > 0) process.exitCode = 1;
  if (values.write !== true) return;
  const given = Object.fromEntries([...new Set(bugs.map(({ stage }) => stage))].map((each) => [each, runsMax(each)]));
  const record = {
    runsMax: given,
    bugs: bugs.map(({ id }) => recorded.get(id) ?? earlier.get(id) ?? { id, property: null, runs: 0 }),
  };
  writeRecord(file, record);
  writeFileSync(page, pageOf(record));
}

function numberOf(option: 'runs' | 'caught-within' | 'workers'): number | null {
  const value = values[option];
  if (value === undefined) return null;
  if (!(Number(value) > 0)) misused(`--${option} must be a number`);
  return Number(value);
}

function misused(problem: string): never {
  console.error(`${problem}\n\n${USAGE}`);
  process.exit(2);
}

function isCaughtWithin(runsMax: number, found: Recorded | undefined): boolean {
  return found?.property != null && found.runs <= runsMax;
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

function inWordsOf(runsMax: typeof RUNS_MAX): string {
  return Object.entries(runsMax)
    .map(([stage, runs]) => `${runs} (${stage})`)
    .join(', ');
}
