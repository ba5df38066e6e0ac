import type { PeerAdversary } from './adversary.ts';

export const sendFailure: PeerAdversary = {
  id: 'A39',
  name: 'send-failure',
  does: 'cannot be sent to, though its connection looks fine',
  peer: (scene) => ({
    everyMs: 5_000,
    act: () => {
      scene.acted();
      scene.hangUp(scene.random.between(100, 6_000));
    },
  }),
};
