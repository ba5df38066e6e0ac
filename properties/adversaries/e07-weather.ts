import type { EnvironmentAdversary } from './adversary.ts';
import { drawConditions } from '../simulation/conditions.ts';

export const weather: EnvironmentAdversary = {
  id: 'E07',
  name: 'weather',
  does: 'latency, bandwidth, loss, repetition and order of messages change all the time',
  environment: ({ during, random, network }, acted) => {
    during(5_000, 60_000, () => {
      acted();
      network.conditions = drawConditions(random, random.unit());
    });
  },
};
