import type { PeerAdversary } from './adversary.ts';

export const silentGuardian: PeerAdversary = {
  id: 'A05',
  name: 'silent-guardian',
  does: 'claims only what nobody has, so that it is never the one asked for what is needed',
  peer: (scene) => ({
    claim: ({ maxHeight }) => {
      scene.acted();
      return { minHeight: maxHeight + 1, maxHeight: maxHeight + 500 };
    },
    answer: () => [],
  }),
};
