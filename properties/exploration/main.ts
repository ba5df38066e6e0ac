import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ExplorationCanary } from './canaries.ts';
import { EXPLORATION_CANARIES } from './canaries.ts';
import { PINNED, countsOf, differsFromPinned, keyOf } from './counts.ts';
import type { Counts } from './counts.ts';
import type { WorldOutcome } from './explore-world.ts';
import type { Listener } from './in-parallel.ts';
import { doInParallel } from './in-parallel.ts';
import type { Job } from './job.ts';
import type { WorldPlan } from './plan.ts';
import { describeCounterexample, outcomeLine, replay } from './report.ts';
import { scenarioOf } from './scenario-text.ts';
import { withTable, worldsTable } from './table.ts';
import { WorldSystem } from './world-system.ts';
import { DEEP_WORLD, WORLDS, worldNamed } from './worlds.ts';

const USAGE = `npm run explore -- [--world NAME] [--write]
npm run explore -- --deep | --states N
npm run explore -- --world NAME [--canary NAME] --path 0.1.2

Visits every reachable state of small closed worlds around the real core. Without options: all worlds, compared with
the pinned counts, then every planted bug, which must be caught.
--world   one world only      --write   pin the counts as they are now, here and in docs/exploration.md
--states  this many states of the world "deep"      --deep   10,000,000 of them
--path    one path again, by the places of its actions      --canary   with this bug planted`;

const DEEP_STATES = 10_000_000;
/** How much of it belongs to every full run. */
const DEEP_SHARE_JOB: Job = { world: DEEP_WORLD.name, symmetric: false, statesMax: 300_000 };
const TELL: Listener = {
  progress: ({ world, symmetric }, line) => {
    console.log(`  ${world}${symmetric ? ' symmetric' : ''}, ${line}`);
  },
  done: ({ canary }, { outcome, seconds }) => {
    if (canary === undefined) console.log(outcomeLine(outcome, seconds));
  },
};
const PAGE = new URL('../../docs/exploration.md', import.meta.url);

const { values } = parseArgs({
  options: {
    world: { type: 'string' },
    states: { type: 'string' },
    deep: { type: 'boolean' },
    write: { type: 'boolean' },
    canary: { type: 'string' },
    path: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help === true) console.log(USAGE);
else if (values.path !== undefined) showPath(values.path);
else if (values.deep === true || values.states !== undefined)
  await exploreDeep(numberOf(values.states ?? `${DEEP_STATES}`));
else if (values.world !== undefined) await exploreAll([planOf(values.world)], [], []);
else await exploreAll(WORLDS, [DEEP_SHARE_JOB], EXPLORATION_CANARIES);

async function exploreAll(
  plans: readonly WorldPlan[],
  more: readonly Job[],
  canaries: readonly ExplorationCanary[],
): Promise<void> {
  const began = performance.now();
  const worlds = plans.flatMap(({ name, interchangeable }): Job[] => {
    const plain = { world: name, symmetric: false };
    return interchangeable === null ? [plain] : [plain, { world: name, symmetric: true }];
  });
  const planted = canaries.map((canary) => {
    const job: Job = { world: canary.world, symmetric: false, canary: canary.name };
    return { canary, job };
  });
  const jobs = [...worlds, ...more, ...planted.map(({ job }) => job)];
  // What takes longest first, so that the cores are done at about the same time.
  const done = await doInParallel(
    [...jobs].sort((a, b) => pinnedTransitions(b) - pinnedTransitions(a)),
    TELL,
  );
  const outcomeOf = (job: Job) => done.get(job)?.outcome ?? fail(`${job.world} was not explored`);
  const outcomes = [...worlds, ...more].map(outcomeOf);
  const problems = outcomes.flatMap((outcome) => problemsOf(outcome, values.write === true));
  for (const [i, outcome] of outcomes.entries()) {
    const before = outcomes[i - 1];
    if (!outcome.symmetric || before === undefined) continue;
    const agree = (outcome.counterexample === null) === (before.counterexample === null);
    if (!agree) problems.push(`${outcome.plan.name}: plain and symmetric disagree`);
  }
  for (const { canary, job } of planted) problems.push(...missed(canary, outcomeOf(job)));
  if (values.write === true) pin(outcomes);
  const states = outcomes.reduce((sum, outcome) => sum + outcome.states, 0);
  const transitions = outcomes.reduce((sum, outcome) => sum + outcome.transitions, 0);
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  console.log(`\n${states} states and ${transitions} transitions in ${seconds} s; peak memory ${peakMebibytes()} MiB.`);
  console.log(problems.length === 0 ? 'Nothing is broken.' : `\n${problems.join('\n\n')}`);
  if (problems.length > 0) process.exitCode = 1;
}

/** How much there is to do, as far as known. */
function pinnedTransitions({ world, symmetric, statesMax, canary }: Job): number {
  if (canary !== undefined) return 0;
  return PINNED[keyOf(world, symmetric)]?.transitions ?? statesMax ?? Infinity;
}

async function exploreDeep(statesMax: number): Promise<void> {
  const job = { world: DEEP_WORLD.name, symmetric: false, statesMax };
  const outcome = (await doInParallel([job], TELL)).get(job)?.outcome;
  console.log(`Peak memory ${peakMebibytes()} MiB.`);
  if (outcome === undefined || outcome.counterexample === null) return;
  console.log(describeCounterexample(outcome));
  process.exitCode = 1;
}

function problemsOf(outcome: WorldOutcome, pinsAnew: boolean): string[] {
  if (outcome.counterexample !== null) return [describeCounterexample(outcome)];
  const differs = pinsAnew || !outcome.complete ? null : differsFromPinned(outcome);
  return differs === null ? [] : [`${keyOf(outcome.plan.name, outcome.symmetric)} is not as pinned: ${differs}`];
}

function missed(canary: ExplorationCanary, { counterexample }: WorldOutcome): string[] {
  const caught = counterexample?.what.startsWith(canary.caughtAs) === true;
  const how =
    counterexample === null ? 'NOT CAUGHT' : `${counterexample.what}, in ${counterexample.path.length} actions`;
  console.log(`planted: ${canary.bug}: ${how}`);
  return caught ? [] : [`The planted bug "${canary.name}" was not caught as "${canary.caughtAs}".`];
}

function showPath(text: string): void {
  const plan = planOf(values.world ?? '');
  const canary = EXPLORATION_CANARIES.find(({ name }) => name === values.canary);
  if (values.canary !== undefined && canary === undefined) fail(`there is no planted bug "${values.canary}"`);
  const system = new WorldSystem(plan, canary);
  const { path, broken } = replay(system, text === '' ? [] : text.split('.').map(numberOf));
  console.log(scenarioOf(plan, { what: broken ?? 'nothing', path, forEver: null }, canary));
}

function pin(outcomes: readonly WorldOutcome[]): void {
  const counts: Partial<Record<string, Counts>> = { ...PINNED };
  for (const outcome of outcomes)
    if (outcome.complete) counts[keyOf(outcome.plan.name, outcome.symmetric)] = countsOf(outcome);
  writeFileSync(new URL('counts.json', import.meta.url), `${JSON.stringify(counts, null, 2)}\n`);
  writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), worldsTable(WORLDS, counts)));
}

function planOf(name: string): WorldPlan {
  return (
    worldNamed(name) ?? fail(`there is no world "${name}"; there are: ${WORLDS.map((each) => each.name).join(', ')}`)
  );
}

function numberOf(text: string): number {
  const number = Number(text);
  return text !== '' && Number.isSafeInteger(number) && number >= 0 ? number : fail(`"${text}" is no whole number`);
}

function peakMebibytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1_024);
}

function fail(problem: string): never {
  console.error(`${problem}\n\n${USAGE}`);
  process.exit(2);
}
