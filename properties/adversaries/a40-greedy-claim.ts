import type { PeerAdversary } from './adversary.ts';

export const greedyClaim: PeerAdversary = {
  id: 'A40',
  name: 'greedy-claim',
  does: 'claims the largest range, serves quickly at first, and then keeps what it is asked for',
  peer: (scene) => {
    let served = 0;
    return {
      claim: ({ maxHeight }) => ({ minHeight: 1, maxHeight: maxHeight + 50 }),
      answer: (_asked, replies) => {
        if (++served % 5 !== 0) return replies.map((reply) => ({ ...reply, afterMs: 0 }));
        scene.acted();
        return [];
      },
    };
  },
};
