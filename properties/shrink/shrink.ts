import type { RunResult } from '../campaign/simulate.ts';
import type { Plan } from '../simulation/plan.ts';
import { smallerPlans } from './smaller-plans.ts';

export interface ShrinkOptions {
  /** Runs one plan. */
  readonly run: (plan: Plan) => Promise<RunResult>;
  /** Default: 150 runs, 15 s of real time. */
  readonly runsMax?: number;
  readonly timeMsMax?: number;
}

export interface Shrunk {
  /** The smallest run found that breaks the same property. */
  readonly result: RunResult;
  /** How many runs it took. */
  readonly runs: number;
}

const RUNS_MAX = 150;
const TIME_MS_MAX = 15_000;

/** Makes the world of a broken run smaller, as long as the same property breaks in it. */
export async function shrink(broken: RunResult, options: ShrinkOptions): Promise<Shrunk> {
  const { run, runsMax = RUNS_MAX, timeMsMax = TIME_MS_MAX } = options;
  const endMs = performance.now() + timeMsMax;
  let smallest = broken;
  let runs = 0;
  const isOver = () => runs >= runsMax || performance.now() > endMs;
  const tried = new Set<string>();
  for (let found = true; found && !isOver();) {
    found = false;
    for (const plan of candidates(smallest)) {
      if (isOver()) break;
      const key = JSON.stringify(plan);
      if (tried.has(key)) continue;
      tried.add(key);
      runs++;
      const result = await run(plan);
      // A smaller world in which more happens is no help.
      if (result.violation?.property !== broken.violation?.property || result.events > smallest.events) continue;
      smallest = result;
      found = true;
      break;
    }
  }
  return { result: smallest, runs };
}

function* candidates({ plan, violation }: RunResult): Generator<Plan> {
  const faultsMs = Math.max(1_000, Math.ceil((violation?.atMs ?? Infinity) / 1_000) * 1_000);
  if (faultsMs < plan.faultsMs) yield { ...plan, faultsMs };
  yield* smallerPlans(plan);
}
