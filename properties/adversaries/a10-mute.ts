import type { PeerAdversary } from './adversary.ts';

export const mute: PeerAdversary = {
  id: 'A10',
  name: 'mute',
  does: 'never answers anything, or nothing but its claim',
  peer: (scene) => {
    const claims = scene.random.chance(0.7);
    return {
      claim: (claim) => {
        if (claims) return claim;
        scene.acted();
        return null;
      },
      answer: () => {
        scene.acted();
        return [];
      },
    };
  },
};
