import type { PeerAdversary } from './adversary.ts';

export const highThenLow: PeerAdversary = {
  id: 'A02',
  name: 'high-then-low',
  does: 'reports a height, then a lower one',
  peer: (scene) => {
    let high = false;
    return {
      claim: ({ minHeight, maxHeight }) => {
        high = !high;
        if (high) return { minHeight, maxHeight: maxHeight + scene.random.pick([1, 1_000]) };
        scene.acted();
        return { minHeight, maxHeight };
      },
    };
  },
};
