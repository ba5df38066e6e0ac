import type { PeerAdversary } from './adversary.ts';
import { withRanges } from './forged-blocks.ts';

export const shortRange: PeerAdversary = {
  id: 'A37',
  name: 'short-range',
  does: 'gives one block of the range it was asked for',
  needsRanges: true,
  peer: (scene) => ({
    answer: (_asked, replies) =>
      withRanges(replies, (blocks) => {
        scene.acted();
        return blocks.slice(0, 1);
      }),
  }),
};
