import type { EnvironmentAdversary } from './adversary.ts';

export const executorFault: EnvironmentAdversary = {
  id: 'E06',
  name: 'executor-fault',
  does: 'verifier and executor throw',
  environment: ({ during, random, setRates }, acted) => {
    during(5_000, 60_000, () => {
      acted();
      const often = () => (random.chance(0.5) ? random.between(0, 0.6) : 0);
      setRates({ verifyThrows: often(), applyThrows: often(), rollbackThrows: often() });
    });
  },
};
