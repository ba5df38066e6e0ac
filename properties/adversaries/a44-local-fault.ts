import type { EnvironmentAdversary } from './adversary.ts';

export const localFault: EnvironmentAdversary = {
  id: 'A44',
  name: 'local-fault',
  does: 'the executor of the node is non-deterministic for a while',
  environment: ({ during, random, setRates }, acted) => {
    during(5_000, 60_000, () => {
      const isOn = random.chance(0.5);
      setRates({ applyGoesWrong: isOn ? random.between(0.05, 0.9) : 0 });
      if (isOn) acted();
    });
  },
};
