import type { SyncBlock } from '../protocol/block.ts';
import { blockRequestChart } from './advance.ts';
import { acquit } from './blame.ts';
import type { EventOf } from './events.ts';
import { withCommitted } from './recent.ts';
import { settleSpares } from './spares.ts';
import type { Turn } from './turn.ts';
import { emit, nextHeight } from './turn.ts';
import { appliedUpTo, dropUpTo, moveSpan, spansWithin } from './window.ts';

/**
 * MODE-10: consensus decided the next height and committed it; what this package had of that height is dropped, and what
 * it had applied on top of it is to be applied anew.
 */
export function blockFinalized(turn: Turn, event: EventOf<'blockFinalized'>): void {
  const { height, id, contentId, validator } = event;
  if (height !== nextHeight(turn)) {
    if (height < nextHeight(turn)) return;
    const reason = `height ${height} was finalized, but ${nextHeight(turn)} is next`;
    return emit(turn, { type: 'eventRejected', event: event.type, mode: turn.control.mode, reason });
  }
  const { committing } = turn.work;
  // Of a longer range that is being committed the rest may yet be: its outcome tells.
  if (committing !== null && committing.to > height) turn.work = { ...turn.work, overtaken: true };
  else undoFrom(turn, height);
  if (contentId !== undefined) {
    acquit(turn, contentId);
    settleSpares(turn, contentId);
  }
  growLocal(turn, [{ height, id }], validator);
  emit(turn, { type: 'blocksAdded', from: height, to: height, id, peer: null });
}

export function validatorStatusChanged(turn: Turn, event: EventOf<'validatorStatusChanged'>): void {
  turn.local = { ...turn.local, validator: event.validator };
}

/** What is applied from this height on, or is just being applied, is to be applied anew, on what is committed by then. */
export function undoFrom(turn: Turn, height: number): void {
  const { executing } = turn.work;
  const reached = Math.max(turn.window.appliedTo, executing?.kind === 'apply' ? executing.to : 0);
  for (const span of [...spansWithin(turn, height, reached)]) {
    if (blockRequestChart.accepts(span.stage, 'Undone')) moveSpan(turn, span, 'Undone', { workId: null });
  }
  if (turn.window.appliedTo >= height) rollBackTo(turn, height - 1);
  appliedUpTo(turn, height - 1);
}

/** What is applied above this height must go before anything else is applied. */
export function rollBackTo(turn: Turn, height: number): void {
  turn.host = { ...turn.host, rollbackTo: Math.min(height, turn.host.rollbackTo ?? height) };
}

/** The local height grows here and nowhere else. */
export function growLocal(turn: Turn, blocks: readonly Pick<SyncBlock, 'height' | 'id'>[], validator: boolean): void {
  const { local } = turn;
  let { maxHeight, tipId } = local;
  for (const { height, id } of blocks) {
    if (height !== maxHeight + 1) throw new Error(`height ${height} cannot follow ${maxHeight}`);
    maxHeight = height;
    tipId = id;
  }
  const minHeight = local.minHeight === 0 ? 1 : local.minHeight;
  const recent = withCommitted(local.recent, blocks, turn.config.recentBlocksMax);
  turn.local = { minHeight, maxHeight, tipId, validator, recent };
  dropUpTo(turn, maxHeight);
}
