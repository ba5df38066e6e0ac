import type { PeerLifeEvent } from '../../machines/peer.ts';
import type { PeerId } from '../protocol/block.ts';
import type { Bucket, Peer, Request } from './facts.ts';
import { maps } from './facts.ts';
import { peerChart } from './advance.ts';
import { newFlow } from './flow.ts';
import { reindex, unindex } from './peer-indexes.ts';
import type { Turn } from './turn.ts';

/** Sorts after every peer id. */
export const LAST_ID = '\uffff';

export type PeerTag = 'connected' | 'claimCounts' | 'claimTested' | 'claimRefuted' | 'mayBeAsked' | 'banned';

export function peerIs(peer: Peer, tag: PeerTag): boolean {
  return peerChart.hasTag(peer.life, tag);
}

export function getPeer(turn: Pick<Turn, 'peers'>, id: PeerId): Peer | undefined {
  return maps.peers.get(turn.peers.byId, id);
}

/** A peer that another part of the facts names. */
export function knownPeer(turn: Pick<Turn, 'peers'>, id: PeerId): Peer {
  const peer = getPeer(turn, id);
  if (peer === undefined) throw new Error(`peer ${id} is not known`);
  return peer;
}

/** A request that another part of the facts names. */
export function knownRequest(turn: Pick<Turn, 'requests'>, id: number): Request {
  const request = maps.requests.get(turn.requests.byId, id);
  if (request === undefined) throw new Error(`request ${id} is not known`);
  return request;
}

/** The peer, if there is a connection to it. */
export function connectedPeer(turn: Pick<Turn, 'peers'>, id: PeerId): Peer | undefined {
  const peer = getPeer(turn, id);
  return peer !== undefined && peerIs(peer, 'connected') ? peer : undefined;
}

export function newPeer(turn: Turn, id: PeerId, rangeBlocksMax: number): Peer {
  const { config, clock } = turn;
  return {
    id,
    life: peerChart.initial,
    rangeBlocksMax,
    claim: null,
    latencyMs: null,
    deviationMs: 0,
    flow: newFlow(config),
    served: 0,
    inFlight: 0,
    requests: [],
    forgotten: 0,
    trial: null,
    score: 0,
    absences: 0,
    refutations: 0,
    sendFailures: 0,
    desertions: 0,
    disputedFrom: null,
    probeAt: null,
    probeDue: false,
    aheadInVain: false,
    coolDowns: 0,
    bans: 0,
    conductUntil: null,
    asksOpen: 0,
    heardAt: null,
    askAt: null,
    lastSeenAt: clock.now,
    metadataBucket: { tokens: config.metadataUnaskedBurst, at: clock.now },
    unsolicitedBucket: { tokens: config.unsolicitedBurst, at: clock.now },
    serveBucket: { tokens: config.serveRequestsBurst, at: clock.now },
    serving: 0,
    queued: 0,
  };
}

/** The peer with its life moved on, or unchanged where the chart has no such edge. */
export function advancePeer(peer: Peer, event: PeerLifeEvent): Peer {
  const { accepted, value } = peerChart.advance(peer.life, event);
  return accepted ? { ...peer, life: value } : peer;
}

export function canAdvance(peer: Peer, event: PeerLifeEvent): boolean {
  return peerChart.accepts(peer.life, event);
}

/** The one way a peer's record changes: the record and every index over it, in step. */
export function putPeer(turn: Turn, after: Peer): Peer {
  const before = getPeer(turn, after.id);
  if (before !== after) turn.peers = reindex(turn.peers, before, after);
  return after;
}

/** Whether there is anything about a peer that is worth remembering when it is gone. */
export function hasHistory(peer: Peer): boolean {
  if (peerIs(peer, 'claimRefuted')) return true;
  const { score, absences, refutations, desertions, coolDowns, bans, serving } = peer;
  return score < 0 || absences + refutations + desertions + coolDowns + bans + serving > 0;
}

/** Whoever left and has no history is not remembered. */
export function forgetIfNothingIsKnown(turn: Turn, peer: Peer): void {
  if (!peerIs(peer, 'connected') && !hasHistory(peer)) forgetPeer(turn, peer);
}

/** Forgets a peer altogether; only for one that is disconnected and has no request left. */
export function forgetPeer(turn: Turn, peer: Peer): void {
  turn.peers = unindex(turn.peers, peer);
}

/** Takes one token if there is one, after adding what has accrued since. */
export function drawToken(bucket: Bucket, now: number, perSecond: number, burst: number): [drawn: boolean, Bucket] {
  const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond);
  return tokens >= 1 ? [true, { tokens: tokens - 1, at: now }] : [false, { tokens, at: now }];
}

/**
 * How long an answer of this peer may take (LIMIT): its latency, or what this one is expected to take, with ample room,
 * between the two bounds.
 */
export function requestTimeoutMs(turn: Pick<Turn, 'config'>, peer: Peer, expectedMs: number): number {
  const { requestTimeoutMsMin, requestTimeoutMsMax } = turn.config;
  if (peer.latencyMs === null) return requestTimeoutMsMax;
  const ampleMs = Math.round(2 * Math.max(peer.latencyMs, expectedMs) + 4 * peer.deviationMs);
  return Math.min(requestTimeoutMsMax, Math.max(requestTimeoutMsMin, ampleMs));
}

/** Folds one answer time into the smoothed ones (RFC 6298's weights). */
export function withLatency(peer: Peer, sampleMs: number): Peer {
  if (peer.latencyMs === null) return { ...peer, latencyMs: sampleMs, deviationMs: sampleMs / 2 };
  const error = sampleMs - peer.latencyMs;
  return {
    ...peer,
    latencyMs: peer.latencyMs + error / 8,
    deviationMs: peer.deviationMs + (Math.abs(error) - peer.deviationMs) / 4,
  };
}
