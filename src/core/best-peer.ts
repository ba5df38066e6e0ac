import type { Claim, PeerId } from '../protocol/block.ts';
import type { Facts, Peer, PeersFacts } from './facts.ts';
import { maps } from './facts.ts';
import { hopedForMs, mayOweMore } from './flow.ts';
import { getPeer, knownPeer, knownRequest, LAST_ID, peerIs } from './peers.ts';
import type { Turn } from './turn.ts';
import { headHeight } from './window.ts';

/** The best available peer that claims the height; one that failed it before only when there is no other. */
export function bestPeer(facts: Pick<Facts, 'peers'>, height: number, avoid: readonly PeerId[]): Peer | null {
  if (!anyClaims(facts.peers.starts, height)) return null;
  const fresh = firstAvailable(facts, height, ({ id }) => !avoid.includes(id));
  if (fresh !== null) return fresh;
  // Else whoever failed longest ago: so that they take turns, and none of them has the node to itself.
  for (const id of avoid) {
    const peer = getPeer(facts, id);
    if (peer !== undefined && mayGive(peer, height) && mayOweMore(peer)) return peer;
  }
  return null;
}

/** The best available peer that claims the height and is accepted. */
export function firstAvailable(
  facts: Pick<Facts, 'peers'>,
  height: number,
  accepts: (peer: Peer) => boolean,
): Peer | null {
  const found = maps.available.find(
    facts.peers.available,
    (reach) => holds(reach, height),
    (claim, [, , id]) => holds(claim, height) && accepts(knownPeer(facts, id)),
  );
  return found === null ? null : knownPeer(facts, found.key[2]);
}

/** How many requests under way are looked at for a peer that could be pressed. */
const PRESS_LOOK_MAX = 64;

/**
 * For the block that everything waits for, a peer that owes as much as it should already: what it owes further ahead, and
 * may never give, must not keep the head out.
 */
export function pressedPeer(turn: Turn, height: number, accepts: (peer: Peer) => boolean): Peer | null {
  if (height !== headHeight(turn)) return null;
  let best: Peer | null = null;
  let looked = 0;
  for (const { key } of maps.deadlines.entries(turn.requests.deadlines)) {
    if (++looked > PRESS_LOOK_MAX) break;
    const peer = knownPeer(turn, knownRequest(turn, key[1]).peer);
    if (!accepts(peer) || !mayGive(peer, height)) continue;
    if (peer.inFlight >= turn.config.inFlightPerPeerMax) continue;
    if (best === null || hopedForMs(peer) < hopedForMs(best)) best = peer;
  }
  return best;
}

/** Whether the peer's conduct and claim allow asking it for the height; it may still owe too many answers. */
export function mayGive(peer: Peer, height: number): boolean {
  return peerIs(peer, 'mayBeAsked') && peerIs(peer, 'claimCounts') && claims(peer, height);
}

/** Whether any of these claims holds the height: told at once, where a search by rank would look at every peer. */
export function anyClaims(starts: PeersFacts['starts'], height: number): boolean {
  return (maps.claims.upTo(starts, [height, LAST_ID])?.summary ?? -1) >= height;
}

export function claims(peer: Peer, height: number): boolean {
  return peer.claim !== null && holds(peer.claim, height);
}

function holds({ minHeight, maxHeight }: Claim, height: number): boolean {
  return minHeight <= height && height <= maxHeight;
}
