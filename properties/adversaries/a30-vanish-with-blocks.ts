import type { PeerAdversary } from './adversary.ts';
import { holdsBlocks } from './forged-blocks.ts';

export const vanishWithBlocks: PeerAdversary = {
  id: 'A30',
  name: 'vanish-with-blocks',
  does: 'leaves right after it has answered',
  peer: (scene) => {
    let answered = false;
    return {
      answer: (_asked, replies) => {
        answered ||= holdsBlocks(replies);
        return replies;
      },
      everyMs: 100,
      act: () => {
        if (!answered || scene.random.chance(0.7)) return;
        answered = false;
        scene.acted();
        scene.leave(scene.random.between(100, 5_000));
      },
    };
  },
};
