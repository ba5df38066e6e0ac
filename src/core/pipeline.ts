import type { BlockRequestEvent } from '../../machines/block-request.ts';
import type { SyncBlock } from '../protocol/block.ts';
import { certifiedButWrong } from './blame.ts';
import type { Span } from './facts.ts';
import { maps } from './facts.ts';
import type { Turn } from './turn.ts';
import { emit, inMode, nextHeight, takeId } from './turn.ts';
import { divide, headHeight, headId, moveSpan, spanAt, splitSpan } from './window.ts';

/**
 * Gives verifier, executor and store their next pieces of work. Blocks are verified ahead, several pieces at a time
 * (OPT-1); applied in height order, one piece at a time; and committed in height order, as many with one write as are
 * applied by then (SYNC-2). The three go on side by side.
 */
export function pump(turn: Turn): void {
  if (turn.host.retryAt !== null) return;
  if (turn.host.rollbackTo !== null) beginRollback(turn, turn.host.rollbackTo);
  if (!inMode(turn, 'takesBlocks')) return;
  beginApply(turn);
  beginCommit(turn);
  beginVerification(turn);
}

function beginRollback(turn: Turn, toHeight: number): void {
  if (turn.work.executing !== null) return;
  const workId = takeId(turn);
  // What is committed since is out of reach, and right.
  const keptTo = Math.max(toHeight, turn.local.maxHeight);
  turn.host = { ...turn.host, rollbackTo: keptTo };
  const from = keptTo + 1;
  turn.work = { ...turn.work, executing: { id: workId, kind: 'rollback', from, to: from, exact: false } };
  emit(turn, { type: 'rollbackBlocks', workId, toHeight: keptTo });
}

/** APPLY-1's link, checked once the certificate is: so a wrong link of a certified block speaks against us. */
function beginApply(turn: Turn): void {
  if (turn.work.executing !== null || turn.host.rollbackTo !== null) return;
  const first = spanAt(turn, headHeight(turn));
  if (first?.stage !== 'verified') return;
  const linked = linkedPart(turn, first);
  if (linked === null) return;
  const run = runFrom(turn, linked, turn.config.applyBlocksMax);
  const workId = takeId(turn);
  const { from, to, blocks } = begin(turn, run, 'ApplyStarted', workId);
  turn.work = { ...turn.work, executing: { id: workId, kind: 'apply', from, to, exact: true } };
  emit(turn, { type: 'applyBlocks', workId, blocks });
}

function beginCommit(turn: Turn): void {
  if (turn.work.committing !== null) return;
  const first = spanAt(turn, nextHeight(turn));
  if (first?.stage !== 'applied') return;
  const { commitBlocksMax, commitBytesMax } = turn.config;
  const run = withinBytes(turn, runFrom(turn, first, commitBlocksMax), commitBytesMax);
  const workId = takeId(turn);
  const { from, to, blocks } = begin(turn, run, 'CommitStarted', workId);
  turn.work = { ...turn.work, committing: { id: workId, kind: 'commit', from, to, exact: true } };
  emit(turn, { type: 'commitBlocks', workId, blocks });
}

/** The block at the head first, which can be judged whatever came of it before; then whatever is here, in height order. */
function beginVerification(turn: Turn): void {
  const head = headHeight(turn);
  while (turn.work.verifying.length < turn.config.verifyInFlightMax) {
    const isSettled = turn.work.executing === null && turn.host.rollbackTo === null;
    const atHead = spanAt(turn, head);
    const exact = isSettled && atHead?.stage === 'received';
    const first = exact ? atHead : spanAt(turn, maps.heights.first(turn.window.unverified)?.key ?? -1);
    if (first === undefined) return;
    const workId = takeId(turn);
    const { from, to, blocks } = begin(
      turn,
      runFrom(turn, first, turn.config.verifyBlocksMax),
      'VerificationStarted',
      workId,
    );
    const work = { id: workId, kind: 'verify', from, to, exact } as const;
    turn.work = { ...turn.work, verifying: [...turn.work.verifying, work] };
    emit(turn, { type: 'verifyBlocks', workId, blocks, certified: true, exact });
  }
}

/** Spans that follow each other in the same stage, up to so many blocks; the first one whole. */
function runFrom(turn: Turn, first: Span, blocksMax: number): readonly Span[] {
  const run = [first];
  let blocks = first.blocks.length;
  for (let next = spanAt(turn, first.to + 1); next !== undefined; next = spanAt(turn, next.to + 1)) {
    blocks += next.blocks.length;
    const follows = next.stage === first.stage && next.waits === first.waits && blocks <= blocksMax;
    if (!follows || (first.stage === 'verified' && !isLinked(run[run.length - 1], next))) break;
    run.push(next);
  }
  return run;
}

/** The first blocks of a run, as many as weigh no more than this; one always. */
function withinBytes(turn: Turn, run: readonly Span[], bytesMax: number): readonly Span[] {
  const within: Span[] = [];
  let bytes = 0;
  for (const span of run) {
    const tooHeavy = span.blocks.findIndex((block) => (bytes += block.bytes) > bytesMax);
    if (tooHeavy < 0) {
      within.push(span);
      continue;
    }
    const [start] = divide(turn, span, within.length === 0 ? Math.max(1, tooHeavy) : tooHeavy);
    return start === null ? within : [...within, start];
  }
  return within;
}

function begin(turn: Turn, run: readonly Span[], begins: BlockRequestEvent, workId: number) {
  const blocks: SyncBlock[] = [];
  for (const span of run) {
    moveSpan(turn, span, begins, { workId, waits: false });
    for (const block of span.blocks) blocks.push(block);
  }
  return { from: run[0]?.from ?? 0, to: run[run.length - 1]?.to ?? 0, blocks };
}

/** The beginning of the span at the head that links to what is applied; null when not even the first block does. */
function linkedPart(turn: Turn, span: Span): Span | null {
  let parentId = headId(turn);
  for (const [i, block] of span.blocks.entries()) {
    if (block.parentId !== parentId) {
      if (i > 0) return splitSpan(turn, span, i)[0];
      mislinked(turn, span, parentId);
      return null;
    }
    parentId = block.id;
  }
  return span;
}

/** Whether a span goes on where the other ends, inside too. */
function isLinked(before: Span | undefined, span: Span): boolean {
  let parentId = before?.blocks[before.blocks.length - 1]?.id;
  for (const block of span.blocks) {
    if (block.parentId !== parentId) return false;
    parentId = block.id;
  }
  return true;
}

/** Under which validators it was verified is sure only when that was done in its turn: else that comes first. */
function mislinked(turn: Turn, span: Span, parentId: string): void {
  const [bad] = divide(turn, span, 1);
  const block = bad?.blocks[0];
  if (bad === null || block === undefined) return;
  if (!bad.exact) return void moveSpan(turn, bad, 'Outdated');
  const message = `height ${block.height} names ${block.parentId} as its parent, not ${parentId}`;
  certifiedButWrong(turn, bad, 'Mislinked', { code: 'PREV_HASH_MISMATCH', message });
}
