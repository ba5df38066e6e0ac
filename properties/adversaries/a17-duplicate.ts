import type { PeerAdversary } from './adversary.ts';
import { holdsBlocks } from './forged-blocks.ts';

export const duplicate: PeerAdversary = {
  id: 'A17',
  name: 'duplicate',
  does: 'sends the same answer many times',
  peer: (scene) => ({
    answer: (_asked, replies) => {
      if (!holdsBlocks(replies)) return replies;
      const times = scene.random.whole(2, 8);
      scene.acted(times - 1);
      return replies.flatMap((reply) =>
        Array.from({ length: times }, (_, i) => ({
          ...reply,
          afterMs: reply.afterMs + i * scene.random.between(0, 300),
        })),
      );
    },
  }),
};
