import type { PeerAdversary } from './adversary.ts';

export const inflatedHeight: PeerAdversary = {
  id: 'A01',
  name: 'inflated-height',
  does: 'claims a maxHeight far beyond the chain',
  peer: (scene) => {
    const extra = scene.random.pick([1, 50, 1_000_000, Number.MAX_SAFE_INTEGER / 2]);
    return {
      claim: ({ minHeight, maxHeight }) => {
        scene.acted();
        return { minHeight, maxHeight: Math.floor(maxHeight + extra) };
      },
    };
  },
};
