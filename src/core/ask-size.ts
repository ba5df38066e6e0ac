import type { Peer } from './facts.ts';
import { isUnhurried } from './flow.ts';
import type { Turn } from './turn.ts';
import { nextHeight } from './turn.ts';
import { blockWeight, roomLeft } from './window.ts';

/** How long a request should keep its peer busy: so many blocks are asked for at a time. */
const REQUEST_MS = 100;
/** So much is asked at least of a peer at which nothing has waited in line, as far as it is seen to deliver it within this time. */
const UNHURRIED_BYTES = 8_192;
const UNHURRIED_MS = 1_000;
/** Room is kept for blocks this many times as large as those before. */
const ROOM_RATIO = 1.5;

/** So many that it is busy with them for a while, and not so many that it holds up whoever waits for them. */
export function blocksAtOnce(turn: Turn, { flow, rangeBlocksMax, inFlight }: Peer): number {
  const most = Math.min(turn.config.requestBlocksMax, rangeBlocksMax);
  const { requestBlocksFirst } = turn.config;
  if (flow.bytesPerMs === null) {
    // To learn its speed; until then half as many with each further request.
    return Math.min(most, inFlight === 0 ? requestBlocksFirst : Math.max(1, Math.floor(requestBlocksFirst / 2)));
  }
  const { bytesPerMs } = flow;
  const least = isUnhurried(flow) ? Math.min(UNHURRIED_BYTES, bytesPerMs * UNHURRIED_MS) : 0;
  const bytes = Math.max(bytesPerMs * REQUEST_MS, least);
  return Math.max(1, Math.min(most, Math.floor(bytes / blockWeight(turn))));
}

/** How many more blocks may be asked for; of the one to be committed next at least it, or nothing would ever drain the buffer. */
export function roomFor(turn: Turn, height: number): { readonly blocks: number; readonly bytes: number } {
  const { blocks, bytes } = roomLeft(turn);
  const fit = Math.min(blocks, Math.floor(bytes / blockWeight(turn)));
  return height === nextHeight(turn) && fit < 1 ? { blocks: 1, bytes: blockWeight(turn) } : { blocks: fit, bytes };
}

export function sizeOf(turn: Turn, from: number, to: number, roomBytes: number) {
  const blocks = to - from + 1;
  const weight = blockWeight(turn);
  const ample = Math.min(ROOM_RATIO * weight, turn.config.blockBytesMax);
  const bytesMax = Math.ceil(Math.max(Math.min(blocks * ample, roomBytes), weight));
  // Of blocks of unknown size nothing is expected: a guess would pass for a measure of how busy the peer is.
  return { from, to, bytesMax, expectedBytes: turn.window.blockBytes === null ? 0 : blocks * weight };
}
