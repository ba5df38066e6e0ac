import { describe, expect, it } from 'vitest';
import {
  CANARIES,
  PROPERTIES,
  catchCanary,
  describeFailure,
  isGood,
  livenessBoundMs,
  runCampaign,
  simulate,
} from '../../properties/index.ts';
import { Random } from '../../properties/simulation/random.ts';
import { resolveConfig } from '../../src/protocol/config.ts';

const RUNS = 40;
const [freshSeed = 0] = crypto.getRandomValues(new Uint32Array(1));

describe('simulated networks', () => {
  it(`every property holds in ${RUNS} runs of a fresh seed (${freshSeed})`, async () => {
    const report = await runCampaign({ seed: freshSeed, runs: RUNS, canaries: false });
    expect(report.failures.map(describeFailure).join('\n\n')).toBe('');
    expect(report.runs).toBe(RUNS);
    expect(isGood(report)).toBe(true);
  });

  it('the same seed gives the same run, event for event and effect for effect', async () => {
    for (const seed of [1, 2, 3, freshSeed]) {
      const [first, second] = [await simulate(seed), await simulate(seed)];
      expect(second.digest).toBe(first.digest);
      expect(second.events).toBe(first.events);
      expect(second.simulatedMs).toBe(first.simulatedMs);
      expect([...second.acts]).toEqual([...first.acts]);
    }
  });

  it('a property that names its topics checks as often as if it were asked after every event', async () => {
    const askedAlways = PROPERTIES.map(({ kind, name, clauses, says, watch }) => ({
      kind,
      name,
      clauses,
      says,
      watch,
    }));
    for (const seed of [1, 2, 3]) {
      const [byTopic, always] = [await simulate(seed), await simulate(seed, { properties: askedAlways })];
      expect([...byTopic.checks]).toEqual([...always.checks]);
    }
  });

  it('other seeds give other runs', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map((seed) => simulate(seed)));
    expect(new Set(runs.map(({ digest }) => digest)).size).toBe(4);
  });
});

describe('planted bugs', () => {
  for (const canary of CANARIES) {
    // A seed of its own: how many runs it takes must not hang on luck here. The campaign uses fresh ones.
    it(`${canary.clause}: ${canary.bug}: caught`, { timeout: 60_000 }, async () => {
      const { caughtBy } = await catchCanary(canary, new Random(1).fork(canary.name));
      expect(canary.breaks).toContain(caughtBy?.property);
    });
  }
});

describe('the bound on recovery', () => {
  const setting = { config: resolveConfig(), otherPeers: 0, blockMsMax: 1_000, tamperingShowsLate: false };

  it('META-7: each faulty peer costs a height at most one request timeout', () => {
    const bound = (faultyPeers: number, missingBlocks: number) =>
      livenessBoundMs({ ...setting, faultyPeers, missingBlocks });
    expect(bound(0, 1_000) - bound(0, 0)).toBe(1_000 * 1_000);
    expect(bound(3, 10)).toBeGreaterThan(bound(2, 10));
    expect(bound(2, 10)).toBeLessThan(bound(2, 11));
  });

  it('every property names its clauses', () => {
    for (const { name, clauses, says } of PROPERTIES) {
      expect(clauses.length, name).toBeGreaterThan(0);
      expect(says, name).not.toBe('');
    }
  });
});
