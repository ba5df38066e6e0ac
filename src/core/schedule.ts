import { blockRequestChart } from './advance.ts';
import { blocksAtOnce, roomFor, sizeOf } from './ask-size.ts';
import { anyClaims, bestPeer, firstAvailable, pressedPeer } from './best-peer.ts';
import { probeLater } from './claims.ts';
import type { Peer } from './facts.ts';
import { maps } from './facts.ts';
import { mayOweMore } from './flow.ts';
import { hedgeOverdueHead, hedgeRest } from './hedge.ts';
import { knownPeer, peerIs } from './peers.ts';
import { recentId } from './recent.ts';
import { sendRequest } from './requests.ts';
import type { Turn } from './turn.ts';
import { inMode, nextHeight } from './turn.ts';
import { firstWanted, headHeight, spanHolding, wantedFrom, windowBounds } from './window.ts';

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
    const peer = bestPeer(turn, run.from, avoid) ?? pressedPeer(turn, run.from, ({ id }) => !avoid.includes(id));
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
    const peer = firstAvailable(turn, next, isToBeTested);
    if (peer === null) return;
    sendRequest(turn, peer, { ...sizeOf(turn, next, next, 0), purpose: 'test' });
  }
}

function isToBeTested(peer: Peer): boolean {
  return !peerIs(peer, 'claimTested') && peer.trial === null;
}

/** META-7: refuted claims whose time has come, those first whose owners have served before. */
function probeRefuted(turn: Turn): void {
  let probing = turn.requests.inFlight - turn.requests.inFlightSync;
  const { inFlightMax } = turn.config;
  const probesMax = turn.requests.inFlightSync > 0 ? Math.max(1, Math.floor(inFlightMax * PROBE_SHARE)) : inFlightMax;
  while (probing < probesMax && turn.requests.inFlight < inFlightMax) {
    const due = maps.probesDue.first(turn.peers.probesDue);
    if (due === null) return;
    const peer = knownPeer(turn, due.key[2]);
    const height = probeHeight(turn, peer);
    if (height === null || !mayBeProbed(turn, peer, height)) {
      probeLater(turn, peer);
      continue;
    }
    sendRequest(turn, peer, { ...sizeOf(turn, height, height, 0), purpose: 'probe' });
    probing++;
  }
}

/** The block that everything waits for may be asked for past what the peer should owe, like of any other peer (OPT-1). */
function mayBeProbed(turn: Turn, peer: Peer, height: number): boolean {
  if (mayOweMore(peer)) return true;
  const isNext = height === headHeight(turn);
  return isNext && peer.inFlight < turn.config.inFlightPerPeerMax;
}

/**
 * The lowest disputed height whose block can be judged: from the head on, within the window, or committed here. When that
 * was ahead of the head and in vain, or lies beyond the window, the head itself.
 */
function probeHeight(turn: Turn, peer: Peer): number | null {
  if (peer.claim === null || !peerIs(peer, 'mayBeAsked')) return null;
  const head = headHeight(turn);
  const lowest = Math.max(head, peer.disputedFrom ?? head);
  const isBeyond = lowest >= turn.window.frontier;
  const height = Math.min(peer.aheadInVain || isBeyond ? head : lowest, peer.claim.maxHeight);
  const judged = height >= head || recentId(turn.local.recent, height) !== undefined;
  return judged && height >= peer.claim.minHeight ? height : null;
}
