import type { PeerLifeEvent } from '../../machines/peer.ts';
import type { PeerId } from '../protocol/block.ts';
import type { Bucket, Peer, PeersFacts } from './facts.ts';
import { maps } from './facts.ts';
import { peerChart } from './advance.ts';
import { hashKey } from './ordered-map.ts';
import type { Turn } from './turn.ts';

/** What a peer without a record of service is expected to take for an answer. */
const EXPECTED_MS_UNKNOWN = 500;

/** Sorts after every peer id. */
export const LAST_ID = '\uffff';

export type PeerTag = 'connected' | 'claimCounts' | 'claimTested' | 'claimRefuted' | 'mayBeAsked' | 'banned';

export function peerIs(peer: Peer, tag: PeerTag): boolean {
  return peerChart.hasTag(peer.life, tag);
}

export function getPeer(turn: Pick<Turn, 'peers'>, id: PeerId): Peer | undefined {
  return maps.peers.get(turn.peers.byId, id);
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
    served: 0,
    inFlight: 0,
    requests: [],
    forgotten: 0,
    trial: null,
    score: 0,
    refutations: 0,
    desertions: 0,
    disputedFrom: null,
    probeAt: null,
    probeDue: false,
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
  const { config, peers } = turn;
  const before = getPeer(turn, after.id);
  if (before === after) return after;
  const salt = peers.byId.salt;
  const was = before === undefined ? NOWHERE : placesOf(before, config.inFlightPerPeerMax, salt);
  const is = placesOf(after, config.inFlightPerPeerMax, salt);
  turn.peers = {
    byId: maps.peers.set(peers.byId, after.id, after),
    available: move(maps.available, peers.available, was.available, is.available, after),
    starts: move(maps.claims, peers.starts, was.starts, is.starts, after.claim?.maxHeight ?? 0),
    untested: move(maps.claims, peers.untested, was.untested, is.untested, after.claim?.maxHeight ?? 0),
    tested: move(maps.claims, peers.tested, was.tested, is.tested, after.claim?.maxHeight ?? 0),
    asks: move(maps.byTime, peers.asks, was.asks, is.asks, null),
    conductEnds: move(maps.byTime, peers.conductEnds, was.conductEnds, is.conductEnds, null),
    probes: move(maps.byTime, peers.probes, was.probes, is.probes, null),
    probesDue: move(maps.probesDue, peers.probesDue, was.probesDue, is.probesDue, null),
    departed: move(maps.byTime, peers.departed, was.departed, is.departed, null),
  };
  return after;
}

/** Whether there is anything about a peer that is worth remembering when it is gone. */
export function hasHistory(peer: Peer): boolean {
  if (peerIs(peer, 'claimRefuted')) return true;
  return peer.score < 0 || peer.refutations + peer.desertions + peer.coolDowns + peer.bans + peer.serving > 0;
}

/** Forgets a peer altogether; only for one that is disconnected and has no request left. */
export function forgetPeer(turn: Turn, peer: Peer): void {
  const { config, peers } = turn;
  const was = placesOf(peer, config.inFlightPerPeerMax, peers.byId.salt);
  turn.peers = {
    ...peers,
    byId: maps.peers.delete(peers.byId, peer.id),
    conductEnds: was.conductEnds === null ? peers.conductEnds : maps.byTime.delete(peers.conductEnds, was.conductEnds),
    departed: was.departed === null ? peers.departed : maps.byTime.delete(peers.departed, was.departed),
  };
}

/** Takes one token if there is one, after adding what has accrued since. */
export function drawToken(bucket: Bucket, now: number, perSecond: number, burst: number): [drawn: boolean, Bucket] {
  const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond);
  return tokens >= 1 ? [true, { tokens: tokens - 1, at: now }] : [false, { tokens, at: now }];
}

/** How long an answer of this peer may take (LIMIT): its latency with ample room, between the two bounds. */
export function requestTimeoutMs(turn: Pick<Turn, 'config'>, peer: Peer): number {
  const { requestTimeoutMsMin, requestTimeoutMsMax } = turn.config;
  if (peer.latencyMs === null) return requestTimeoutMsMax;
  const ampleMs = Math.round(2 * peer.latencyMs + 4 * peer.deviationMs);
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

/** Where a peer stands in each index; null where it is not in it. */
interface Places {
  readonly available: readonly [number, number, PeerId] | null;
  readonly starts: readonly [number, PeerId] | null;
  readonly untested: readonly [number, PeerId] | null;
  readonly tested: readonly [number, PeerId] | null;
  readonly asks: readonly [number, PeerId] | null;
  readonly conductEnds: readonly [number, PeerId] | null;
  readonly probes: readonly [number, PeerId] | null;
  readonly probesDue: readonly [number, number, PeerId] | null;
  readonly departed: readonly [number, PeerId] | null;
}

const NOWHERE: Places = {
  available: null,
  starts: null,
  untested: null,
  tested: null,
  asks: null,
  conductEnds: null,
  probes: null,
  probesDue: null,
  departed: null,
};

function placesOf(peer: Peer, inFlightMax: number, salt: number): Places {
  const { id, claim } = peer;
  const connected = peerIs(peer, 'connected');
  const counts = connected && claim !== null && peerIs(peer, 'claimCounts');
  const mayServe = counts && peerIs(peer, 'mayBeAsked') && peer.inFlight < inFlightMax;
  const tested = peerIs(peer, 'claimTested');
  const probeAt = connected && claim !== null && peerIs(peer, 'claimRefuted') ? peer.probeAt : null;
  return {
    available: mayServe ? [expectedMs(peer), hashKey(salt, id), id] : null,
    starts: mayServe ? [claim.minHeight, id] : null,
    untested: counts && !tested ? [claim.minHeight, id] : null,
    tested: counts && tested ? [claim.minHeight, id] : null,
    asks: connected && peer.askAt !== null ? [peer.askAt, id] : null,
    conductEnds: peer.conductUntil === null ? null : [peer.conductUntil, id],
    probes: probeAt !== null && !peer.probeDue ? [probeAt, id] : null,
    probesDue: probeAt !== null && peer.probeDue ? [peer.served > 0 ? 0 : 1, probeAt, id] : null,
    departed: connected ? null : [peer.lastSeenAt, id],
  };
}

/**
 * Rank by what the peer has shown, never by what it claims (A40): the time an answer of it may be expected to take,
 * after what it already owes, longer for one that has misbehaved.
 */
function expectedMs(peer: Peer): number {
  const perAnswer = peer.latencyMs === null ? EXPECTED_MS_UNKNOWN : peer.latencyMs + peer.deviationMs;
  return Math.round((peer.inFlight + 1) * (perAnswer + 1) * (1 + Math.max(0, -peer.score) / 10));
}

type Indexed<Name extends keyof PeersFacts> = PeersFacts[Name];

function move<K extends readonly (number | string)[], V, M extends Indexed<keyof PeersFacts>>(
  kind: { set(map: M, key: K, value: V): M; delete(map: M, key: K): M },
  map: M,
  was: K | null,
  is: K | null,
  value: V,
): M {
  const stays = was !== null && is !== null && sameKey(was, is);
  const without = was === null || stays ? map : kind.delete(map, was);
  return is === null ? without : kind.set(without, is, value);
}

function sameKey(a: readonly (number | string)[], b: readonly (number | string)[]): boolean {
  return a.every((part, i) => part === b[i]);
}
