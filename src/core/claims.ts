import { anyClaims } from './best-peer.ts';
import { charge } from './conduct.ts';
import type { RefutationCause } from './effects.ts';
import type { EventOf } from './events.ts';
import type { Peer } from './facts.ts';
import { maps } from './facts.ts';
import { advancePeer, connectedPeer, drawToken, knownPeer, peerIs, putPeer } from './peers.ts';
import type { PeerId } from '../protocol/block.ts';
import type { Turn } from './turn.ts';
import { backoffMs, emit, inMode, random } from './turn.ts';

/** A peer that stalled may answer everything it was asked at once; this much of it counts as asked for. */
const ASKS_OPEN_MAX = 1_024;

/** Asks one peer now, and again after a jittered period (META-2). */
export function askMetadata(turn: Turn, peer: Peer): void {
  const { metadataPeriodMs, metadataJitterRatio } = turn.config;
  const periodMs = metadataPeriodMs * (1 + metadataJitterRatio * (2 * random(turn) - 1));
  const asksOpen = Math.min(ASKS_OPEN_MAX, peer.asksOpen + 1);
  putPeer(turn, { ...peer, asksOpen, askAt: turn.clock.now + Math.max(1, Math.round(periodMs)) });
  emit(turn, { type: 'sendMetadataRequest', peer: peer.id });
}

export function askMetadataDue(turn: Turn): void {
  for (;;) {
    const first = maps.byTime.first(turn.peers.asks);
    if (first === null || first.key[0] > turn.clock.now) return;
    askMetadata(turn, knownPeer(turn, first.key[1]));
  }
}

/** META-3: who asks is asked back when what is known of it is older than a period. */
export function askBack(turn: Turn, id: PeerId): void {
  askIfOlderThan(turn, id, turn.config.metadataPeriodMs);
}

export function askIfOlderThan(turn: Turn, id: PeerId, ageMs: number): void {
  const peer = connectedPeer(turn, id);
  if (peer === undefined || peer.asksOpen > 0) return;
  if (peer.heardAt === null || turn.clock.now - peer.heardAt > ageMs) askMetadata(turn, peer);
}

/** META-4, META-5. */
export function metadataReceived(turn: Turn, event: EventOf<'metadataReceived'>): void {
  const known = connectedPeer(turn, event.peer);
  if (known === undefined) return;
  const { metadataUnaskedPerSecond, metadataUnaskedBurst } = turn.config;
  const asked = known.asksOpen > 0;
  const [drawn, metadataBucket] = asked
    ? [true, known.metadataBucket]
    : drawToken(known.metadataBucket, turn.clock.now, metadataUnaskedPerSecond, metadataUnaskedBurst);
  const peer = { ...known, metadataBucket, asksOpen: asked ? known.asksOpen - 1 : 0 };
  const { minHeight, maxHeight } = event;
  const offence = drawn ? misclaim(minHeight, maxHeight) : 'METADATA_FLOOD';
  if (offence !== null) {
    putPeer(turn, peer);
    const what = drawn ? `claims ${minHeight}..${maxHeight}` : 'more metadata than was asked for';
    return charge(turn, peer.id, offence, what);
  }
  if (peer.claim !== null && maxHeight < peer.claim.maxHeight) return claimShrank(turn, peer, minHeight, maxHeight);

  const raised = peer.claim !== null && maxHeight > peer.claim.maxHeight;
  const moved = advancePeer(raised ? advancePeer(peer, 'ClaimRaised') : peer, 'ClaimMade');
  putPeer(turn, { ...moved, claim: { minHeight, maxHeight }, heardAt: turn.clock.now });
}

function misclaim(minHeight: number, maxHeight: number): 'MALFORMED_MESSAGE' | 'INVERTED_CLAIM' | null {
  if (!isHeight(minHeight) || !isHeight(maxHeight)) return 'MALFORMED_MESSAGE';
  return minHeight > maxHeight ? 'INVERTED_CLAIM' : null;
}

function isHeight(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** A claim that counts is dropped; a refuted one stays refuted, so that shrinking is no way out of it. */
function claimShrank(turn: Turn, peer: Peer, minHeight: number, maxHeight: number): void {
  const was = peer.claim?.maxHeight ?? 0;
  const refuted = peerIs(peer, 'claimRefuted');
  const claim = refuted ? { minHeight, maxHeight } : null;
  putPeer(turn, { ...advancePeer(peer, 'ClaimDropped'), claim, heardAt: turn.clock.now });
  const why = `claimed up to ${was}, now up to ${maxHeight}`;
  if (!refuted) emit(turn, { type: 'reportPeer', peer: peer.id, report: { kind: 'claimDropped', why } });
  charge(turn, peer.id, 'SHRUNKEN_CLAIM', why);
}

/**
 * META-7: asked for a height that it claims, the peer did not give it. To be told so costs an answer, to wait in vain a
 * timeout, and a bad block its verification: who tells is probed much sooner, and that is counted apart. So is, however it
 * failed, whoever is the last to ask: everybody would only wait for it.
 */
export function refuteClaim(turn: Turn, id: PeerId, height: number, why: RefutationCause, byTrial = false): void {
  const peer = connectedPeer(turn, id);
  if (peer === undefined || peer.claim === null) return;
  if (peerIs(peer, 'claimRefuted') && !byTrial) return;
  const refuted = putPeer(turn, { ...advancePeer(peer, 'ClaimFailed'), probeDue: false, aheadInVain: false });
  const { absentBackoffMsMin, refutedBackoffMsMin, refutedBackoffMsMax } = turn.config;
  const { absences, refutations } = peer;
  const isAbsent = why === 'NOT_AVAILABLE';
  const firstMs = isAbsent || isLastToAsk(turn, height) ? absentBackoffMsMin : refutedBackoffMsMin;
  const probeInMs = backoffMs(firstMs, refutedBackoffMsMax, isAbsent ? absences : refutations);
  putPeer(turn, {
    ...refuted,
    // No further than the back-off grows.
    absences: absences + (isAbsent && probeInMs < refutedBackoffMsMax ? 1 : 0),
    refutations: refutations + (isAbsent ? 0 : 1),
    disputedFrom: Math.min(height, peer.disputedFrom ?? height),
    // A trial that is under way decides by itself.
    probeAt: peer.trial === null ? turn.clock.now + probeInMs : null,
  });
  emit(turn, { type: 'reportPeer', peer: id, report: { kind: 'claimRefuted', height, why, probeInMs } });
}

/** Whether blocks are being asked for, and no claim that counts holds this one. */
function isLastToAsk(turn: Turn, height: number): boolean {
  const { untested, tested } = turn.peers;
  return inMode(turn, 'asksForBlocks') && !anyClaims(untested, height) && !anyClaims(tested, height);
}

const UNDISPUTED = { disputedFrom: null, probeAt: null, probeDue: false, aheadInVain: false } as const;

/** META-7, META-10: the peer served a valid block of what it claims. */
export function proveClaim(turn: Turn, id: PeerId, height: number): void {
  const peer = connectedPeer(turn, id);
  // Back from being away it may not have claimed anything yet: then there is nothing that this could prove.
  if (peer === undefined || peer.claim === null || peerIs(peer, 'claimTested')) return;
  const refuted = peerIs(peer, 'claimRefuted');
  if (refuted && height < (peer.disputedFrom ?? 0)) return;
  const proven = advancePeer(peer, 'ClaimProven');
  if (proven === peer) return;
  putPeer(turn, { ...proven, ...UNDISPUTED });
  emit(turn, { type: 'reportPeer', peer: id, report: { kind: 'claimProven', height } });
}

/**
 * The peer served a block that is committed here already. That is no evidence of anything above the local height
 * (META-10); of a refuted claim it settles what was disputed, and leaves the rest untested (META-7).
 */
export function confirmClaim(turn: Turn, id: PeerId, height: number): void {
  const peer = connectedPeer(turn, id);
  if (peer === undefined || peer.claim === null) return;
  if (peer.claim.maxHeight <= turn.local.maxHeight) proveClaim(turn, id, height);
  else if (peerIs(peer, 'claimRefuted') && height >= (peer.disputedFrom ?? 0)) endDispute(turn, peer);
}

/**
 * A block of what was disputed is here and certified, as far as can be told ahead of its turn: the claim is untested
 * again.
 */
export function settleDispute(turn: Turn, id: PeerId, height: number): void {
  const peer = connectedPeer(turn, id);
  // Back from being away it may not have claimed anything yet.
  if (peer === undefined || peer.claim === null || peer.disputedFrom === null || !peerIs(peer, 'claimRefuted')) return;
  if (height >= peer.disputedFrom) endDispute(turn, peer);
}

function endDispute(turn: Turn, peer: Peer): void {
  emit(turn, { type: 'reportPeer', peer: peer.id, report: { kind: 'disputeSettled' } });
  putPeer(turn, { ...advancePeer(peer, 'DisputeSettled'), ...UNDISPUTED });
}

/**
 * A probe that decided nothing, or cannot be sent now: tried again soon, less so the more often the claim was refuted. Not
 * before the host tries again: till then nothing is decided.
 */
export function probeLater(turn: Turn, peer: Peer, at?: number): void {
  const { absentBackoffMsMin, refutedBackoffMsMin } = turn.config;
  const soonest =
    at ?? turn.clock.now + backoffMs(absentBackoffMsMin, refutedBackoffMsMin, peer.absences + peer.refutations);
  putPeer(turn, { ...peer, probeAt: Math.max(soonest, turn.host.retryAt ?? soonest), probeDue: false });
}

/** Refuted claims whose back-off is over: probed as soon as a slot is free, or moot. */
export function probesComeDue(turn: Turn): void {
  for (;;) {
    const first = maps.byTime.first(turn.peers.probes);
    if (first === null || first.key[0] > turn.clock.now) return;
    const peer = knownPeer(turn, first.key[1]);
    if ((peer.claim?.maxHeight ?? 0) < (peer.disputedFrom ?? 0)) {
      endDispute(turn, peer);
    } else if (!peerIs(peer, 'mayBeAsked')) {
      probeLater(turn, peer, peer.conductUntil ?? undefined);
    } else {
      putPeer(turn, { ...peer, probeDue: true });
    }
  }
}
