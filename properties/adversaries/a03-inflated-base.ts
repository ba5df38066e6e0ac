import type { PeerAdversary } from './adversary.ts';

export const inflatedBase: PeerAdversary = {
  id: 'A03',
  name: 'inflated-base',
  does: 'claims a minHeight and a maxHeight far ahead',
  peer: (scene) => ({
    claim: ({ maxHeight }) => {
      scene.acted();
      return { minHeight: maxHeight + 1_000, maxHeight: maxHeight + 2_000 };
    },
  }),
};
