import type { PeerAdversary } from './adversary.ts';

export const slowDrip: PeerAdversary = {
  id: 'A12',
  name: 'slow-drip',
  does: 'answers just before each timeout, and an answer in parts part by part',
  peer: (scene) => ({
    answer: (_asked, replies) => {
      if (replies.length === 0) return replies;
      scene.acted();
      const { requestTimeoutMsMax } = scene.target.config;
      let afterMs = 0;
      return replies.map((reply) => {
        afterMs += requestTimeoutMsMax * scene.random.between(0.7, 0.98);
        return { ...reply, afterMs };
      });
    },
  }),
};
