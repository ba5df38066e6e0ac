import type { PeerAdversary } from './adversary.ts';

export const garbage: PeerAdversary = {
  id: 'A26',
  name: 'garbage',
  does: 'sends bytes that mean nothing, now and then',
  peer: (scene) => ({
    everyMs: 10_000,
    act: () => {
      scene.acted();
      scene.offend('MALFORMED_MESSAGE', 'simulated: random bytes');
    },
  }),
};
