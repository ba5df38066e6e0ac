import type { PeerAdversary } from './adversary.ts';

export const lateAnswer: PeerAdversary = {
  id: 'A18',
  name: 'late-answer',
  does: 'answers after the timeout',
  peer: (scene) => ({
    answer: (_asked, replies) => {
      if (replies.length === 0) return replies;
      scene.acted();
      const { requestTimeoutMsMax } = scene.target.config;
      // Just too late, while the next to be asked has not answered yet; or when nobody thinks of it any more.
      const times = scene.random.chance(0.6) ? scene.random.between(1, 1.02) : scene.random.between(1.02, 3);
      return replies.map((reply) => ({ ...reply, afterMs: requestTimeoutMsMax * times }));
    },
  }),
};
