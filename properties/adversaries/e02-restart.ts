import type { EnvironmentAdversary } from './adversary.ts';

export const restart: EnvironmentAdversary = {
  id: 'E02',
  name: 'restart',
  does: 'a node is stopped and started again in good order',
  environment: ({ during, random, nodes }, acted) => {
    during(10_000, 90_000, () => {
      acted();
      void random.pick(nodes).restart();
    });
  },
};
