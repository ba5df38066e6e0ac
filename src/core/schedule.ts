import type { PeerId } from '../protocol/block.ts';
import { blockRequestChart } from './advance.ts';
import { probeLater } from './claims.ts';
import type { Facts, Peer, PeersFacts } from './facts.ts';
import { maps } from './facts.ts';
import { getPeer, LAST_ID, peerIs } from './peers.ts';
import { sendRequest } from './requests.ts';
import type { Turn } from './turn.ts';
import { inMode, nextHeight } from './turn.ts';
import { blocksOfRoom, spanHolding, wantedFrom, windowBounds } from './window.ts';

/** While blocks are being asked for, at most this share of the slots goes to probing refuted claims. */
const PROBE_SHARE = 1 / 8;
/** How many peers are asked for the same next block at a time, to test what they claim. */
const TESTS_MAX = 4;
/** How many gaps in what peers claim are jumped over in one event. */
const JUMPS_MAX = 8;

/** Sends every request that can be sent now. Called after each event: nothing polls, nothing is left waiting. */
export function schedule(turn: Turn): void {
  if (!inMode(turn, 'takesBlocks')) return;
  probeRefuted(turn);
  if (inMode(turn, 'asksForBlocks')) fillWindow(turn);
  if (inMode(turn, 'settled') && !turn.config.trustClaims) testClaims(turn);
}

/** SYNC-1, SYNC-2: the lowest missing heights, each of the best peer that claims it. */
function fillWindow(turn: Turn): void {
  // With the next height pruned everywhere, what is above it would only fill the buffer (SYNC-8).
  if (turn.aggregate?.pruned === true) return;
  const { inFlight } = windowBounds(turn);
  let from = firstWanted(turn);
  let jumps = 0;
  while (turn.requests.inFlightSync < inFlight && turn.requests.inFlight < turn.config.inFlightMax) {
    const run = wantedFrom(turn, from);
    if (run === null) return;
    const room = run.from === nextHeight(turn) ? Math.max(1, blocksOfRoom(turn)) : blocksOfRoom(turn);
    if (room < 1) return;
    const peer = bestPeer(turn, run.from, spanHolding(turn, run.from)?.avoid ?? []);
    if (peer === null) {
      const start = maps.claims.atOrAfter(turn.peers.starts, [run.from + 1, ''])?.key[0];
      if (start === undefined || ++jumps > JUMPS_MAX) return;
      from = start;
      continue;
    }
    const blocksMax = Math.min(turn.config.requestBlocksMax, peer.rangeBlocksMax, room);
    const to = Math.min(run.to, run.from + blocksMax - 1, peer.claim?.maxHeight ?? run.from);
    sendRequest(turn, peer, run.from, to, 'sync');
    from = to + 1;
  }
}

/** The next height, unless it is being waited with because the fault seems to be local (APPLY-3). */
function firstWanted(turn: Turn): number {
  const next = nextHeight(turn);
  return turn.window.trouble?.suspect?.retryAt == null ? next : next + 1;
}

/** The best available peer that claims the height; one that failed it before only when there is no other. */
export function bestPeer(facts: Pick<Facts, 'peers'>, height: number, avoid: readonly PeerId[]): Peer | null {
  if (!anyClaims(facts.peers.starts, height)) return null;
  const find = (accepts: (peer: Peer) => boolean) =>
    maps.available.find(
      facts.peers.available,
      (spread) => spread.minOfMin <= height && height <= spread.maxOfMax,
      (peer) => claims(peer, height) && accepts(peer),
    )?.value ?? null;
  return find((peer) => !avoid.includes(peer.id)) ?? (avoid.length === 0 ? null : find(() => true));
}

/** Whether the peer's conduct and claim allow asking it for the height; it may still owe too many answers. */
export function mayGive(peer: Peer, height: number): boolean {
  return peerIs(peer, 'mayBeAsked') && peerIs(peer, 'claimCounts') && claims(peer, height);
}

/** Whether any of these claims holds the height: told at once, where a search by rank would look at every peer. */
function anyClaims(starts: PeersFacts['starts'], height: number): boolean {
  return (maps.claims.upTo(starts, [height, LAST_ID])?.summary ?? -1) >= height;
}

function claims(peer: Peer, height: number): boolean {
  return peer.claim !== null && peer.claim.minHeight <= height && height <= peer.claim.maxHeight;
}

/** META-10: who claims more than a synced node has is asked for the next block before the claim counts. */
function testClaims(turn: Turn): void {
  const next = nextHeight(turn);
  const held = spanHolding(turn, next);
  if (held !== undefined && blockRequestChart.hasTag(held.stage, 'held')) return;
  if (turn.window.trouble?.suspect?.retryAt != null) return;
  if (!anyClaims(turn.peers.untested, next) || !anyClaims(turn.peers.starts, next)) return;
  const testsMax = Math.min(TESTS_MAX, windowBounds(turn).inFlight);
  const { inFlightMax } = turn.config;
  const testing = () => turn.requests.inFlight - turn.requests.inFlightSync;
  while (testing() < testsMax && turn.requests.inFlight < inFlightMax) {
    const peer = maps.available.find(
      turn.peers.available,
      (spread) => spread.minOfMin <= next && next <= spread.maxOfMax,
      (each) => claims(each, next) && !peerIs(each, 'claimTested') && each.trial === null,
    )?.value;
    if (peer === undefined) return;
    sendRequest(turn, peer, next, next, 'test');
  }
}

/** META-7: refuted claims whose time has come, those first whose owners have served before. */
function probeRefuted(turn: Turn): void {
  let probing = turn.requests.inFlight - turn.requests.inFlightSync;
  const { inFlightMax } = turn.config;
  const probesMax = turn.requests.inFlightSync > 0 ? Math.max(1, Math.floor(inFlightMax * PROBE_SHARE)) : inFlightMax;
  while (probing < probesMax && turn.requests.inFlight < inFlightMax) {
    const due = maps.probesDue.first(turn.peers.probesDue);
    if (due === null) return;
    const peer = getPeer(turn, due.key[2]);
    if (peer === undefined) throw new Error(`probesDue names ${due.key[2]}, which is not known`);
    const height = probeHeight(turn, peer);
    if (height === null || peer.inFlight >= turn.config.inFlightPerPeerMax) {
      probeLater(turn, peer);
      continue;
    }
    sendRequest(turn, peer, height, height, 'probe');
    probing++;
  }
}

/** A height of the disputed range whose block can be judged: the next one, or one that is committed here. */
function probeHeight(turn: Turn, peer: Peer): number | null {
  if (peer.claim === null || !peerIs(peer, 'mayBeAsked')) return null;
  const height = Math.min(nextHeight(turn), peer.claim.maxHeight);
  const judged = height === nextHeight(turn) || maps.recent.get(turn.local.recent, height) !== undefined;
  return judged && height >= peer.claim.minHeight ? height : null;
}
