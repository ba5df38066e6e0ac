import type { SyncBlock } from '../protocol/block.ts';
import { confirmClaim, refuteClaim, settleDispute } from './claims.ts';
import { charge } from './conduct.ts';
import type { EventOf } from './events.ts';
import { blockRequestChart } from './advance.ts';
import type { Request } from './facts.ts';
import { maps } from './facts.ts';
import { connectedPeer, drawToken, putPeer } from './peers.ts';
import {
  answerPart,
  answerRequest,
  failRequest,
  findRequest,
  giveUpSkipped,
  isTrial,
  releaseOwed,
  trialUndecided,
} from './requests.ts';
import { recentId } from './recent.ts';
import type { Turn } from './turn.ts';
import {
  carve,
  endHedge,
  hasRoomFor,
  headHeight,
  noteWeight,
  receive,
  release,
  spanHolding,
  spansWithin,
} from './window.ts';
import { offerNextBlock } from './spares.ts';

/** SYNC-3, SYNC-4, SYNC-6: blocks are taken only from who was asked for them, and only as asked. */
export function blocksReceived(turn: Turn, event: EventOf<'blocksReceived'>): void {
  const { peer, blocks } = event;
  const first = blocks[0];
  if (first === undefined) return answeredWithNothing(turn, event);
  const request = findRequest(turn, peer, event.requestId, first.height);
  if (request === undefined) return unsolicited(turn, peer, first.height);

  let bytes = 0;
  for (const block of blocks) bytes += block.bytes;
  const problem = misfit(turn, request, blocks);
  if (problem !== null) {
    failRequest(turn, request, 'refused');
    return charge(turn, peer, problem.offence, problem.detail, first.height);
  }
  const isPart = event.more === true && first.height + blocks.length <= request.to;
  if (isPart) answerPart(turn, request, blocks, bytes);
  else answerRequest(turn, request, bytes);
  if (isTrial(request)) takeTrialAnswer(turn, request, first);
  else takeAnswer(turn, request, blocks, bytes);
  // CHUNK-1: a shorter answer is a good one; what it left out is asked for again, of whoever is best.
  if (!isPart) releaseOwed(turn, request, 'Shortened', null);
  giveUpSkipped(turn, request);
}

/** No block at all is "I do not have it", or after parts of an answer, its end. */
function answeredWithNothing(turn: Turn, event: EventOf<'blocksReceived'>): void {
  // Without an id, there is nothing that it could be the answer to.
  const request = findRequest(turn, event.peer, event.requestId, 0);
  if (request !== undefined) endAnswer(turn, request);
}

export function blocksUnavailable(turn: Turn, event: EventOf<'blocksUnavailable'>): void {
  const request = findRequest(turn, event.peer, event.requestId, event.height);
  if (request !== undefined) endAnswer(turn, request);
}

function endAnswer(turn: Turn, request: Request): void {
  if (!request.begun) return failRequest(turn, request, 'absent');
  answerRequest(turn, request, 0);
  releaseOwed(turn, request, 'Shortened', null);
}

export function sendFailed(turn: Turn, event: EventOf<'sendFailed'>): void {
  const request = maps.requests.get(turn.requests.byId, event.requestId);
  if (request?.peer === event.peer) failRequest(turn, request, 'sendFailed');
}

/** No request has this id. */
const NO_REQUEST = 0;

/**
 * Whatever of an answer is still missing is buffered, in time or late, also when somebody else has been asked since: as
 * far as there is room. What nobody waits for any more is let go.
 */
function takeAnswer(turn: Turn, request: Request, blocks: readonly SyncBlock[], bytes: number): void {
  const { from: first } = request;
  const last = first + blocks.length - 1;
  for (const span of spansWithin(turn, first, last)) {
    if (span.stage !== 'wanted' && !blockRequestChart.hasTag(span.stage, 'inFlight')) continue;
    const from = Math.max(span.from, first);
    const missing = blocks.slice(from - first, Math.min(span.to, last) - first + 1);
    const owed = span.requestId === request.id && request.deadline !== null && bytes <= request.bytesMax;
    const keeps = maps.requests.get(turn.requests.byId, span.requestId ?? NO_REQUEST);
    // Whoever sends more bytes than it was asked for gets as much of it taken as there is room for.
    let fits = missing.length;
    while (!owed && fits > 0 && !hasRoomFor(turn, missing.slice(0, fits), keeps)) fits--;
    if (fits > 0) receive(turn, missing.slice(0, fits), request.peer, true);
    if (fits < missing.length) refuseForRoom(turn, request, from + fits, missing.slice(fits));
  }
  const atHead = blocks[headHeight(turn) - first];
  if (atHead !== undefined) offerNextBlock(turn, request.peer, atHead, true);
}

/** Larger than was kept free for it: next time there is more. */
function refuseForRoom(turn: Turn, request: Request, from: number, blocks: readonly SyncBlock[]): void {
  noteWeight(turn, blocks);
  const { requestId, hedgeId } = spanHolding(turn, from) ?? {};
  const to = from + blocks.length - 1;
  // Of an answer in parts what is above them is still owed; and what was asked twice, by whom it was asked of first.
  if (requestId === request.id) release(turn, carve(turn, from, to), 'NoRoom', null);
  else if (hedgeId === request.id) endHedge(turn, carve(turn, from, to), null);
}

/** META-7, META-10: the answer to a test or probe is the block itself, checked like any other, or known already. */
function takeTrialAnswer(turn: Turn, request: Request, block: SyncBlock): void {
  const head = headHeight(turn);
  if (block.height > head) return takeAheadOfHead(turn, request, block);
  const isOfNoUse = block.height === head && offerNextBlock(turn, request.peer, block, true) === 'unwanted';
  const known = recentId(turn.local.recent, block.height);
  if (known === undefined) return trialUndecided(turn, request, isOfNoUse);
  if (known === block.id) {
    confirmClaim(turn, request.peer, block.height);
    return trialUndecided(turn, request);
  }
  refuteClaim(turn, request.peer, block.height, 'INVALID_BLOCK', true);
}

/** Checked as soon as it can be; or compared with the copy that was. */
function takeAheadOfHead(turn: Turn, request: Request, block: SyncBlock): void {
  takeAnswer(turn, request, [block], block.bytes);
  const held = spanHolding(turn, block.height);
  const isCertified = held !== undefined && blockRequestChart.hasTag(held.stage, 'certified');
  if (isCertified && held.blocks[block.height - held.from]?.contentId === block.contentId) {
    settleDispute(turn, request.peer, block.height);
  }
  const peer = connectedPeer(turn, request.peer);
  // It may be that nobody can tell before the head is applied, and that this peer alone has the head.
  if (peer !== undefined && block.height >= (peer.disputedFrom ?? Infinity))
    putPeer(turn, { ...peer, aheadInVain: true });
  trialUndecided(turn, request);
}

function misfit(turn: Turn, request: Request, blocks: readonly SyncBlock[]) {
  const asked = request.to - request.from + 1;
  if (blocks.length > asked) {
    return { offence: 'WRONG_HEIGHT', detail: `sent ${blocks.length} blocks where ${asked} were asked for` } as const;
  }
  for (const [i, block] of blocks.entries()) {
    const height = request.from + i;
    if (block.height !== height) {
      return { offence: 'WRONG_HEIGHT', detail: `sent height ${block.height} where ${height} was asked for` } as const;
    }
    if (block.bytes > turn.config.blockBytesMax) {
      return { offence: 'INVALID_BLOCK', detail: `sent a block of ${block.bytes} bytes` } as const;
    }
  }
  return null;
}

function unsolicited(turn: Turn, id: string, height: number): void {
  const peer = connectedPeer(turn, id);
  if (peer === undefined) return;
  if (peer.forgotten > 0) return void putPeer(turn, { ...peer, forgotten: peer.forgotten - 1 });
  const { unsolicitedPerSecond, unsolicitedBurst } = turn.config;
  const [drawn, bucket] = drawToken(peer.unsolicitedBucket, turn.clock.now, unsolicitedPerSecond, unsolicitedBurst);
  putPeer(turn, { ...peer, unsolicitedBucket: bucket });
  if (!drawn) charge(turn, id, 'UNSOLICITED_BLOCK', `sends blocks that nobody asked for, now height ${height}`, height);
}
