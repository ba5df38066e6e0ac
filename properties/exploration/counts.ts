import type { WorldOutcome } from './explore-world.ts';
import pinned from './counts.json' with { type: 'json' };

/** The exact size of a world: any change of behaviour shows in it. */
export interface Counts {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** Sets of states away from the tip among which the node can go round; null: not looked for. */
  readonly cycles: number | null;
}

/** By world, and where its peers are interchangeable by world and ` symmetric`. */
export const PINNED: Readonly<Partial<Record<string, Counts>>> = pinned;

/** As counts are pinned by. */
export function keyOf(world: string, symmetric: boolean): string {
  return symmetric ? `${world} symmetric` : world;
}

export function countsOf({ states, transitions, depth, cycles }: WorldOutcome): Counts {
  return { states, transitions, depth, cycles };
}

/** What differs from what is pinned; null: nothing. */
export function differsFromPinned(outcome: WorldOutcome): string | null {
  const before = PINNED[keyOf(outcome.plan.name, outcome.symmetric)];
  if (before === undefined) return 'is not pinned';
  const now = countsOf(outcome);
  const names = ['states', 'transitions', 'depth', 'cycles'] as const;
  const changed = names.filter((name) => now[name] !== before[name]);
  if (changed.length === 0) return null;
  return changed.map((name) => `${name} ${before[name] ?? 'none'} -> ${now[name] ?? 'none'}`).join(', ');
}
