import type { EnvironmentAdversary } from './adversary.ts';

/** For that long blocks come faster than the host works. */
const BURST_MS = 3_000;

export const slowHost: EnvironmentAdversary = {
  id: 'E08',
  name: 'slow-host',
  does: 'verifier, executor and store take seconds, or the store alone, while blocks come one after the other',
  environment: (environment, acted) => {
    const { during, random, setRates, time } = environment;
    during(2 * BURST_MS, 40_000, () => {
      const { blockIntervalMs } = environment;
      const { workMsMax, commitMs } = environment.rates();
      acted();
      const slowMs = random.between(200, 3_000);
      setRates(random.chance(0.5) ? { workMsMax: slowMs } : { commitMs: slowMs });
      environment.blockIntervalMs = random.between(100, 600);
      time.after(BURST_MS, () => {
        environment.blockIntervalMs = blockIntervalMs;
        setRates({ workMsMax, commitMs });
      });
    });
  },
};
