import type { OperationModeEvent } from '../../machines/operation-mode.ts';
import { blockRequestChart, operationModeChart } from './advance.ts';
import { clearTimers } from './clock.ts';
import { loseAllConnections } from './connections.ts';
import { computeAggregate } from './aggregate.ts';
import type { Facts } from './facts.ts';
import type { Turn } from './turn.ts';
import { emit, inMode, nextHeight } from './turn.ts';
import { closeWindow, headHeight, spanAt } from './window.ts';

/** The one place where the mode changes: as the chart says (MODE-9). */
export function followChart(turn: Turn, event: OperationModeEvent): void {
  const previous = turn.control;
  const { value: next } = operationModeChart.advance(previous, event);
  turn.control = next;
  if (next.mode !== previous.mode) {
    emit(turn, { type: 'modeChanged', event, previous: previous.mode, next: next.mode });
  }
  if (next.server !== previous.server) {
    turn.serverChosen = true;
    emit(turn, { type: 'serverChanged', previous: previous.server, next: next.server });
  }
  const before = { control: previous };
  for (const { tag, enter, leave } of ON_TAG) {
    if (inMode(turn, tag) === inMode(before, tag)) continue;
    if (inMode(turn, tag)) enter?.(turn);
    else leave?.(turn);
  }
}

interface TagRule {
  readonly tag: Parameters<typeof inMode>[1];
  readonly enter?: (turn: Turn) => void;
  readonly leave?: (turn: Turn) => void;
}

/** What entering or leaving a kind of mode brings with it. */
const ON_TAG: readonly TagRule[] = [
  {
    tag: 'running',
    enter: (turn: Turn) => {
      if (turn.config.serverEnabled && !turn.serverChosen) signalIfAccepted(turn, 'Server_Enable');
    },
    leave: (turn: Turn) => {
      loseAllConnections(turn);
      clearTimers(turn);
    },
  },
  {
    tag: 'asksForBlocks',
    enter: (turn: Turn) => {
      turn.pace = { since: paceMark(turn), blocksPerSecond: null, targetPerSecond: null, outrun: 0 };
    },
    leave: closeWindow,
  },
  {
    tag: 'runsConsensus',
    enter: (turn: Turn) => emit(turn, { type: 'startConsensus', nextHeight: nextHeight(turn) }),
    leave: (turn: Turn) => emit(turn, { type: 'stopConsensus' }),
  },
];

/** What the facts say of this node against its peers (MODE-2, MODE-3, META-8). */
export type Standing = 'unknown' | 'behind' | 'synced';

export function standing(facts: Facts): Standing {
  const { aggregate, local, config, window } = facts;
  const settled = inMode(facts, 'settled');
  // A certified next block that does not apply here is there all the same: Sync does not end below it (APPLY-3).
  if (!settled && window.trouble !== null && window.trouble.unapplied.length > 0) return 'behind';
  if (aggregate !== null) {
    // Blocks that are certified and being applied are as good as here: no leaving Synced because of them.
    const reach = settled ? certifiedUpTo(facts) : local.maxHeight;
    const gap = aggregate.maxHeight - reach;
    if (gap >= (settled ? config.blocksBehindMin : 1)) return 'behind';
  }
  return (aggregate?.peers ?? 0) >= config.minPeers ? 'synced' : 'unknown';
}

/** META-6. Computed anew only when something has changed that it hangs on: the claims, the local height, the mode. */
export function updateAggregate(turn: Turn): void {
  const { aggregatedOver: before, peers, local, control } = turn;
  const isSame = peers.untested === before.peers.untested && peers.tested === before.peers.tested;
  if (isSame && local.maxHeight === before.local.maxHeight && control === before.control) return;
  turn.aggregatedOver = { peers, local, control };
  const aggregate = computeAggregate(turn);
  if (aggregate?.maxHeight !== turn.aggregate?.maxHeight) {
    emit(turn, { type: 'targetChanged', target: aggregate?.maxHeight ?? null });
  }
  turn.aggregate = aggregate;
}

/** Sends the signal that the facts call for, if the mode accepts it. */
export function settle(turn: Turn): void {
  updateAggregate(turn);
  const is = standing(turn);
  // A settled node without peers stays settled, but who it is may change (MODE-5).
  const stays = is === 'unknown' && inMode(turn, 'settled');
  // Whoever calls itself unsynced starts to sync at once (MODE-2).
  if (!stays && signalIfAccepted(turn, 'Consensus_IsSyncing')) return;
  if (is === 'behind') signalIfAccepted(turn, 'Consensus_IsUnsynced');
  else if (is === 'synced' || stays) signalIfAccepted(turn, syncedSignal(turn));
}

function syncedSignal({ local }: Turn): OperationModeEvent {
  return local.validator ? 'Consensus_IsSyncedValidator' : 'Consensus_IsSyncedNonValidator';
}

function signalIfAccepted(turn: Turn, signal: OperationModeEvent): boolean {
  const accepted = operationModeChart.accepts(turn.control, signal);
  if (accepted) turn.signals.push(signal);
  return accepted;
}

/** The highest height that is committed or certified and on its way. */
function certifiedUpTo(facts: Pick<Facts, 'local' | 'window'>): number {
  const span = spanAt(facts, headHeight(facts));
  const certified = span !== undefined && span.exact && blockRequestChart.hasTag(span.stage, 'certified');
  return certified ? span.from : facts.window.appliedTo;
}

const PACE_WINDOW_MS = 5_000;

/** How fast we grow and how fast the target does, so that a target that runs away can be told (A42). */
export function measurePace(turn: Turn): void {
  const { since } = turn.pace;
  const elapsedMs = turn.clock.now - since.at;
  if (elapsedMs < PACE_WINDOW_MS || !inMode(turn, 'asksForBlocks')) return;
  const mark = paceMark(turn);
  const grown = mark.height - since.height;
  const targetGrown = mark.target - since.target;
  turn.pace = {
    since: mark,
    blocksPerSecond: (grown * 1_000) / elapsedMs,
    targetPerSecond: (targetGrown * 1_000) / elapsedMs,
    outrun: grown > 0 && targetGrown >= grown ? turn.pace.outrun + 1 : 0,
  };
}

function paceMark(turn: Turn) {
  const height = turn.local.maxHeight;
  return { at: turn.clock.now, height, target: turn.aggregate?.maxHeight ?? height };
}
