import type { PeerId } from '../protocol/block.ts';
import type { BlockFault, HostFault } from '../protocol/errors.ts';
import { acquit, certifiedButWrong, refuse } from './blame.ts';
import { proveClaim, settleDispute } from './claims.ts';
import { reward } from './conduct.ts';
import type { EventOf } from './events.ts';
import type { Span } from './facts.ts';
import { retryLater, succeeded } from './host-faults.ts';
import { growLocal, rollBackTo, undoFrom } from './own-chain.ts';
import { connectedPeer, putPeer } from './peers.ts';
import { settleSpares } from './spares.ts';
import type { Turn } from './turn.ts';
import { emit, nextHeight } from './turn.ts';
import { appliedUpTo, divide, headHeight, moveSpan, spansWithin, waitNoLonger } from './window.ts';

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
        else settleDispute(turn, certified.peer, certified.to);
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
  settleSpares(turn, span.blocks[0]?.contentId ?? '');
  appliedUpTo(turn, span.to);
  const { trouble } = turn.window;
  if (trouble === null || trouble.height > span.to) return;
  const block = span.blocks[trouble.height - span.from];
  if (block !== undefined) acquit(turn, block.contentId);
  turn.window = { ...turn.window, trouble: null };
}

/** What is committed is local from now on, and credited to whoever sent it. */
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

function invalidStateHash(turn: Turn, span: Span, fault: BlockFault | undefined, computed: string | undefined): void {
  const block = span.blocks[0];
  const message = `executing height ${span.from} gave ${computed ?? 'no state'}, its header names ${block?.id ?? '?'}`;
  certifiedButWrong(turn, span, 'InvalidStateHash', fault ?? { code: 'INVALID_STATE_HASH', message });
}

/** What is still in this work; less than it began with when some of it was dropped since. */
function spansOf(turn: Turn, workId: number, from: number, to: number): readonly Span[] {
  return [...spansWithin(turn, from, to)].filter((span) => span.workId === workId);
}

const NO_VERDICT: HostFault = { code: 'EXECUTOR_FAILED', message: 'the verifier gave no verdict' };

const AT_ODDS: HostFault = {
  code: 'EXECUTOR_FAILED',
  message: 'the executor takes other validators for the set than the verifier',
};
