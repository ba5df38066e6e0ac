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
      return replies.map((reply) => ({ ...reply, afterMs: requestTimeoutMsMax * scene.random.between(1.01, 3) }));
    },
  }),
};
