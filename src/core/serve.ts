import type { PeerId } from '../protocol/block.ts';
import { askBack } from './claims.ts';
import { charge } from './conduct.ts';
import type { EffectOf } from './effects.ts';
import type { EventOf } from './events.ts';
import type { Peer } from './facts.ts';
import { maps } from './facts.ts';
import { hasHistory } from './connections.ts';
import { connectedPeer, drawToken, forgetPeer, getPeer, peerIs, putPeer } from './peers.ts';
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

/** SERVE-3, SERVE-4: within what is committed, and within the bounds on blocks and bytes being sent. */
export function blocksRequested(turn: Turn, event: EventOf<'blocksRequested'>): void {
  const peer = admit(turn, event.peer);
  if (peer === null) return;
  const { requestId, from } = event;
  const { minHeight, maxHeight } = turn.local;
  if (event.to < from) return charge(turn, peer.id, 'MALFORMED_MESSAGE', `asked for ${from}..${event.to}`);
  if (from < minHeight || from > maxHeight || from < 1) {
    return emit(turn, { type: 'sendNoBlock', peer: peer.id, requestId, height: from });
  }
  const room = servingRoom(turn, peer);
  if (room < 1) return void drop(turn, peer.id, 'OVER_LIMIT');
  const to = Math.min(event.to, maxHeight, from + room - 1);
  const blocks = to - from + 1;
  const serveId = takeId(turn);
  putPeer(turn, { ...peer, serving: peer.serving + blocks });
  turn.serving = {
    byId: maps.serving.set(turn.serving.byId, serveId, { peer: peer.id, blocks }),
    blocks: turn.serving.blocks + blocks,
  };
  emit(turn, { type: 'serveBlocks', serveId, peer: peer.id, requestId, from, to });
}

export function blocksServed(turn: Turn, event: EventOf<'blocksServed'>): void {
  const served = maps.serving.get(turn.serving.byId, event.serveId);
  if (served === undefined) return;
  turn.serving = {
    byId: maps.serving.delete(turn.serving.byId, event.serveId),
    blocks: turn.serving.blocks - served.blocks,
  };
  const peer = getPeer(turn, served.peer);
  if (peer === undefined) return;
  const relieved = putPeer(turn, { ...peer, serving: Math.max(0, peer.serving - served.blocks) });
  if (!peerIs(relieved, 'connected') && !hasHistory(relieved)) forgetPeer(turn, relieved);
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

/** How many more blocks may be on their way to this peer, each counted at its largest. */
function servingRoom(turn: Turn, peer: Peer): number {
  const { blockBytesMax, serveBlocksPerPeerMax, serveBytesPerPeerMax, serveBytesMax } = turn.config;
  const ofPeer = Math.min(serveBlocksPerPeerMax, Math.floor(serveBytesPerPeerMax / blockBytesMax)) - peer.serving;
  return Math.min(ofPeer, Math.floor(serveBytesMax / blockBytesMax) - turn.serving.blocks);
}
