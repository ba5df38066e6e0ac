import type { WireProtocol } from '../node/ports.ts';
import type { PeerId } from '../protocol/block.ts';
import { StateSyncError } from '../protocol/errors.ts';
import type { PeerMessage } from '../protocol/messages.ts';

export interface Waiting {
  readonly message: PeerMessage;
  readonly resolve: () => void;
  readonly reject: (error: StateSyncError) => void;
}

/** One node's side of a connection. */
export interface Side<Owner> {
  readonly owner: Owner;
  readonly wire: WireProtocol;
  /** The other node's side. */
  far: Side<Owner> | null;
  /** Whether its owner was told that the peer is connected. */
  told: boolean;
  underWay: number;
  /** Messages that wait for one of those under way to arrive. */
  readonly waiting: Waiting[];
  /** What was sent from here and is delayed, in order, and when the last of it arrives. */
  readonly delayed: (() => void)[];
  arrivesAtMs: number;
}

export function newSide<Owner>(owner: Owner, wire: WireProtocol): Side<Owner> {
  return { owner, wire, far: null, told: false, underWay: 0, waiting: [], delayed: [], arrivesAtMs: 0 };
}

/** The connection is gone: what waited to be sent over it fails. */
export function abandon(side: Side<unknown>, peer: PeerId): void {
  for (const { reject } of side.waiting.splice(0)) reject(unreachable(peer, 'its connection closed'));
}

export function unreachable(peer: PeerId, reason: string): StateSyncError {
  return new StateSyncError('PEER_UNREACHABLE', `sending to ${peer} failed: ${reason}`, { peer });
}
