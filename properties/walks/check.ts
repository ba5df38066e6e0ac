import fc from 'fast-check';
import type { WalkPlan, WalkStep } from '../arbitraries/walk.ts';
import { arbitraryWalk, takeWalk } from '../arbitraries/walk.ts';
import type { Step } from '../../src/core/step.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { effectInWords, eventInWords, isHousekeeping } from '../report/words.ts';
import type { BrokenInWalk } from './watch.ts';
import { WalkWatch } from './watch.ts';

/** So many walks are one run of a seed: a third of a second. */
export const WALKS_A_RUN = 50;
/** For so long a broken walk is made smaller. */
const SHRINK_MS_MAX = 20_000;
const LAST_EVENTS = 14;

export interface WalkViolation extends BrokenInWalk {
  /** The last events of the smallest walk that breaks it, with what came of them. */
  readonly lastEvents: readonly string[];
}

/**
 * Walks of the core alone, drawn from the seed: events in orders that no network brings about, hosts that are slow in every
 * way, consensus that comes in between. Each event is held against every property that means something without a network.
 */
export function checkWalks(seed: number, step?: (state: Facts, event: SyncEvent) => Step): WalkViolation | null {
  let found: WalkViolation | null = null;
  fc.check(
    fc.property(arbitraryWalk(), (plan) => {
      const violation = walked(plan, step);
      found = violation ?? found;
      return violation === null;
    }),
    { seed, numRuns: WALKS_A_RUN, interruptAfterTimeLimit: SHRINK_MS_MAX },
  );
  return found;
}

function walked(plan: WalkPlan, step?: (state: Facts, event: SyncEvent) => Step): WalkViolation | null {
  const watch = new WalkWatch();
  const told: WalkStep[] = [];
  const check = (each: WalkStep): void => {
    told.push(each);
    if (told.length > LAST_EVENTS) told.shift();
    watch.check(each);
  };
  try {
    takeWalk(plan, { check, ...(step === undefined ? {} : { step }) });
  } catch (error) {
    return { ...watch.brokenBy(error), lastEvents: told.flatMap(inWords) };
  }
  return null;
}

function inWords({ event, effects }: WalkStep): readonly string[] {
  const worthTelling = effects.filter((effect) => !isHousekeeping(effect));
  return [eventInWords(event), ...worthTelling.map((effect) => `  -> ${effectInWords(effect)}`)];
}
