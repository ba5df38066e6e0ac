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
import { useSpareAtHead } from './hedge.ts';
import { newBlockReceived, proposalReceived, proposalVerified } from './live.ts';
import { followChart, measurePace, settle, updateAggregate } from './mode.ts';
import { hostRetryDue } from './host-faults.ts';
import { blockFinalized, validatorStatusChanged } from './own-chain.ts';
import { giveUpSilent } from './silence.ts';
import { pump } from './pipeline.ts';
import { expireDue } from './requests.ts';
import { schedule } from './schedule.ts';
import { blocksRequested, blocksServed, metadataRequested } from './serve.ts';
import { blocksApplied, blocksCommitted, blocksRolledBack, blocksVerified } from './work-done.ts';
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
  const first = fold(state, event);
  if (first.signals.length === 0) return { state: first.facts, effects: first.effects };
  let { facts } = first;
  const effects = [...first.effects];
  const signals = [...first.signals];
  for (let type = signals.shift(); type !== undefined; type = signals.shift()) {
    const folded = fold(facts, { type, now: event.now });
    facts = folded.facts;
    effects.push(...folded.effects);
    signals.push(...folded.signals);
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
  const handler = handlerOf(event.type);
  if (!accepts(facts, event, handler !== undefined)) {
    const { mode } = facts.control;
    const reason = `not accepted in ${mode}`;
    return { facts, effects: [{ type: 'eventRejected', event: event.type, mode, reason }], signals: [] };
  }
  const turn = beginTurn(facts);
  tick(turn, event.now);
  if (handler !== undefined) handler(turn, event as EventOf<WorldEvent['type']>);
  else followChart(turn, event.type as OperationModeEvent);
  // Whether a block follows the one before shows when its turn comes: that too may get a peer banned.
  do {
    expelBanned(turn);
    // Whether a spare copy is used or a peer asked hangs on what there still is to ask for.
    updateAggregate(turn);
    useSpareAtHead(turn);
    pump(turn);
  } while (turn.expelled.length > 0);
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
  request: (turn) => {
    expireDue(turn);
    giveUpSilent(turn);
  },
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
function accepts(facts: Facts, event: SyncEvent, ofTheWorld: boolean): boolean {
  if (!ofTheWorld) return operationModeChart.accepts(facts.control, event.type as OperationModeEvent);
  return inMode(facts, 'running') || ALWAYS_ACCEPTED.has(event.type as WorldEvent['type']);
}

const HANDLER_OF: ReadonlyMap<string, unknown> = new Map(Object.entries(HANDLERS));

/** Who folds an event of the world; undefined for those of the operation-mode chart. */
function handlerOf(type: SyncEvent['type']): Handler<WorldEvent['type']> | undefined {
  // The table pairs each handler with its own event; TypeScript cannot see that through the look-up.
  return HANDLER_OF.get(type) as Handler<WorldEvent['type']> | undefined;
}
