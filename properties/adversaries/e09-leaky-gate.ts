import type { EnvironmentAdversary } from './adversary.ts';

export const leakyGate: EnvironmentAdversary = {
  id: 'E09',
  name: 'leaky-gate',
  does: 'whom the node refuses is connected again all the same, as if it had dialled already',
  environment: ({ during, network, faulty, nodes, random }, acted) => {
    during(500, 10_000, () => {
      for (const peer of faulty.filter(() => random.chance(0.5))) {
        for (const { id } of nodes) if (network.connectRefused(peer.id, id)) acted();
      }
    });
  },
};
