import type { BlockRequestEvent, BlockStage } from '../../machines/block-request.ts';
import type { SyncBlock } from '../protocol/block.ts';
import type { BlockFault, HostFault } from '../protocol/errors.ts';
import { offenceOf } from '../protocol/offences.ts';
import { proveClaim, refuteClaim } from './claims.ts';
import { charge, restPeer, reward, takeBack } from './conduct.ts';
import type { EventOf } from './events.ts';
import type { Span, Work } from './facts.ts';
import { maps } from './facts.ts';
import { connectedPeer, putPeer } from './peers.ts';
import type { Turn } from './turn.ts';
import { backoffMs, emit, inMode, nextHeight, takeId } from './turn.ts';
import { dropUpTo, moveSpan, noteTrouble, release, spanAt, splitSpan } from './window.ts';

/** What is to be done with the next blocks in each stage. */
const NEXT_WORK: Partial<Record<BlockStage, { readonly kind: Work['kind']; readonly begins: BlockRequestEvent }>> = {
  received: { kind: 'verify', begins: 'VerificationStarted' },
  verified: { kind: 'apply', begins: 'ApplyStarted' },
  applied: { kind: 'commit', begins: 'CommitStarted' },
};

/** Gives verifier, executor and store their next piece of work, one at a time and in height order (SYNC-2). */
export function pump(turn: Turn): void {
  if (turn.work !== null || turn.host.retryAt !== null) return;
  const { rollbackTo } = turn.host;
  const from = nextHeight(turn);
  if (rollbackTo !== null) {
    const workId = beginWork(turn, 'rollback', from, from);
    return emit(turn, { type: 'rollbackBlocks', workId, toHeight: rollbackTo });
  }
  if (!inMode(turn, 'takesBlocks')) return;
  const span = spanAt(turn, from);
  const next = span === undefined ? undefined : NEXT_WORK[span.stage];
  if (span === undefined || next === undefined) return;
  const { to, blocks } = moveSpan(turn, span, next.begins);
  const workId = beginWork(turn, next.kind, from, to);
  if (next.kind === 'verify') emit(turn, { type: 'verifyBlocks', workId, blocks, certified: true });
  if (next.kind === 'apply') emit(turn, { type: 'applyBlocks', workId, blocks });
  if (next.kind === 'commit') emit(turn, { type: 'commitBlocks', workId, blocks });
}

/** APPLY-1. A certified block is evidence of its sender's claim, whatever becomes of it afterwards. */
export function blocksVerified(turn: Turn, event: EventOf<'blocksVerified'>): void {
  const span = endWork(turn, event.workId, 'verify');
  if (span === null) return;
  if (event.hostFault !== undefined) return hostFailed(turn, span, event.hostFault);
  const [certified, refused] = divide(turn, span, event.valid);
  if (certified !== null) linkCertified(turn, moveSpan(turn, certified, 'Certified'));
  if (refused !== null) {
    if (event.fault !== undefined) refuse(turn, refused, event.fault);
    else if (certified !== null) moveSpan(turn, refused, 'Postponed');
    else return hostFailed(turn, refused, NO_VERDICT);
  }
  succeeded(turn);
}

/** APPLY-2: the executor's state hash must be the one the header names. */
export function blocksApplied(turn: Turn, event: EventOf<'blocksApplied'>): void {
  const span = endWork(turn, event.workId, 'apply');
  if (span === null) return;
  if (event.hostFault !== undefined) {
    turn.host = { ...turn.host, rollbackTo: turn.local.maxHeight };
    return hostFailed(turn, span, event.hostFault);
  }
  let matching = 0;
  while (matching < span.blocks.length && event.stateHashes[matching] === span.blocks[matching]?.id) matching++;
  const [good, bad] = divide(turn, span, matching);
  if (good !== null) moveSpan(turn, good, 'StateHashMatched');
  if (bad !== null) {
    turn.host = { ...turn.host, rollbackTo: bad.from - 1 };
    const computed = event.stateHashes[matching];
    invalidStateHash(turn, bad, computed === undefined ? event.fault : undefined, computed);
  }
  succeeded(turn);
}

/** The local height grows here, and by `blockFinalized`, and nowhere else. */
export function blocksCommitted(turn: Turn, event: EventOf<'blocksCommitted'>): void {
  const span = endWork(turn, event.workId, 'commit', event.hostFault !== undefined);
  if (span === null) return;
  if (event.hostFault !== undefined) return hostFailed(turn, span, event.hostFault);
  moveSpan(turn, span, 'Committed');
  const last = span.blocks[span.blocks.length - 1];
  if (last === undefined) throw new Error('a committed span has blocks');
  growLocal(turn, span.blocks, event.validator);
  const peer = span.peer === null ? undefined : connectedPeer(turn, span.peer);
  if (peer !== undefined) {
    putPeer(turn, { ...reward(turn, peer, span.blocks.length), desertions: 0 });
    if (span.asked) proveClaim(turn, peer.id, span.to);
  }
  emit(turn, { type: 'blocksAdded', from: span.from, to: span.to, id: last.id, peer: span.peer });
  succeeded(turn);
}

export function blocksRolledBack(turn: Turn, event: EventOf<'blocksRolledBack'>): void {
  if (turn.work?.id !== event.workId || turn.work.kind !== 'rollback') return;
  turn.work = null;
  if (event.hostFault !== undefined) return retryLater(turn, event.hostFault);
  // The failures still count: what had to be undone may fail again.
  turn.host = { ...turn.host, rollbackTo: null, fault: null };
}

/** MODE-10: consensus decided the next height and committed it; what this package had of that height is dropped. */
export function blockFinalized(turn: Turn, event: EventOf<'blockFinalized'>): void {
  const { height, id, validator } = event;
  if (height !== nextHeight(turn)) {
    if (height < nextHeight(turn)) return;
    const reason = `height ${height} was finalized, but ${nextHeight(turn)} is next`;
    return emit(turn, { type: 'eventRejected', event: event.type, mode: turn.control.mode, reason });
  }
  // A longer range that begins here is being committed: its outcome tells of this height too.
  if (turn.work?.kind === 'commit' && turn.work.from === height && turn.work.to > height) return;
  const span = spanAt(turn, height);
  if (turn.work !== null && turn.work.from === height) turn.work = { ...turn.work, abandoned: true };
  else if (span?.stage === 'applied') turn.host = { ...turn.host, rollbackTo: height - 1 };
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

const NO_VERDICT: HostFault = { code: 'EXECUTOR_FAILED', message: 'the verifier gave no verdict' };

function beginWork(turn: Turn, kind: Work['kind'], from: number, to: number): number {
  const id = takeId(turn);
  turn.work = { id, kind, from, to, abandoned: false };
  return id;
}

/** The span that the work was about; null when the outcome is of other work, or not wanted any more. */
function endWork(turn: Turn, workId: number, kind: Work['kind'], leavesPending = kind === 'apply'): Span | null {
  const { work } = turn;
  if (work === null || work.id !== workId || work.kind !== kind) return null;
  turn.work = null;
  if (work.abandoned) {
    if (leavesPending) turn.host = { ...turn.host, rollbackTo: work.from - 1 };
    return null;
  }
  const span = spanAt(turn, work.from);
  if (span === undefined) throw new Error(`no blocks at ${work.from}, where ${kind} was under way`);
  return span;
}

/** The first `count` blocks and the others, either of them null when it is empty. */
function divide(turn: Turn, span: Span, count: number): [Span | null, Span | null] {
  if (count >= span.blocks.length) return [span, null];
  if (count <= 0) return [null, span];
  return splitSpan(turn, span, count);
}

/** APPLY-1: prevStateHash, checked once the certificate is: so a wrong link of a certified block speaks against us. */
function linkCertified(turn: Turn, span: Span): void {
  if (span.peer !== null && span.asked) proveClaim(turn, span.peer, span.to);
  let parentId = turn.local.tipId;
  for (const [i, block] of span.blocks.entries()) {
    if (block.parentId !== parentId) {
      const [, bad] = divide(turn, span, i);
      const message = `height ${block.height} names ${block.parentId} as its parent, not ${parentId}`;
      if (bad !== null) certifiedButWrong(turn, bad, 'Mislinked', { code: 'PREV_HASH_MISMATCH', message });
      return;
    }
    parentId = block.id;
  }
}

function invalidStateHash(turn: Turn, span: Span, fault: BlockFault | undefined, computed: string | undefined): void {
  const block = span.blocks[0];
  const message = `executing height ${span.from} gave ${computed ?? 'no state'}, its header names ${block?.id ?? '?'}`;
  certifiedButWrong(turn, span, 'InvalidStateHash', fault ?? { code: 'INVALID_STATE_HASH', message });
}

/** A block that must not be applied: its sender is charged, and its claim of that height refuted. */
function refuse(turn: Turn, span: Span, fault: BlockFault): void {
  const { peer } = span;
  if (peer !== null) {
    if (span.from === nextHeight(turn)) noteTrouble(turn, fault.code, peer);
    charge(turn, peer, offenceOf(fault.code), fault.message, span.from);
    refuteClaim(turn, peer, span.from, 'INVALID_BLOCK');
  }
  release(turn, span, 'Refused', peer);
}

/** Different certified blocks of one height that are remembered. */
const UNAPPLIED_MAX = 8;

/**
 * APPLY-3. A certified block that does not fit here is charged to who sent it, until a second peer has sent the same
 * one: then the fault is taken to be ours, nobody is charged further, and it is asked for again with back-off.
 */
function certifiedButWrong(turn: Turn, span: Span, moves: 'InvalidStateHash' | 'Mislinked', fault: BlockFault): void {
  const { peer } = span;
  const block = span.blocks[0];
  if (peer === null || block === undefined) throw new Error('blocks that were checked have a sender');
  const before = turn.window.trouble;
  const failures = before?.unapplied ?? [];
  const { id, contentId } = block;
  const same = failures.find((each) => each.contentId === contentId) ?? { id, contentId, peers: [], charged: [] };
  const repeated = same.peers.includes(peer);
  const peers = repeated ? same.peers : [...same.peers, peer];
  // Only what the certificate covers speaks against us; a header field around it is the sender's own.
  const ofContent = fault.code !== 'VALIDATOR_SET_MISMATCH';
  const isLocal = before?.suspect != null || (ofContent && peers.length >= 2);
  const offence = offenceOf(fault.code);
  const isCharged = !isLocal && !(ofContent && repeated);
  const charged = isCharged ? [...same.charged, { peer, offence }] : same.charged;
  const others = failures.filter((each) => each !== same);
  const unapplied = ofContent ? [...others, { id, contentId, peers, charged }].slice(-UNAPPLIED_MAX) : failures;
  noteTrouble(turn, fault.code, peer, { unapplied });
  if (isLocal) suspectLocalState(turn, fault, peers);
  else if (isCharged) charge(turn, peer, offence, fault.message, span.from);
  // The same again from the same peer proves nothing new.
  else restPeer(turn, peer, offence);
  release(turn, span, moves, peer);
}

function suspectLocalState(turn: Turn, fault: BlockFault, peers: readonly string[]): void {
  const { trouble } = turn.window;
  if (trouble === null) return;
  const tries = trouble.suspect?.tries ?? 0;
  const { refutedBackoffMsMin, refutedBackoffMsMax } = turn.config;
  const retryInMs = backoffMs(refutedBackoffMsMin, refutedBackoffMsMax, tries);
  const suspect = { code: fault.code, tries: tries + 1, retryAt: turn.clock.now + retryInMs };
  turn.window = { ...turn.window, trouble: { ...trouble, suspect }, spares: [] };
  const { height } = trouble;
  emit(turn, { type: 'localStateSuspect', height, code: fault.code, peers, retryInMs });
}

/** APPLY-5: nothing changed; the blocks stay where they are, and the same is tried again after a while. */
function hostFailed(turn: Turn, span: Span, fault: HostFault): void {
  moveSpan(turn, span, 'HostFailed');
  retryLater(turn, fault);
}

function retryLater(turn: Turn, fault: HostFault): void {
  const { hostRetryMsMin, hostRetryMsMax } = turn.config;
  const retryInMs = backoffMs(hostRetryMsMin, hostRetryMsMax, turn.host.failures);
  const retryAt = turn.clock.now + retryInMs;
  turn.host = { ...turn.host, fault, failures: turn.host.failures + 1, retryAt };
  emit(turn, { type: 'hostFaulted', fault, height: nextHeight(turn), retryInMs });
}

function succeeded(turn: Turn): void {
  if (turn.host.failures > 0) turn.host = { ...turn.host, fault: null, failures: 0 };
}

function growLocal(turn: Turn, blocks: readonly Pick<SyncBlock, 'height' | 'id'>[], validator: boolean): void {
  let { minHeight, maxHeight, tipId } = turn.local;
  let added = maps.recent.empty(turn.local.recent.salt);
  for (const { height, id } of blocks) {
    if (height !== maxHeight + 1) throw new Error(`height ${height} cannot follow ${maxHeight}`);
    minHeight = minHeight === 0 ? height : minHeight;
    maxHeight = height;
    tipId = id;
    added = maps.recent.set(added, height, id);
  }
  // What is remembered has no gaps: so many of the newest heights are kept.
  const oldest = maxHeight - turn.config.recentBlocksMax + 1;
  const recent = maps.recent.dropBefore(maps.recent.append(turn.local.recent, added), oldest);
  turn.local = { minHeight, maxHeight, tipId, validator, recent };
  acquit(turn);
  dropUpTo(turn, maxHeight);
}

/** A block that was charged and is the chain's own after all: the fault was ours, and the charge is taken back (APPLY-3). */
function acquit(turn: Turn): void {
  const { trouble } = turn.window;
  if (trouble === null) return;
  const id = maps.recent.get(turn.local.recent, trouble.height);
  for (const each of trouble.unapplied) {
    if (each.id !== id) continue;
    for (const { peer, offence } of each.charged) takeBack(turn, peer, offence);
  }
}
