import type { TimerName } from '../../src/core/events.ts';
import { TIMERS } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { HostState } from './host.ts';
import type { Budgets } from './plan.ts';

/** Everything that what happens next can depend on: the core's facts and the world around them. Immutable. */
export interface WorldState {
  readonly facts: Facts;
  readonly now: number;
  readonly timers: Timers;
  readonly host: HostState;
  /** Requests for blocks that their peer may still answer, oldest first. */
  readonly owed: readonly Owed[];
  /** Honest peers that were asked for metadata and will answer. */
  readonly asked: readonly PeerId[];
  readonly budgets: Budgets;
  /** The chain's height. */
  readonly tip: number;
  readonly validator: boolean;
}

export type Timers = Readonly<Record<TimerName, number | null>>;

export interface Owed {
  readonly requestId: number;
  readonly peer: PeerId;
  readonly from: number;
  readonly to: number;
  /** Parts of the answer have come: `from` is where the rest begins. */
  readonly begun: boolean;
  /** Its time is over. */
  readonly late: boolean;
}

export const NO_TIMERS: Timers = { metadata: null, request: null, peer: null, host: null };

/** Those of the timers that fire next, all at the same time. */
export function timersDueFirst(timers: Timers): readonly TimerName[] {
  let first = Infinity;
  for (const timer of TIMERS) first = Math.min(first, timers[timer] ?? Infinity);
  return first === Infinity ? [] : TIMERS.filter((timer) => timers[timer] === first);
}
