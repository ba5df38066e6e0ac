import type { PeerId } from '../protocol/block.ts';
import type { BlockFault } from '../protocol/errors.ts';
import { offenceOf } from '../protocol/offences.ts';
import { refuteClaim } from './claims.ts';
import { charge, restPeer, takeBack } from './conduct.ts';
import type { Span } from './facts.ts';
import { noteTrouble } from './trouble.ts';
import type { Turn } from './turn.ts';
import { backoffMs, emit } from './turn.ts';
import { headHeight, release } from './window.ts';

/** A block that must not be applied: its sender is charged, and its claim of that height refuted. */
export function refuse(turn: Turn, span: Span, fault: BlockFault): void {
  const { peer } = span;
  if (peer !== null) {
    if (span.from === headHeight(turn)) noteTrouble(turn, fault.code, peer);
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
export function certifiedButWrong(
  turn: Turn,
  span: Span,
  moves: 'InvalidStateHash' | 'Mislinked',
  fault: BlockFault,
): void {
  const { peer } = span;
  const block = span.blocks[0];
  if (peer === null || block === undefined) throw new Error('blocks that were checked have a sender');
  const before = turn.window.trouble?.height === span.from ? turn.window.trouble : null;
  const failures = before?.unapplied ?? [];
  const { contentId } = block;
  const same = failures.find((each) => each.contentId === contentId) ?? { contentId, peers: [], charged: [] };
  const repeated = same.peers.includes(peer);
  const peers = repeated ? same.peers : [...same.peers, peer];
  // Only what the certificate covers speaks against us; a header field around it is the sender's own.
  const ofContent = fault.code !== 'VALIDATOR_SET_MISMATCH';
  // Other content than that which two peers sent speaks against whoever sends it, also while our state is suspect.
  const isLocal = ofContent ? peers.length >= 2 : before?.suspect != null;
  const offence = offenceOf(fault.code);
  const isCharged = !isLocal && !(ofContent && repeated);
  const charged = isCharged ? [...same.charged, { peer, offence }] : same.charged;
  const others = failures.filter((each) => each !== same);
  const unapplied = ofContent ? [...others, { contentId, peers, charged }].slice(-UNAPPLIED_MAX) : failures;
  noteTrouble(turn, fault.code, peer, { unapplied });
  if (isLocal) suspectLocalState(turn, fault, peers);
  else if (isCharged) charge(turn, peer, offence, fault.message, span.from);
  // The same again from the same peer proves nothing new.
  else restPeer(turn, peer, offence);
  release(turn, span, moves, peer);
}

function suspectLocalState(turn: Turn, fault: BlockFault, peers: readonly PeerId[]): void {
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

/**
 * A block that was charged and is the chain's own after all: the fault was ours, and the charge is taken back (APPLY-3). The
 * very block, and not one that only names the same state hash: that is how transactions are tampered with.
 */
export function acquit(turn: Turn, contentId: string): void {
  for (const each of turn.window.trouble?.unapplied ?? []) {
    if (each.contentId !== contentId) continue;
    for (const { peer, offence } of each.charged) takeBack(turn, peer, offence);
  }
}
