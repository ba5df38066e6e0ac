import type { PeerAdversary } from './adversary.ts';

export const staggeredLiars: PeerAdversary = {
  id: 'A06',
  name: 'staggered-liars',
  does: 'lies about its height, never answers, and comes back with a new identity',
  peer: (scene) => {
    let askedAt: number | null = null;
    return {
      claim: ({ minHeight, maxHeight }) => ({ minHeight, maxHeight: maxHeight + 100 }),
      answer: () => {
        askedAt ??= scene.nowMs;
        return [];
      },
      everyMs: 1_000,
      act: () => {
        if (scene.isCalm || askedAt === null || scene.nowMs - askedAt < scene.target.config.requestTimeoutMsMax) return;
        askedAt = null;
        scene.acted();
        scene.comeAsSomebodyElse();
      },
    };
  },
};
