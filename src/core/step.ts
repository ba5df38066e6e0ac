import type { OperationModeEvent } from '../../machines/operation-mode.ts';
import { operationModeChart } from './advance.ts';
import { blocksReceived, blocksUnavailable, sendFailed } from './answers.ts';
import { askMetadataDue, metadataReceived, probesComeDue } from './claims.ts';
import { armTimers, tick, timerFired } from './clock.ts';
import { forgiveDue, peerMisbehaved } from './conduct.ts';
import { expelBanned, peerConnected, peerDisconnected } from './connections.ts';
import type { Effect } from './effects.ts';
import type { EventOf, SyncEvent, TimerName } from './events.ts';
import type { Facts } from './facts.ts';
import { newBlockReceived, proposalReceived, proposalVerified } from './live.ts';
import { followChart, measurePace, settle } from './mode.ts';
import {
  blockFinalized,
  blocksApplied,
  blocksCommitted,
  blocksRolledBack,
  blocksVerified,
  hostRetryDue,
  pump,
  validatorStatusChanged,
} from './pipeline.ts';
import { expireDue } from './requests.ts';
import { schedule } from './schedule.ts';
import { blocksRequested, blocksServed, metadataRequested } from './serve.ts';
import type { Turn } from './turn.ts';
import { beginTurn, endTurn, inMode } from './turn.ts';

export interface Step {
  readonly state: Facts;
  readonly effects: readonly Effect[];
}

/**
 * The whole protocol as one pure function: folds an event, and the signals that follow from it, into the state.
 * Reads no clock and no entropy; the same state and event always give the same answer. Never throws on any event of
 * the type `SyncEvent`; what it throws is a broken invariant of its own.
 */
export function step(state: Facts, event: SyncEvent): Step {
  let facts = state;
  const effects: Effect[] = [];
  const queue: SyncEvent[] = [event];
  for (let i = 0; i < queue.length; i++) {
    const folded = fold(facts, queue[i] as SyncEvent);
    facts = folded.facts;
    for (const effect of folded.effects) effects.push(effect);
    for (const type of folded.signals) queue.push({ type, now: event.now });
  }
  return { state: facts, effects };
}

export interface Folded {
  readonly facts: Facts;
  readonly effects: readonly Effect[];
  readonly signals: readonly OperationModeEvent[];
}

/** One event alone: what the root machine's action `reduce` does. Its signals are events of their own. */
export function fold(facts: Facts, event: SyncEvent): Folded {
  const turn = beginTurn(facts);
  if (!accepts(turn, event)) {
    const { mode } = facts.control;
    const reason = `not accepted in ${mode}`;
    return { facts, effects: [{ type: 'eventRejected', event: event.type, mode, reason }], signals: [] };
  }
  tick(turn, event.now);
  if (isWorldEvent(event)) handle(turn, event);
  else followChart(turn, event.type);
  expelBanned(turn);
  pump(turn);
  settle(turn);
  schedule(turn);
  measurePace(turn);
  if (inMode(turn, 'running')) armTimers(turn);
  return { facts: endTurn(turn), effects: turn.effects, signals: turn.signals };
}

type WorldEvent = Exclude<SyncEvent, { readonly type: OperationModeEvent }>;
type Handler<Type extends WorldEvent['type']> = (turn: Turn, event: EventOf<Type>) => void;

const HANDLERS: { readonly [Type in WorldEvent['type']]: Handler<Type> } = {
  peerConnected,
  peerDisconnected,
  peerMisbehaved,
  metadataReceived,
  metadataRequested,
  blocksReceived,
  blocksUnavailable,
  sendFailed,
  blocksRequested,
  blocksServed,
  newBlockReceived,
  proposalReceived,
  blocksVerified: (turn, event) => {
    if (!proposalVerified(turn, event)) blocksVerified(turn, event);
  },
  blocksApplied,
  blocksCommitted,
  blocksRolledBack,
  blockFinalized,
  validatorStatusChanged,
  // What follows from being behind follows from the facts, after any event; this one only asks for it.
  syncRequested: () => undefined,
  timerFired: (turn, event) => {
    timerFired(turn, event.timer);
    TIMER_HANDLERS[event.timer](turn);
  },
};

const TIMER_HANDLERS: Readonly<Record<TimerName, (turn: Turn) => void>> = {
  metadata: askMetadataDue,
  request: expireDue,
  peer: (turn) => {
    forgiveDue(turn);
    probesComeDue(turn);
  },
  host: hostRetryDue,
};

/** Outcomes of work begun earlier count even when the node has been stopped since. */
const ALWAYS_ACCEPTED: ReadonlySet<WorldEvent['type']> = new Set<WorldEvent['type']>([
  'blocksVerified',
  'blocksApplied',
  'blocksCommitted',
  'blocksRolledBack',
  'blocksServed',
  'blockFinalized',
  'validatorStatusChanged',
]);

/** MODE-8. */
function accepts(turn: Turn, event: SyncEvent): boolean {
  if (!isWorldEvent(event)) return operationModeChart.accepts(turn.control, event.type);
  return inMode(turn, 'running') || ALWAYS_ACCEPTED.has(event.type);
}

function handle(turn: Turn, event: WorldEvent): void {
  // The table pairs each handler with its own event; TypeScript cannot see that through the look-up.
  const handler = HANDLERS[event.type] as Handler<WorldEvent['type']>;
  handler(turn, event);
}

function isWorldEvent(event: SyncEvent): event is WorldEvent {
  return Object.hasOwn(HANDLERS, event.type);
}
