import type { PeerAdversary } from './adversary.ts';

export const churn: PeerAdversary = {
  id: 'A29',
  name: 'churn',
  does: 'joins and leaves all the time',
  peer: (scene) => ({
    everyMs: 900,
    act: () => {
      scene.acted();
      scene.leave(scene.random.between(50, 2_000));
    },
  }),
};
