import type { PeerAdversary } from './adversary.ts';

export const invertedRange: PeerAdversary = {
  id: 'A04',
  name: 'inverted-range',
  does: 'claims a minHeight above its maxHeight',
  peer: (scene) => ({
    claim: ({ maxHeight }) => {
      scene.acted();
      return { minHeight: maxHeight + 10, maxHeight };
    },
  }),
};
