import type { PeerAdversary } from './adversary.ts';
import { bodyOf, contentIdOf } from '../simulation/chain.ts';
import { fingerprint } from '../simulation/random.ts';
import { holdsBlocks, withBlocks } from './forged-blocks.ts';

export const brokenLink: PeerAdversary = {
  id: 'A24',
  name: 'broken-link',
  does: 'sends blocks whose prevStateHash is not the state hash before them',
  peer: (scene) => ({
    answer: (_asked, replies) => {
      if (!holdsBlocks(replies)) return replies;
      scene.acted();
      return withBlocks(replies, (block) => {
        const parentId = fingerprint(`nowhere ${scene.self}`);
        return { ...block, parentId, contentId: contentIdOf(block.height, block.id, parentId, bodyOf(block)) };
      });
    },
  }),
};
