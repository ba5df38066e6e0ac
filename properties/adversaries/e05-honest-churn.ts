import type { EnvironmentAdversary } from './adversary.ts';

export const honestChurn: EnvironmentAdversary = {
  id: 'E05',
  name: 'honest-churn',
  does: 'honest peers come and go',
  environment: ({ during, random, network, honest, nodes }, acted) => {
    during(500, 20_000, () => {
      acted();
      network.disconnect(random.pick(honest).id, random.pick(nodes).id);
    });
  },
};
