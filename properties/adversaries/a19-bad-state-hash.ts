import type { PeerAdversary } from './adversary.ts';
import { holdsBlocks, tampered, withBlocks } from './forged-blocks.ts';

export const badStateHash: PeerAdversary = {
  id: 'A19',
  name: 'bad-state-hash',
  does: 'puts other transactions under the certificate of the true block',
  peer: (scene) => ({
    answer: (_asked, replies) => {
      if (!holdsBlocks(replies)) return replies;
      scene.acted();
      const content = scene.random.chance(0.3)
        ? '! not a transaction'
        : `stolen by ${scene.self}, ${scene.random.whole(1, 99)}`;
      return withBlocks(replies, (block) => tampered(block, content));
    },
  }),
};
