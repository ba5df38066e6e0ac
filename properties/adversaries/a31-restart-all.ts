import type { EnvironmentAdversary } from './adversary.ts';

export const restartAll: EnvironmentAdversary = {
  id: 'A31',
  name: 'restart-all',
  does: 'every peer restarts at once',
  environment: ({ during, network, honest, faulty, nodes }, acted) => {
    during(20_000, 120_000, () => {
      acted();
      for (const peer of [...honest, ...faulty]) {
        for (const node of nodes) network.disconnect(peer.id, node.id);
      }
    });
  },
};
