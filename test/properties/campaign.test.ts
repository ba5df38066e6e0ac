import { describe, expect, it } from 'vitest';
import {
  ADVERSARIES,
  CANARIES,
  PEER_ADVERSARIES,
  PROPERTIES,
  catchCanary,
  describeCampaign,
  fullName,
  isGood,
  livenessBoundMs,
  runCampaign,
  simulate,
} from '../../properties/index.ts';
import { RUNS_TO_ACT, idleAdversaries } from '../../properties/campaign/campaign.ts';
import { CATALOGUE } from '../../properties/campaign/simulate.ts';
import { drawPlan, featuredIn } from '../../properties/simulation/plan.ts';
import { Random } from '../../properties/simulation/random.ts';
import { resolveConfig } from '../../src/protocol/config.ts';

const RUNS = 40;
const [freshSeed = 0] = crypto.getRandomValues(new Uint32Array(1));

describe('simulated networks', () => {
  it(`every property holds in ${RUNS} runs of a fresh seed (${freshSeed})`, { timeout: 60_000 }, async () => {
    const report = await runCampaign({ seed: freshSeed, runs: RUNS, canaries: false });
    expect(report.failures.map(({ text }) => text).join('\n\n')).toBe('');
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

describe('who is in a campaign', () => {
  const turns = ADVERSARIES.length + 1;
  const none = { acts: new Map<string, number>() };
  const everybody = new Map(ADVERSARIES.map((each) => [fullName(each), 1]));

  it('a row of seeds features every adversary once, by the seed alone, and one run only what is drawn', async () => {
    const featured = Array.from({ length: turns }, (_, i) => featuredIn(turns * 1_000 + i, CATALOGUE));
    expect(new Set(featured)).toEqual(new Set([...ADVERSARIES.map(fullName), null]));
    const random = new Random(7);
    for (const [i, name] of featured.entries()) {
      const plan = drawPlan(turns * random.whole(0, 1_000_000) + i, CATALOGUE);
      if (name === null) continue;
      const present = [...plan.environment, ...plan.peers.flatMap(({ behaviours }) => behaviours)];
      expect(present).toContain(name);
      if (CATALOGUE.needRanges.includes(name)) expect(plan.config.requestBlocksMax).toBeGreaterThan(1);
    }
  });

  it('a campaign gives each its turn; the nearest seed to the one drawn does', async () => {
    const report = await runCampaign({ seed: 1, runs: 3, canaries: false, properties: [] });
    expect(report.runs).toBe(3);
    const first = PEER_ADVERSARIES.slice(0, 3).map(fullName);
    expect(first.filter((name) => (report.acts.get(name) ?? 0) === 0)).toEqual([]);
  });

  it('a good share of runs asks for ranges', () => {
    const plans = Array.from({ length: 400 }, (_, i) => drawPlan(freshSeed + i, CATALOGUE));
    const withRanges = plans.filter(({ config }) => config.requestBlocksMax > 1);
    expect(withRanges.length).toBeGreaterThan(100);
  });

  it('an adversary that never acts fails a campaign that was long enough, and is named', async () => {
    expect(idleAdversaries(none)).toEqual(ADVERSARIES.map(fullName));
    const report = await runCampaign({ seed: 1, runs: 0, canaries: false });
    const withActs = (runs: number, acts: Map<string, number>) => ({ ...report, runs, acts });
    expect(isGood(withActs(RUNS_TO_ACT - 1, none.acts))).toBe(true);
    expect(isGood(withActs(RUNS_TO_ACT, none.acts))).toBe(false);
    expect(isGood(withActs(RUNS_TO_ACT, everybody))).toBe(true);
    everybody.delete('A36 hole-in-range');
    expect(isGood(withActs(RUNS_TO_ACT, everybody))).toBe(false);
    expect(describeCampaign(withActs(RUNS_TO_ACT, everybody))).toContain('never acted: A36 hole-in-range.');
  });
});

describe('planted bugs', () => {
  for (const canary of CANARIES) {
    // A seed of its own: how many runs it takes must not hang on luck here. The campaign uses fresh ones.
    it(`${canary.clause}: ${canary.bug}: caught`, { timeout: 60_000 }, async () => {
      const { caughtBy } = await catchCanary(canary, new Random(3).fork(canary.name));
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
