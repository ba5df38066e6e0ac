import type { SyncBlock } from '../../src/protocol/block.ts';
import type { PeerAdversary } from './adversary.ts';
import { withRanges } from './forged-blocks.ts';

/** What is wrong with a range: each keeps its first block, so that only a look at all of it tells. */
const HOLES: readonly ((blocks: readonly SyncBlock[]) => readonly SyncBlock[])[] = [
  // One missing in the middle, or, of two, the first once more.
  (blocks) => (blocks.length > 2 ? blocks.filter((_, i) => i !== 1) : [...blocks.slice(0, 1), ...blocks.slice(0, 1)]),
  // The first again and again, then the last.
  (blocks) => blocks.map((block, i) => (i === blocks.length - 1 && i > 1 ? block : (blocks[0] ?? block))),
  (blocks) => [...blocks.slice(0, 1), ...blocks.slice(1).reverse(), ...blocks.slice(0, 1)],
];

export const holeInRange: PeerAdversary = {
  id: 'A36',
  name: 'hole-in-range',
  does: 'answers a range with heights missing, repeated or out of order',
  needsRanges: true,
  peer: (scene) => ({
    answer: (_asked, replies) =>
      withRanges(replies, (blocks) => {
        scene.acted();
        return scene.random.pick(HOLES)(blocks);
      }),
  }),
};
