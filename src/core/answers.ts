import type { SyncBlock } from '../protocol/block.ts';
import { confirmClaim, refuteClaim } from './claims.ts';
import { charge } from './conduct.ts';
import type { EventOf } from './events.ts';
import { blockRequestChart } from './advance.ts';
import type { Request, Span } from './facts.ts';
import { maps } from './facts.ts';
import { connectedPeer, drawToken, putPeer } from './peers.ts';
import { answerRequest, failRequest, findRequest, trialUndecided } from './requests.ts';
import type { Turn } from './turn.ts';
import { nextHeight } from './turn.ts';
import { blocksOfRoom, offerNextBlock, receive, spanAt } from './window.ts';

/** SYNC-3, SYNC-4, SYNC-6: blocks are taken only from who was asked for them, and only as asked. */
export function blocksReceived(turn: Turn, event: EventOf<'blocksReceived'>): void {
  const { peer, blocks } = event;
  const first = blocks[0];
  if (first === undefined) return answeredWithNothing(turn, event);
  if (connectedPeer(turn, peer) === undefined) return;
  const request = findRequest(turn, peer, event.requestId, first.height);
  if (request === undefined) return unsolicited(turn, peer, first.height);

  const problem = misfit(turn, request, blocks);
  if (problem !== null) {
    failRequest(turn, request, 'refused');
    return charge(turn, peer, problem.offence, problem.detail, first.height);
  }
  answerRequest(turn, request);
  if (request.purpose === 'sync') takeAnswer(turn, request, blocks);
  else takeTrialAnswer(turn, request, first);
}

/** No block at all is "I do not have it". */
function answeredWithNothing(turn: Turn, event: EventOf<'blocksReceived'>): void {
  const request = event.requestId === null ? undefined : findRequest(turn, event.peer, event.requestId, 0);
  if (request !== undefined) failRequest(turn, request, 'absent');
}

export function blocksUnavailable(turn: Turn, event: EventOf<'blocksUnavailable'>): void {
  const request = findRequest(turn, event.peer, event.requestId, event.height);
  if (request !== undefined) failRequest(turn, request, 'absent');
}

export function sendFailed(turn: Turn, event: EventOf<'sendFailed'>): void {
  const request = maps.requests.get(turn.requests.byId, event.requestId);
  if (request?.peer === event.peer) failRequest(turn, request, 'sendFailed');
}

/**
 * Blocks that are still missing are buffered, whether the answer is in time or late: a late one also when somebody else
 * has been asked since, if there is room. What nobody waits for any more is let go.
 */
function takeAnswer(turn: Turn, request: Request, blocks: readonly SyncBlock[]): void {
  const first = blocks[0];
  if (first === undefined) return;
  const span = spanAt(turn, request.from);
  if (span !== undefined && awaits(turn, span, request, blocks)) {
    return receive(turn, request.from, blocks, request.peer, true);
  }
  if (first.height === nextHeight(turn)) offerNextBlock(turn, request.peer, first, true);
}

function awaits(turn: Turn, span: Span, request: Request, blocks: readonly SyncBlock[]): boolean {
  if (span.requestId === request.id) return true;
  const length = span.to - span.from + 1;
  const missing =
    span.stage === 'wanted'
      ? blocks.length <= length
      : blockRequestChart.hasTag(span.stage, 'inFlight') && blocks.length === length;
  return missing && blocks.length <= blocksOfRoom(turn);
}

/** META-7, META-10: the answer to a test or probe is the block itself, checked like any other, or known already. */
function takeTrialAnswer(turn: Turn, request: Request, block: SyncBlock): void {
  if (block.height === nextHeight(turn) && offerNextBlock(turn, request.peer, block, true) !== 'unwanted') {
    return trialUndecided(turn, request);
  }
  const known = maps.recent.get(turn.local.recent, block.height);
  if (known === undefined) return trialUndecided(turn, request);
  if (known === block.id) {
    confirmClaim(turn, request.peer, block.height);
    return trialUndecided(turn, request);
  }
  refuteClaim(turn, request.peer, block.height, 'INVALID_BLOCK', request.purpose === 'probe');
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
