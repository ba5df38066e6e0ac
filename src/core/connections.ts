import type { PeerId } from '../protocol/block.ts';
import { askMetadata, refuteClaim } from './claims.ts';
import type { EventOf } from './events.ts';
import type { Peer } from './facts.ts';
import { maps } from './facts.ts';
import {
  advancePeer,
  connectedPeer,
  forgetIfNothingIsKnown,
  forgetPeer,
  getPeer,
  newPeer,
  peerIs,
  putPeer,
} from './peers.ts';
import { failRequest } from './requests.ts';
import { answersUnderWay, dropQueued } from './serve.ts';
import type { Turn } from './turn.ts';
import { emit } from './turn.ts';
import { distrust, headHeight } from './window.ts';

/** META-2: a new connection is asked for its metadata at once. What is remembered of the identity still holds. */
export function peerConnected(turn: Turn, event: EventOf<'peerConnected'>): void {
  const known = getPeer(turn, event.peer);
  if (known !== undefined && peerIs(known, 'connected')) return;
  if (known !== undefined && peerIs(known, 'banned')) {
    return refuse(turn, event.peer, 'BANNED', Math.max(0, (known.conductUntil ?? 0) - turn.clock.now));
  }
  if (known === undefined && !makeRoom(turn)) {
    return refuse(turn, event.peer, 'TABLE_FULL', turn.config.metadataPeriodMs);
  }
  // Whoever was forgotten while answers to it were under way still has them.
  const peer = known ?? {
    ...newPeer(turn, event.peer, event.rangeBlocksMax),
    serving: answersUnderWay(turn, event.peer),
  };
  const connected = { ...advancePeer(peer, 'Connected'), rangeBlocksMax: event.rangeBlocksMax };
  askMetadata(turn, { ...connected, lastSeenAt: turn.clock.now });
}

export function peerDisconnected(turn: Turn, event: EventOf<'peerDisconnected'>): void {
  noteDesertion(turn, event.peer);
  loseConnection(turn, event.peer);
}

/** PEER-2: its requests are asked of others; blocks that it already sent stay where they are. */
function loseConnection(turn: Turn, id: PeerId): void {
  const peer = connectedPeer(turn, id);
  if (peer === undefined) return;
  for (const requestId of peer.requests) {
    const request = maps.requests.get(turn.requests.byId, requestId);
    if (request !== undefined) failRequest(turn, request, 'peerLost');
  }
  dropQueued(turn, id);
  const left = getPeer(turn, id) ?? peer;
  const gone = advancePeer(advancePeer(left, 'Disconnected'), 'ClaimDropped');
  const record: Peer = {
    ...gone,
    claim: null,
    asksOpen: 0,
    heardAt: null,
    askAt: null,
    trial: null,
    requests: [],
    forgotten: 0,
    lastSeenAt: turn.clock.now,
    // A probe that was under way is still owed.
    probeAt: peerIs(gone, 'claimRefuted') ? (gone.probeAt ?? turn.clock.now) : null,
    probeDue: false,
  };
  putPeer(turn, record);
  forgetIfNothingIsKnown(turn, record);
}

/** PEER-1: who was banned is gone at once, and what it sent and nobody has checked yet goes with it. */
export function expelBanned(turn: Turn): void {
  for (let id = turn.expelled.shift(); id !== undefined; id = turn.expelled.shift()) {
    loseConnection(turn, id);
    distrust(turn, id);
  }
}

/** Everybody, when the node stops. */
export function loseAllConnections(turn: Turn): void {
  for (const { value } of maps.peers.entries(turn.peers.byId)) loseConnection(turn, value.id);
}

/**
 * META-7: leaving instead of answering costs the claim too, from the second time on. Else two peers that take turns
 * could keep the node waiting for ever, while one that had to restart is welcome back as it was.
 */
function noteDesertion(turn: Turn, id: PeerId): void {
  const peer = connectedPeer(turn, id);
  if (peer === undefined) return;
  const next = headHeight(turn);
  const owesNext = peer.requests.some((requestId) => {
    const request = maps.requests.get(turn.requests.byId, requestId);
    return request !== undefined && request.deadline !== null && request.from <= next && next <= request.to;
  });
  if (!owesNext) return;
  putPeer(turn, { ...peer, desertions: peer.desertions + 1 });
  if (peer.desertions > 0) refuteClaim(turn, peer.id, next, 'LEFT');
}

/** The table is bounded: who left longest ago is forgotten first, and nobody who is connected. */
function makeRoom(turn: Turn): boolean {
  if (maps.peers.size(turn.peers.byId) < turn.config.peersMax) return true;
  const oldest = maps.byTime.first(turn.peers.departed);
  const peer = oldest === null ? undefined : getPeer(turn, oldest.key[1]);
  if (peer === undefined) return false;
  forgetPeer(turn, peer);
  return true;
}

function refuse(turn: Turn, peer: PeerId, why: 'BANNED' | 'TABLE_FULL', refuseMs: number): void {
  emit(turn, { type: 'reportPeer', peer, report: { kind: 'refusedConnection', why } });
  emit(turn, { type: 'disconnectPeer', peer, refuseMs });
}
