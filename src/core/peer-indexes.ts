import type { Claim, PeerId } from '../protocol/block.ts';
import { peerChart } from './advance.ts';
import type { Peer, PeersFacts } from './facts.ts';
import { maps } from './facts.ts';
import { hopedForMs, mayOweMore } from './flow.ts';
import { hashKey } from './ordered-map.ts';

/** Where a peer stands in each index; null where it is not in it. */
interface Places {
  /** Its rank, best first. */
  readonly available: number | null;
  readonly starts: Claim | null;
  readonly untested: Claim | null;
  readonly tested: Claim | null;
  readonly asks: number | null;
  readonly conductEnds: number | null;
  readonly probes: number | null;
  readonly probesDue: number | null;
  readonly departed: number | null;
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

/** The table of peers with `after` in the place of `before`: its record, and every index over the records. */
export function reindex(peers: PeersFacts, before: Peer | undefined, after: Peer): PeersFacts {
  const { id } = after;
  const was = before === undefined ? NOWHERE : placesOf(before);
  const is = placesOf(after);
  return {
    byId: maps.peers.set(peers.byId, id, after),
    available: moveRank(peers.available, was.available, is.available, before, after),
    starts: moveClaim(peers.starts, was.starts, is.starts, id),
    untested: moveClaim(peers.untested, was.untested, is.untested, id),
    tested: moveClaim(peers.tested, was.tested, is.tested, id),
    asks: moveTime(peers.asks, was.asks, is.asks, id),
    conductEnds: moveTime(peers.conductEnds, was.conductEnds, is.conductEnds, id),
    probes: moveTime(peers.probes, was.probes, is.probes, id),
    probesDue: moveProbeDue(peers.probesDue, before, was.probesDue, is.probesDue, after),
    departed: moveTime(peers.departed, was.departed, is.departed, id),
  };
}

/** The table without a peer that is disconnected and has no request left. */
export function unindex(peers: PeersFacts, peer: Peer): PeersFacts {
  const { conductEnds, departed } = placesOf(peer);
  return {
    ...peers,
    byId: maps.peers.delete(peers.byId, peer.id),
    conductEnds: moveTime(peers.conductEnds, conductEnds, null, peer.id),
    departed: moveTime(peers.departed, departed, null, peer.id),
  };
}

function placesOf(peer: Peer): Places {
  const { claim, life } = peer;
  const connected = peerChart.hasTag(life, 'connected');
  const counts = connected && claim !== null && peerChart.hasTag(life, 'claimCounts') ? claim : null;
  const mayServe = counts !== null && peerChart.hasTag(life, 'mayBeAsked') && mayOweMore(peer);
  const tested = peerChart.hasTag(life, 'claimTested');
  const probeAt = connected && claim !== null && peerChart.hasTag(life, 'claimRefuted') ? peer.probeAt : null;
  return {
    available: mayServe ? rankOf(peer) : null,
    starts: mayServe ? counts : null,
    untested: tested ? null : counts,
    tested: tested ? counts : null,
    asks: connected ? peer.askAt : null,
    conductEnds: peer.conductUntil,
    probes: peer.probeDue ? null : probeAt,
    probesDue: peer.probeDue ? probeAt : null,
    departed: connected ? null : peer.lastSeenAt,
  };
}

/**
 * Rank by what the peer has shown, never by what it claims (A40): the time an answer of it may be expected to take,
 * after what it already owes, longer for one that has misbehaved.
 */
function rankOf(peer: Peer): number {
  return Math.round((hopedForMs(peer) + 1) * (1 + Math.max(0, -peer.score) / 10));
}

type Index<Name extends keyof PeersFacts> = PeersFacts[Name];

function moveRank(
  index: Index<'available'>,
  was: number | null,
  is: number | null,
  before: Peer | undefined,
  { id, claim }: Peer,
): Index<'available'> {
  if (was === is && (is === null || before?.claim === claim)) return index;
  const tieBreak = hashKey(index.salt, id);
  const without = was === null || was === is ? index : maps.available.delete(index, [was, tieBreak, id]);
  return is === null || claim === null ? without : maps.available.set(without, [is, tieBreak, id], claim);
}

function moveClaim(index: Index<'starts'>, was: Claim | null, is: Claim | null, id: PeerId): Index<'starts'> {
  if (was === is) return index;
  const stays = was !== null && was.minHeight === is?.minHeight;
  const without = was === null || stays ? index : maps.claims.delete(index, [was.minHeight, id]);
  return is === null ? without : maps.claims.set(without, [is.minHeight, id], is.maxHeight);
}

function moveTime(index: Index<'asks'>, was: number | null, is: number | null, id: PeerId): Index<'asks'> {
  if (was === is) return index;
  const without = was === null ? index : maps.byTime.delete(index, [was, id]);
  return is === null ? without : maps.byTime.set(without, [is, id], null);
}

function moveProbeDue(
  index: Index<'probesDue'>,
  before: Peer | undefined,
  was: number | null,
  is: number | null,
  after: Peer,
): Index<'probesDue'> {
  if (was === null && is === null) return index;
  const without =
    was === null || before === undefined ? index : maps.probesDue.delete(index, [unproven(before), was, before.id]);
  return is === null ? without : maps.probesDue.set(without, [unproven(after), is, after.id], null);
}

/** Who has served before comes first. */
function unproven(peer: Peer): 0 | 1 {
  return peer.served > 0 ? 0 : 1;
}
