import type { EnvironmentAdversary } from './adversary.ts';

export const targetRunsAway: EnvironmentAdversary = {
  id: 'A42',
  name: 'target-runs-away',
  does: 'the chain grows faster than blocks can be fetched',
  environment: (environment, acted) => {
    environment.blockIntervalMs = 300;
    acted();
  },
};
