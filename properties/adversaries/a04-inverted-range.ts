import type { PeerAdversary } from './adversary.ts';

export const invertedRange: PeerAdversary = {
  id: 'A04',
  name: 'inverted-range',
  does: 'claims a minHeight above its maxHeight, or what is no height at all',
  peer: (scene) => ({
    claim: ({ maxHeight }) => {
      scene.acted();
      if (scene.random.chance(0.7)) return { minHeight: maxHeight + 10, maxHeight };
      return { minHeight: 1, maxHeight: scene.random.pick([-1, maxHeight + 0.5, 2 ** 53]) };
    },
  }),
};
