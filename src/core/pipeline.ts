import type { BlockRequestEvent } from '../../machines/block-request.ts';
import type { PeerId, SyncBlock } from '../protocol/block.ts';
import type { BlockFault, HostFault } from '../protocol/errors.ts';
import { blockRequestChart } from './advance.ts';
import { acquit, certifiedButWrong, refuse } from './blame.ts';
import { proveClaim, settleDispute } from './claims.ts';
import { reward } from './conduct.ts';
import type { EventOf } from './events.ts';
import type { Span, Work } from './facts.ts';
import { maps } from './facts.ts';
import { connectedPeer, putPeer } from './peers.ts';
import { recentId, withCommitted } from './recent.ts';
import type { Turn } from './turn.ts';
import { backoffMs, emit, inMode, nextHeight, takeId } from './turn.ts';
import {
  appliedUpTo,
  dropUpTo,
  headHeight,
  headId,
  moveSpan,
  spanAt,
  spansWithin,
  splitSpan,
  waitNoLonger,
} from './window.ts';

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

/** APPLY-1. A block certified in its turn is evidence of its sender's claim, whatever becomes of it afterwards. */
export function blocksVerified(turn: Turn, event: EventOf<'blocksVerified'>): void {
  const work = turn.work.verifying.find(({ id }) => id === event.workId);
  if (work === undefined) return;
  turn.work = { ...turn.work, verifying: turn.work.verifying.filter((each) => each !== work) };
  const end = work.from + event.valid;
  let refused: Span | null = null;
  for (const span of spansOf(turn, work.id, work.from, work.to)) {
    const [certified, rest] = divide(turn, span, end - span.from);
    if (certified !== null) {
      const exact = work.exact && certified.from === work.from;
      moveSpan(turn, certified, 'Certified', { workId: null, exact });
      if (certified.peer !== null && certified.asked) {
        if (exact) proveClaim(turn, certified.peer, certified.from);
        else settleDispute(turn, certified.peer, certified.from, certified.to);
      }
    }
    if (rest?.from === end) refused = rest;
    else if (rest !== null) moveSpan(turn, rest, 'Postponed', { workId: null });
  }
  if (event.hostFault !== undefined) {
    if (refused !== null) moveSpan(turn, refused, 'HostFailed', { workId: null });
    return retryLater(turn, event.hostFault, 'verify');
  }
  if (refused !== null && event.fault === undefined && work.exact && refused.from === work.from) {
    moveSpan(turn, refused, 'HostFailed', { workId: null });
    return retryLater(turn, NO_VERDICT, 'verify');
  }
  if (refused !== null) judge(turn, refused, event.fault);
  succeeded(turn, 'verify');
}

/** The block that was not found valid: bad, or not to be judged before its turn. */
function judge(turn: Turn, span: Span, fault: BlockFault | undefined): void {
  const [first, others] = divide(turn, span, 1);
  if (others !== null) moveSpan(turn, others, 'Postponed', { workId: null });
  if (first === null) return;
  if (fault === undefined) moveSpan(turn, first, 'Postponed', { workId: null, waits: true });
  else refuse(turn, first, fault);
}

/** APPLY-2: the executor's state hash must be the one the header names. */
export function blocksApplied(turn: Turn, event: EventOf<'blocksApplied'>): void {
  const work = turn.work.executing;
  if (work?.id !== event.workId || work.kind !== 'apply') return;
  turn.work = { ...turn.work, executing: null };
  const spans = spansOf(turn, work.id, work.from, work.to);
  // Consensus decided one of these heights meanwhile: whatever of them is applied has to go.
  if (spans.length === 0) return rollBackTo(turn, turn.window.appliedTo);
  let end = work.from;
  const computed = (height: number) => event.stateHashes[height - work.from];
  for (const span of spans) {
    let matching = 0;
    while (matching < span.blocks.length && computed(span.from + matching) === span.blocks[matching]?.id) matching++;
    const [good, rest] = divide(turn, span, matching);
    if (good !== null) {
      moveSpan(turn, good, 'StateHashMatched', { workId: null });
      end = good.to + 1;
      passTo(turn, good);
    }
    if (rest === null) continue;
    if (rest.from > end) moveSpan(turn, rest, 'Postponed', { workId: null });
    else appliedNot(turn, rest, event, computed(rest.from));
  }
  if (turn.host.retryAt === null) succeeded(turn, 'apply');
}

/** The first block of a run that was not applied, and those after it in its span. */
function appliedNot(turn: Turn, span: Span, event: EventOf<'blocksApplied'>, computed: string | undefined): void {
  if (event.hostFault !== undefined) {
    rollBackTo(turn, span.from - 1);
    moveSpan(turn, span, 'HostFailed', { workId: null });
    return retryLater(turn, event.hostFault, 'apply');
  }
  const [first, others] = divide(turn, span, 1);
  if (others !== null) moveSpan(turn, others, 'Postponed', { workId: null });
  if (first === null) return;
  if (computed === undefined && event.fault === undefined) {
    moveSpan(turn, first, 'Outdated', { workId: null, exact: false });
    verifyAheadAgain(turn);
    // It was checked in its turn, with the very set that it has: the executor is at odds with the verifier.
    return first.exact ? retryLater(turn, AT_ODDS, 'apply') : undefined;
  }
  rollBackTo(turn, first.from - 1);
  invalidStateHash(turn, first, computed === undefined ? event.fault : undefined, computed);
}

/** The validator set has changed: what was verified ahead is verified again, and what could not be judged may be now. */
function verifyAheadAgain(turn: Turn): void {
  for (const span of [...spansWithin(turn, headHeight(turn) + 1, turn.window.frontier)]) {
    if (span.stage === 'verified') moveSpan(turn, span, 'Outdated');
    else if (span.waits) waitNoLonger(turn, span);
  }
}

/** The head has passed these blocks: what was wrong there is over, and who was charged with the right block is acquitted. */
function passTo(turn: Turn, span: Span): void {
  appliedUpTo(turn, span.to);
  const { trouble } = turn.window;
  if (trouble === null || trouble.height > span.to) return;
  const block = span.blocks[trouble.height - span.from];
  if (block !== undefined) acquit(turn, block.id);
  turn.window = { ...turn.window, trouble: null };
}

/** The local height grows here, and by `blockFinalized`, and nowhere else. */
export function blocksCommitted(turn: Turn, event: EventOf<'blocksCommitted'>): void {
  const work = turn.work.committing;
  if (work?.id !== event.workId) return;
  const { overtaken } = turn.work;
  turn.work = { ...turn.work, committing: null, overtaken: false };
  const spans = spansOf(turn, work.id, work.from, work.to);
  if (event.hostFault !== undefined) {
    for (const span of spans) moveSpan(turn, span, 'HostFailed', { workId: null });
    if (overtaken) undoFrom(turn, nextHeight(turn));
    return retryLater(turn, event.hostFault, 'commit');
  }
  if (spans.length === 0) return;
  for (const span of spans) moveSpan(turn, span, 'Committed');
  growLocal(
    turn,
    spans.flatMap(({ blocks }) => blocks),
    event.validator,
  );
  for (const span of spans) creditSender(turn, span);
  for (const { from, to, peer, id } of bySender(spans)) emit(turn, { type: 'blocksAdded', from, to, id, peer });
  succeeded(turn, 'commit');
}

/** What follows each other of the same sender is told as one. */
function bySender(spans: readonly Span[]) {
  const told: { from: number; to: number; id: string; peer: PeerId | null }[] = [];
  for (const { from, to, peer, blocks } of spans) {
    const id = blocks[blocks.length - 1]?.id ?? '';
    const before = told[told.length - 1];
    if (before === undefined || before.peer !== peer) told.push({ from, to, id, peer });
    else Object.assign(before, { to, id });
  }
  return told;
}

function creditSender(turn: Turn, span: Span): void {
  const peer = span.peer === null ? undefined : connectedPeer(turn, span.peer);
  if (peer === undefined) return;
  putPeer(turn, { ...reward(turn, peer, span.blocks.length), desertions: 0 });
  if (span.asked) proveClaim(turn, peer.id, span.to);
}

export function blocksRolledBack(turn: Turn, event: EventOf<'blocksRolledBack'>): void {
  const work = turn.work.executing;
  if (work?.id !== event.workId || work.kind !== 'rollback') return;
  turn.work = { ...turn.work, executing: null };
  if (event.hostFault !== undefined) return retryLater(turn, event.hostFault, 'apply');
  // The failures still count: what had to be undone may fail again. It may also be that still more has to be undone.
  const { rollbackTo } = turn.host;
  turn.host = {
    ...turn.host,
    rollbackTo: rollbackTo !== null && rollbackTo < work.from - 1 ? rollbackTo : null,
    fault: null,
  };
}

/**
 * MODE-10: consensus decided the next height and committed it; what this package had of that height is dropped, and what
 * it had applied on top of it is to be applied anew.
 */
export function blockFinalized(turn: Turn, event: EventOf<'blockFinalized'>): void {
  const { height, id, validator } = event;
  if (height !== nextHeight(turn)) {
    if (height < nextHeight(turn)) return;
    const reason = `height ${height} was finalized, but ${nextHeight(turn)} is next`;
    return emit(turn, { type: 'eventRejected', event: event.type, mode: turn.control.mode, reason });
  }
  const { committing } = turn.work;
  // Of a longer range that is being committed the rest may yet be: its outcome tells.
  if (committing !== null && committing.to > height) turn.work = { ...turn.work, overtaken: true };
  else undoFrom(turn, height);
  growLocal(turn, [{ height, id }], validator);
  emit(turn, { type: 'blocksAdded', from: height, to: height, id, peer: null });
}

export function validatorStatusChanged(turn: Turn, event: EventOf<'validatorStatusChanged'>): void {
  turn.local = { ...turn.local, validator: event.validator };
}

/** The wait after a host fault, or before the next try at a suspect block, is over. */
export function hostRetryDue(turn: Turn): void {
  const { now } = turn.clock;
  if (turn.host.retryAt !== null && turn.host.retryAt <= now) turn.host = { ...turn.host, retryAt: null };
  const { trouble } = turn.window;
  if (trouble?.suspect != null && trouble.suspect.retryAt !== null && trouble.suspect.retryAt <= now) {
    turn.window = { ...turn.window, trouble: { ...trouble, suspect: { ...trouble.suspect, retryAt: null } } };
  }
}

/** What is applied from this height on, or is just being applied, is to be applied anew, on what is committed by then. */
function undoFrom(turn: Turn, height: number): void {
  const { executing } = turn.work;
  const reached = Math.max(turn.window.appliedTo, executing?.kind === 'apply' ? executing.to : 0);
  for (const span of [...spansWithin(turn, height, reached)]) {
    if (blockRequestChart.accepts(span.stage, 'Undone')) moveSpan(turn, span, 'Undone', { workId: null });
  }
  if (turn.window.appliedTo >= height) rollBackTo(turn, height - 1);
  appliedUpTo(turn, height - 1);
}

const NO_VERDICT: HostFault = { code: 'EXECUTOR_FAILED', message: 'the verifier gave no verdict' };

const AT_ODDS: HostFault = {
  code: 'EXECUTOR_FAILED',
  message: 'the executor takes other validators for the set than the verifier',
};

/** What is still in this work; less than it began with when some of it was dropped since. */
function spansOf(turn: Turn, workId: number, from: number, to: number): readonly Span[] {
  return [...spansWithin(turn, from, to)].filter((span) => span.workId === workId);
}

/** What is applied above this height must go before anything else is applied. */
function rollBackTo(turn: Turn, height: number): void {
  turn.host = { ...turn.host, rollbackTo: Math.min(height, turn.host.rollbackTo ?? height) };
}

/** The first `count` blocks and the others, either of them null when it is empty. */
function divide(turn: Turn, span: Span, count: number): [Span | null, Span | null] {
  if (count >= span.blocks.length) return [span, null];
  if (count <= 0) return [null, span];
  return splitSpan(turn, span, count);
}

function invalidStateHash(turn: Turn, span: Span, fault: BlockFault | undefined, computed: string | undefined): void {
  const block = span.blocks[0];
  const message = `executing height ${span.from} gave ${computed ?? 'no state'}, its header names ${block?.id ?? '?'}`;
  certifiedButWrong(turn, span, 'InvalidStateHash', fault ?? { code: 'INVALID_STATE_HASH', message });
}

function retryLater(turn: Turn, fault: HostFault, failedIn: Work['kind']): void {
  const { hostRetryMsMin, hostRetryMsMax } = turn.config;
  const retryInMs = backoffMs(hostRetryMsMin, hostRetryMsMax, turn.host.failures);
  const retryAt = turn.clock.now + retryInMs;
  turn.host = { ...turn.host, fault, failures: turn.host.failures + 1, failedIn, retryAt };
  emit(turn, { type: 'hostFaulted', fault, height: nextHeight(turn), retryInMs });
}

/** What failed before works again; that something else does says nothing. */
function succeeded(turn: Turn, kind: Work['kind']): void {
  if (turn.host.failedIn === kind) turn.host = { ...turn.host, fault: null, failures: 0, failedIn: null };
}

function growLocal(turn: Turn, blocks: readonly Pick<SyncBlock, 'height' | 'id'>[], validator: boolean): void {
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
  const { trouble } = turn.window;
  const troubled = trouble === null ? undefined : recentId(recent, trouble.height);
  if (troubled !== undefined) acquit(turn, troubled);
  dropUpTo(turn, maxHeight);
}
