import type { PeerId, SyncBlock } from '../protocol/block.ts';
import { settleDispute } from './claims.ts';
import type { Turn } from './turn.ts';
import { hasRoomFor, receive, spanHolding } from './window.ts';

/** How many spare copies of the next block are kept. */
const SPARES_MAX = 4;

/**
 * A copy of the block at the head from whoever had it: used when nothing better is in work, else kept as a spare. Copies
 * that were asked for go before announced ones, and push them out, so that no announcement can crowd an answer out (A35).
 */
export function offerNextBlock(
  turn: Turn,
  peer: PeerId,
  block: SyncBlock,
  asked: boolean,
): 'taken' | 'spare' | 'unwanted' {
  const span = spanHolding(turn, block.height);
  if (span === undefined || span.stage === 'wanted' || (span.stage === 'requested' && span.to === span.from)) {
    if (!hasRoomFor(turn, [block])) return 'unwanted';
    receive(turn, [block], peer, asked);
    return 'taken';
  }
  const { spares } = turn.window;
  const twice = span.peer === peer || spares.some((spare) => spare.peer === peer);
  const before = spares.filter((spare) => spare.asked || !asked);
  if (twice || before.length >= SPARES_MAX) return 'unwanted';
  const after = spares.filter((spare) => !before.includes(spare));
  turn.window = { ...turn.window, spares: [...before, { peer, block, asked }, ...after].slice(0, SPARES_MAX) };
  return 'spare';
}

/** META-7: the head is here by now, and whoever sent this very block of it when asked has what was disputed. */
export function settleSpares(turn: Turn, contentId: string): void {
  for (const { peer, block, asked } of turn.window.spares) {
    if (asked && block.contentId === contentId) settleDispute(turn, peer, block.height);
  }
}
