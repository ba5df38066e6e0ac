import type { PeerAdversary } from './adversary.ts';
import { holdsBlocks, withBlocks } from './forged-blocks.ts';

export const oversize: PeerAdversary = {
  id: 'A25',
  name: 'oversize',
  does: 'sends what is above the limits of size',
  peer: (scene) => ({
    answer: (_asked, replies) => {
      if (!holdsBlocks(replies)) return replies;
      scene.acted();
      if (scene.random.chance(0.3)) scene.offend('OVERSIZE_MESSAGE', 'simulated: a message above its limit');
      return withBlocks(replies, (block) => ({ ...block, bytes: scene.target.config.blockBytesMax + 1 }));
    },
  }),
};
