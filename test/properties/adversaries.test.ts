import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_ADVERSARIES, PEER_ADVERSARIES, fullName, simulate } from '../../properties/index.ts';
import type { Adversary, PlanOverrides } from '../../properties/index.ts';

const SEEDS = Array.from({ length: 40 }, (_, i) => 11 + i);

/** Whether it acts in one of a few runs. */
async function acts(adversary: Adversary, plan: PlanOverrides): Promise<boolean> {
  for (const seed of SEEDS) {
    const run = await simulate(seed, { properties: [], plan: { faultsMs: 120_000, honest: 2, ...plan } });
    if ((run.acts.get(fullName(adversary)) ?? 0) > 0) return true;
  }
  return false;
}

describe('adversaries that are peers: each really acts', () => {
  for (const adversary of PEER_ADVERSARIES) {
    it(`${fullName(adversary)}: ${adversary.does}`, async () => {
      expect(await acts(adversary, { faulty: 1, behaviours: [fullName(adversary)], environment: [] })).toBe(true);
    });
  }
});

describe('adversaries that are the environment: each really acts', () => {
  for (const adversary of ENVIRONMENT_ADVERSARIES) {
    it(`${fullName(adversary)}: ${adversary.does}`, async () => {
      // Some need a liar whom the node gets rid of.
      const liar = { faulty: 1, behaviours: ['A20 forged-certificate'] };
      expect(await acts(adversary, { ...liar, environment: [fullName(adversary)] })).toBe(true);
    });
  }
});

describe('several at once', () => {
  it('behaviours laid over one peer, on several peers, with a fault of the environment: all of them act', async () => {
    const behaviours = ['A01 inflated-height', 'A17 duplicate', 'A26 garbage', 'A28 request-flood', 'A33 echo'];
    const environment = ['E02 restart', 'E07 weather'];
    const plan = { faulty: 3, behaviours, environment, honest: 2, faultsMs: 120_000 };
    let idle: readonly string[] = [];
    // Whether each finds an occasion is up to the run.
    for (const seed of SEEDS.slice(0, 10)) {
      const run = await simulate(seed, { plan });
      expect(run.violation).toBeNull();
      idle = [...behaviours, ...environment].filter((name) => (run.acts.get(name) ?? 0) === 0);
      if (idle.length === 0) break;
    }
    expect(idle).toEqual([]);
  });
});
