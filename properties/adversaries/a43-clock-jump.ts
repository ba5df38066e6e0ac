import type { EnvironmentAdversary } from './adversary.ts';

export const clockJump: EnvironmentAdversary = {
  id: 'A43',
  name: 'clock-jump',
  does: "the node's clock leaps forward or back",
  environment: ({ during, random, nodes }, acted) => {
    during(10_000, 90_000, () => {
      acted();
      for (const node of nodes) node.clockSkewMs += Math.round(random.between(-1, 1) * 10 ** random.between(3, 7));
    });
  },
};
