import type { PeerId } from '../protocol/block.ts';
import { askBack } from './claims.ts';
import { charge } from './conduct.ts';
import type { EffectOf } from './effects.ts';
import type { EventOf } from './events.ts';
import type { Peer, QueuedRequest } from './facts.ts';
import { maps } from './facts.ts';
import { connectedPeer, drawToken, forgetIfNothingIsKnown, getPeer, putPeer } from './peers.ts';
import type { Turn } from './turn.ts';
import { emit, inMode, takeId } from './turn.ts';

/** SERVE-2, META-3. */
export function metadataRequested(turn: Turn, event: EventOf<'metadataRequested'>): void {
  const peer = admit(turn, event.peer);
  if (peer !== null) {
    const { minHeight, maxHeight } = turn.local;
    emit(turn, { type: 'sendMetadata', peer: peer.id, minHeight, maxHeight });
  }
  askBack(turn, event.peer);
}

/**
 * SERVE-3, SERVE-4: within what is committed, and within the bounds on blocks and bytes being sent; beyond those it waits
 * in line, since silence would cost an honest server its claim.
 */
export function blocksRequested(turn: Turn, event: EventOf<'blocksRequested'>): void {
  const peer = admit(turn, event.peer);
  if (peer === null) return;
  const { requestId, from } = event;
  const { minHeight, maxHeight } = turn.local;
  if (event.to < from) return charge(turn, peer.id, 'MALFORMED_MESSAGE', `asked for ${from}..${event.to}`);
  if (from < minHeight || from > maxHeight || from < 1) {
    return emit(turn, { type: 'sendNoBlock', peer: peer.id, requestId, height: from });
  }
  const { serveRangeBlocksMax, blockBytesMax } = turn.config;
  const to = Math.min(event.to, maxHeight, from + serveRangeBlocksMax - 1);
  const request = { peer: peer.id, requestId, from, to, bytesMax: event.bytesMax ?? blockBytesMax };
  if (peer.queued === 0 && begin(turn, request)) return;
  const { serveBlocksPerPeerMax, serveQueuedMax } = turn.config;
  const full = peer.queued >= serveBlocksPerPeerMax || maps.queued.size(turn.serving.queue) >= serveQueuedMax;
  if (full) return void drop(turn, peer.id, 'OVER_LIMIT');
  turn.serving = { ...turn.serving, queue: maps.queued.set(turn.serving.queue, takeId(turn), request) };
  putPeer(turn, { ...peer, queued: peer.queued + 1 });
}

export function blocksServed(turn: Turn, event: EventOf<'blocksServed'>): void {
  const served = maps.serving.get(turn.serving.byId, event.serveId);
  if (served === undefined) return;
  turn.serving = {
    ...turn.serving,
    byId: maps.serving.delete(turn.serving.byId, event.serveId),
  };
  const peer = getPeer(turn, served);
  if (peer !== undefined) {
    const relieved = putPeer(turn, { ...peer, serving: Math.max(0, peer.serving - 1) });
    forgetIfNothingIsKnown(turn, relieved);
  }
  beginQueued(turn);
}

export function answersUnderWay(turn: Turn, id: PeerId): number {
  let answers = 0;
  for (const { value } of maps.serving.entries(turn.serving.byId)) if (value === id) answers++;
  return answers;
}

/** What a peer still waits for, when it leaves. */
export function dropQueued(turn: Turn, id: PeerId): void {
  const peer = getPeer(turn, id);
  if (peer === undefined || peer.queued === 0) return;
  for (const { key, value } of maps.queued.entries(turn.serving.queue)) {
    if (value.peer === id) unqueue(turn, key, id);
  }
}

/** How many waiting requests are looked at when there is room again; those passed over wait for their own peer's room. */
const LOOK_AHEAD_MAX = 64;

function beginQueued(turn: Turn): void {
  let looked = 0;
  for (const { key, value: request } of maps.queued.entries(turn.serving.queue)) {
    if (++looked > LOOK_AHEAD_MAX) return;
    if (!inMode(turn, 'serving')) drop(turn, request.peer, 'SERVER_DISABLED');
    else if (!begin(turn, request)) continue;
    unqueue(turn, key, request.peer);
  }
}

function unqueue(turn: Turn, key: number, id: PeerId): void {
  turn.serving = { ...turn.serving, queue: maps.queued.delete(turn.serving.queue, key) };
  const peer = getPeer(turn, id);
  if (peer !== undefined) putPeer(turn, { ...peer, queued: peer.queued - 1 });
}

/** Serves the request if there is room for one more part of an answer; `false` when there is none. */
function begin(turn: Turn, { peer: id, requestId, from, to, bytesMax }: QueuedRequest): boolean {
  const peer = connectedPeer(turn, id);
  if (peer === undefined || servingRoom(turn, peer) < 1) return false;
  const serveId = takeId(turn);
  putPeer(turn, { ...peer, serving: peer.serving + 1 });
  turn.serving = { ...turn.serving, byId: maps.serving.set(turn.serving.byId, serveId, id) };
  emit(turn, { type: 'serveBlocks', serveId, peer: id, requestId, from, to, bytesMax });
  return true;
}

/** SERVE-1: only when enabled, and no faster than the peer's rate. */
function admit(turn: Turn, id: PeerId): Peer | null {
  const peer = connectedPeer(turn, id);
  if (peer === undefined) return null;
  if (!inMode(turn, 'serving')) return drop(turn, id, 'SERVER_DISABLED');
  const { serveRequestsPerSecond, serveRequestsBurst } = turn.config;
  const [drawn, bucket] = drawToken(peer.serveBucket, turn.clock.now, serveRequestsPerSecond, serveRequestsBurst);
  const drained = putPeer(turn, { ...peer, serveBucket: bucket });
  if (drawn) return drained;
  charge(turn, id, 'REQUEST_FLOOD', 'asks more than it may');
  return drop(turn, id, 'FLOOD');
}

function drop(turn: Turn, peer: PeerId, reason: EffectOf<'requestDropped'>['reason']): null {
  emit(turn, { type: 'requestDropped', peer, reason });
  return null;
}

/** How many more answers may be on their way to this peer: of each a part is in memory, counted at a block's largest size. */
function servingRoom(turn: Turn, peer: Peer): number {
  const { blockBytesMax, serveBlocksPerPeerMax, serveBytesPerPeerMax, serveBytesMax } = turn.config;
  const ofPeer = Math.min(serveBlocksPerPeerMax, Math.floor(serveBytesPerPeerMax / blockBytesMax)) - peer.serving;
  return Math.min(ofPeer, Math.floor(serveBytesMax / blockBytesMax) - maps.serving.size(turn.serving.byId));
}
