import type { PeerId } from '../protocol/block.ts';
import { blockRequestChart } from './advance.ts';
import { probeLater } from './claims.ts';
import type { Facts, Peer, PeersFacts, Span } from './facts.ts';
import { maps } from './facts.ts';
import { expectedMs, mayOweMore, remainingMs } from './flow.ts';
import { connectedPeer, getPeer, LAST_ID, peerIs } from './peers.ts';
import { recentId } from './recent.ts';
import { sendRequest } from './requests.ts';
import type { Turn } from './turn.ts';
import { inMode, nextHeight } from './turn.ts';
import {
  blockWeight,
  headHeight,
  roomLeft,
  spanHolding,
  spansWithin,
  useSpare,
  wantedFrom,
  windowBounds,
} from './window.ts';

/** While blocks are being asked for, at most this share of the slots goes to probing refuted claims. */
const PROBE_SHARE = 1 / 8;
/** How many peers are asked for the same next block at a time, to test what they claim. */
const TESTS_MAX = 4;
/** How many gaps in what peers claim are jumped over in one event. */
const JUMPS_MAX = 8;

/** How long a request should keep its peer busy: so many blocks are asked for at a time. */
const REQUEST_MS = 100;
/** Room is kept for blocks this many times as large as those before. */
const ROOM_RATIO = 1.5;

/** Sends every request that can be sent now. Called after each event: nothing polls, nothing is left waiting. */
export function schedule(turn: Turn): void {
  if (!inMode(turn, 'takesBlocks')) return;
  probeRefuted(turn);
  if (inMode(turn, 'asksForBlocks')) {
    hedgeOverdueHead(turn);
    fillWindow(turn);
    hedgeRest(turn);
  }
  if (inMode(turn, 'settled') && !turn.config.trustClaims) testClaims(turn);
}

/** SYNC-1, SYNC-2, OPT-1: the lowest missing heights, each of the peer that should be quickest with it. */
function fillWindow(turn: Turn): void {
  // With the next height pruned everywhere, what is above it would only fill the buffer (SYNC-8).
  if (turn.aggregate?.pruned === true) return;
  const { inFlight } = windowBounds(turn);
  let from = firstWanted(turn);
  let jumps = 0;
  while (turn.requests.inFlightSync < inFlight && turn.requests.inFlight < turn.config.inFlightMax) {
    const run = wantedFrom(turn, from);
    if (run === null) return;
    const room = roomFor(turn, run.from);
    if (room.blocks < 1) return;
    const avoid = spanHolding(turn, run.from)?.avoid ?? [];
    const peer = bestPeer(turn, run.from, avoid) ?? pressedPeer(turn, run.from, avoid);
    if (peer === null) {
      const start = maps.claims.atOrAfter(turn.peers.starts, [run.from + 1, ''])?.key[0];
      if (start === undefined || ++jumps > JUMPS_MAX) return;
      from = start;
      continue;
    }
    const blocksMax = Math.min(blocksAtOnce(turn, peer), room.blocks);
    const to = Math.min(run.to, run.from + blocksMax - 1, peer.claim?.maxHeight ?? run.from);
    sendRequest(turn, peer, { ...sizeOf(turn, run.from, to, room.bytes), purpose: 'sync' });
    from = to + 1;
  }
}

/** How many more blocks may be asked for; of the one to be committed next at least it, or nothing would ever drain the buffer. */
function roomFor(turn: Turn, height: number): { readonly blocks: number; readonly bytes: number } {
  const { blocks, bytes } = roomLeft(turn);
  const fit = Math.min(blocks, Math.floor(bytes / blockWeight(turn)));
  return height === nextHeight(turn) && fit < 1 ? { blocks: 1, bytes: blockWeight(turn) } : { blocks: fit, bytes };
}

/** So many that it is busy with them for a while, and not so many that it holds up whoever waits for them. */
function blocksAtOnce(turn: Turn, { flow, rangeBlocksMax, inFlight }: Peer): number {
  const most = Math.min(turn.config.requestBlocksMax, rangeBlocksMax);
  const { requestBlocksFirst } = turn.config;
  if (flow.bytesPerMs === null) {
    // To learn its speed; until then half as many with each further request.
    return Math.min(most, inFlight === 0 ? requestBlocksFirst : Math.max(1, Math.floor(requestBlocksFirst / 2)));
  }
  return Math.max(1, Math.min(most, Math.floor((flow.bytesPerMs * REQUEST_MS) / blockWeight(turn))));
}

function sizeOf(turn: Turn, from: number, to: number, roomBytes: number) {
  const blocks = to - from + 1;
  const weight = blockWeight(turn);
  const ample = Math.min(ROOM_RATIO * weight, turn.config.blockBytesMax);
  const bytesMax = Math.ceil(Math.max(Math.min(blocks * ample, roomBytes), weight));
  return { from, to, bytesMax, expectedBytes: blocks * weight };
}

/** The first height to ask for, unless it is being waited with because the fault seems to be local (APPLY-3). */
function firstWanted(turn: Turn): number {
  const head = headHeight(turn);
  return turn.window.trouble?.suspect?.retryAt == null ? head : head + 1;
}

/**
 * OPT-1: what everything waits for is asked of a second peer that should have it much sooner. That is the block at the
 * head once its answer is overdue, before anything further ahead; and when there is nothing else left to ask for,
 * whatever is still owed.
 */
function hedgeOverdueHead(turn: Turn): void {
  const head = spanHolding(turn, headHeight(turn));
  if (mayHedge(turn) && head?.stage === 'requested' && isOverdue(turn, head)) hedgeSpan(turn, head);
}

function hedgeRest(turn: Turn): void {
  if (!mayHedge(turn) || spanHolding(turn, headHeight(turn))?.stage !== 'requested' || isMoreOnOffer(turn)) return;
  let looked = 0;
  for (const span of spansWithin(turn, headHeight(turn), turn.window.frontier)) {
    if (++looked > HEDGE_LOOK_MAX || !mayHedge(turn)) return;
    if (span.stage === 'requested') hedgeSpan(turn, span);
  }
}

function mayHedge({ config, requests }: Turn): boolean {
  return (
    config.strategy === 'asynchronous' && requests.hedged < config.hedgesMax && requests.inFlight < config.inFlightMax
  );
}

/** Whether there is anything left to ask for that somebody claims; the heights above the target are not. */
function isMoreOnOffer(turn: Turn): boolean {
  const wanted = wantedFrom(turn, firstWanted(turn));
  return wanted !== null && wanted.from <= (turn.aggregate?.maxHeight ?? 0);
}

/** How many spans are looked at for one that a second peer would have sooner. */
const HEDGE_LOOK_MAX = 64;
/** A second peer must promise the blocks in this share of the time that the first still needs, and save so much. */
const HEDGE_SHARE = 0.5;
const HEDGE_SAVES_MS = 20;

function hedgeSpan(turn: Turn, span: Span): void {
  // A copy that is here already is quicker than any.
  if (span.from === headHeight(turn) && turn.window.spares.length > 0) return useSpare(turn);
  if (span.hedgeId !== null) return;
  const request = maps.requests.get(turn.requests.byId, span.requestId ?? -1);
  if (request === undefined) return;
  const expectedBytes = (span.to - span.from + 1) * blockWeight(turn);
  const leftMs = remainingMs(request, turn.clock.now);
  const peer = bestPeer(turn, span.from, [request.peer]);
  if (peer === null || peer.id === request.peer) return;
  const soonerMs = expectedMs(peer, expectedBytes);
  if (soonerMs > leftMs * HEDGE_SHARE || leftMs - soonerMs < HEDGE_SAVES_MS) return;
  // Room for them is kept by the first request already.
  const to = Math.min(span.to, span.from + blocksAtOnce(turn, peer) - 1, peer.claim?.maxHeight ?? 0);
  sendRequest(turn, peer, { ...sizeOf(turn, span.from, to, Infinity), purpose: 'hedge' });
}

/** Twice what it should have taken. */
function isOverdue(turn: Turn, { requestId }: Span): boolean {
  const dueAt = overdueAt(turn, requestId);
  return dueAt !== null && dueAt <= turn.clock.now;
}

function overdueAt({ requests }: Pick<Facts, 'requests'>, requestId: number | null): number | null {
  const request = requestId === null ? undefined : maps.requests.get(requests.byId, requestId);
  return request === undefined ? null : Math.ceil(request.sentAt + 2 * Math.max(request.expectedMs, HEDGE_SAVES_MS));
}

/** When the answer that everything waits for becomes overdue, if somebody else could be asked then. */
export function hedgeDueAt(facts: Pick<Facts, 'config' | 'window' | 'requests' | 'clock' | 'peers'>): number | null {
  if (facts.config.hedgesMax === 0 || facts.config.strategy === 'synchronous') return null;
  const head = spanHolding(facts, headHeight(facts));
  if (head?.stage !== 'requested' || head.hedgeId !== null) return null;
  const owner = maps.requests.get(facts.requests.byId, head.requestId ?? -1)?.peer;
  if (
    maps.available.find(
      facts.peers.available,
      () => true,
      ({ id }) => id !== owner,
    ) === null
  )
    return null;
  const dueAt = overdueAt(facts, head.requestId);
  return dueAt !== null && dueAt > facts.clock.now ? dueAt : null;
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
  const fresh = find((peer) => !avoid.includes(peer.id));
  if (fresh !== null) return fresh;
  // Else whoever failed longest ago: so that they take turns, and none of them has the node to itself.
  for (const id of avoid) {
    const peer = getPeer(facts, id);
    if (peer !== undefined && mayGive(peer, height) && peerIs(peer, 'connected') && mayOweMore(peer)) return peer;
  }
  return null;
}

/** How many requests under way are looked at for a peer that could be pressed. */
const PRESS_LOOK_MAX = 64;

/**
 * For the block that everything waits for, a peer that owes as much as it should already: what it owes further ahead, and
 * may never give, must not keep the head out.
 */
function pressedPeer(turn: Turn, height: number, avoid: readonly PeerId[]): Peer | null {
  if (height !== headHeight(turn)) return null;
  let best: Peer | null = null;
  let looked = 0;
  for (const { key } of maps.deadlines.entries(turn.requests.deadlines)) {
    if (++looked > PRESS_LOOK_MAX) break;
    const peer = connectedPeer(turn, maps.requests.get(turn.requests.byId, key[1])?.peer ?? '');
    if (peer === undefined || peer.id === best?.id || avoid.includes(peer.id) || !mayGive(peer, height)) continue;
    if (peer.inFlight >= turn.config.inFlightPerPeerMax) continue;
    if (best === null || expectedMs(peer, 0) < expectedMs(best, 0)) best = peer;
  }
  return best;
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
    sendRequest(turn, peer, { ...sizeOf(turn, next, next, 0), purpose: 'test' });
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
    if (height === null || !mayOweMore(peer)) {
      probeLater(turn, peer);
      continue;
    }
    sendRequest(turn, peer, { ...sizeOf(turn, height, height, 0), purpose: 'probe' });
    probing++;
  }
}

/**
 * The lowest disputed height whose block can be judged: from the head on, within the window, or committed here. When that
 * was ahead of the head and in vain, the head itself.
 */
function probeHeight(turn: Turn, peer: Peer): number | null {
  if (peer.claim === null || !peerIs(peer, 'mayBeAsked')) return null;
  const head = headHeight(turn);
  const lowest = peer.aheadInVain ? head : Math.max(head, peer.disputedFrom ?? head);
  const height = Math.min(lowest, peer.claim.maxHeight);
  const judged =
    height >= head
      ? height <= Math.max(head, turn.window.frontier - 1)
      : recentId(turn.local.recent, height) !== undefined;
  return judged && height >= peer.claim.minHeight ? height : null;
}
