import type { ExplorationCanary } from './canaries.ts';
import { EXPLORATION_CANARIES } from './canaries.ts';
import type { WorldOutcome } from './explore-world.ts';
import { exploreWorld } from './explore-world.ts';
import type { WorldPlan } from './plan.ts';
import { progressLine } from './report.ts';
import type { Progress } from './search.ts';
import { worldNamed } from './worlds.ts';

/** One world to be explored. Plain data, so that another thread can do it. */
export interface Job {
  readonly world: string;
  readonly symmetric: boolean;
  /** Not the whole world, but this much of it. */
  readonly statesMax?: number;
  /** The bug that is planted in it. */
  readonly canary?: string;
}

export interface JobDone {
  readonly outcome: WorldOutcome;
  readonly seconds: number;
}

const PROGRESS_MS = 5_000;
/** How many states that were taken for others are compared with them, in each world. */
const REVISITS = 400;

/** @param tell one line now and then */
export function doJob({ world, symmetric, statesMax, canary }: Job, tell: (line: string) => void): JobDone {
  const began = performance.now();
  let toldAt = began;
  const onProgress = (progress: Progress) => {
    const now = performance.now();
    if (now - toldAt < PROGRESS_MS) return;
    toldAt = now;
    tell(progressLine(progress, (now - began) / 1_000, process.memoryUsage.rss()));
  };
  const limit = statesMax === undefined ? {} : { statesMax };
  const planted = canary === undefined ? undefined : canaryNamed(canary);
  const options =
    planted === undefined
      ? { symmetric, onProgress, revisitsMax: REVISITS, ...limit }
      : { stepper: planted.stepper, finisher: planted.finisher };
  const outcome = exploreWorld(knownWorld(world), options);
  return { outcome, seconds: (performance.now() - began) / 1_000 };
}

function knownWorld(name: string): WorldPlan {
  const plan = worldNamed(name);
  if (plan === undefined) throw new Error(`there is no world "${name}"`);
  return plan;
}

function canaryNamed(name: string): ExplorationCanary {
  const canary = EXPLORATION_CANARIES.find((each) => each.name === name);
  if (canary === undefined) throw new Error(`there is no planted bug "${name}"`);
  return canary;
}
