import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXPLORATION_CANARIES } from '../../properties/exploration/canaries.ts';
import { PINNED, countsOf, keyOf } from '../../properties/exploration/counts.ts';
import type { WorldOptions } from '../../properties/exploration/explore-world.ts';
import { exploreWorld } from '../../properties/exploration/explore-world.ts';
import type { WorldPlan } from '../../properties/exploration/plan.ts';
import { describeCounterexample, placesOf, replay } from '../../properties/exploration/report.ts';
import { scenarioOf } from '../../properties/exploration/scenario-text.ts';
import type { WorldState } from '../../properties/exploration/state.ts';
import { withTable, worldsTable } from '../../properties/exploration/table.ts';
import type { Choice } from '../../properties/exploration/world-system.ts';
import { WorldSystem } from '../../properties/exploration/world-system.ts';
import { WORLDS, worldNamed } from '../../properties/exploration/worlds.ts';
import { step } from '../../src/core/step.ts';
import { parseScenario, runScenario } from '../scenarios/runner.ts';

/** Worlds small enough for every test run; `npm run explore` does them all. */
const QUICK = ['tiny', 'slow'];

function world(name: string): WorldPlan {
  const plan = worldNamed(name);
  if (plan === undefined) throw new Error(`there is no world "${name}"`);
  return plan;
}

/** Two honest peers and one height: small, and symmetric. */
const TWINS: WorldPlan = {
  ...world('two-honest'),
  name: 'twins',
  chainHeight: 1,
  timersInAnyOrder: true,
  budgets: { delays: 1 },
};

describe('exhaustive exploration', () => {
  for (const name of QUICK) {
    it(`SYNC-2, SYNC-7, APPLY-4: every state of the world "${name}" is good, and there are as many as pinned`, () => {
      const outcome = exploreWorld(world(name));
      expect(describeCounterexample(outcome)).toBe(`${name} holds`);
      expect(outcome.complete).toBe(true);
      expect(countsOf(outcome)).toEqual(PINNED[name]);
    });
  }

  it('META-7, PEER-1: nothing is broken in the first states of every other world', () => {
    for (const plan of WORLDS) {
      if (QUICK.includes(plan.name)) continue;
      const outcome = exploreWorld(plan, { statesMax: 300, revisitsMax: 10 });
      expect(describeCounterexample(outcome)).toBe(`${plan.name} holds`);
      expect(outcome.compared).toBeGreaterThan(0);
    }
  });

  it('every world is pinned, and nothing else is', () => {
    const keys = WORLDS.flatMap((plan) =>
      (plan.interchangeable === null ? [false] : [false, true]).map((symmetric) => keyOf(plan.name, symmetric)),
    );
    expect(Object.keys(PINNED).sort()).toEqual(keys.sort());
  });

  it('plain and symmetric exploration agree, good or broken, and symmetry saves states', () => {
    const both = (options: WorldOptions) =>
      [exploreWorld(TWINS, options), exploreWorld(TWINS, { ...options, symmetric: true })] as const;
    const [plain, symmetric] = both({});
    expect([plain.counterexample, symmetric.counterexample]).toEqual([null, null]);
    expect(symmetric.states).toBeLessThan(plain.states);
    expect(symmetric.states).toBeGreaterThanOrEqual(plain.states / 2);
    expect(symmetric.depth).toBe(plain.depth);
    const broken = EXPLORATION_CANARIES.filter(({ name }) => name === 'leaked-slot' || name === 'abandoned-peer');
    for (const { stepper, name } of broken) {
      const [one, other] = both({ stepper });
      expect(one.counterexample, name).not.toBeNull();
      expect(other.counterexample?.path.length, name).toBe(one.counterexample?.path.length);
    }
  });

  it('an abstraction that leaves out what matters is noticed', () => {
    class WithoutTrouble extends WorldSystem {
      override fingerprint(state: WorldState) {
        const { facts } = state;
        return super.fingerprint({
          ...state,
          facts: { ...facts, window: { ...facts.window, trouble: null, spares: [] } },
        });
      }
    }
    const { config, liar, ...rest } = world('byzantine');
    const plan: WorldPlan = {
      ...rest,
      chainHeight: 2,
      config: { ...config, inFlightMax: 1, inFlightPerPeerMax: 1, verifyInFlightMax: 1 },
      liar: {
        ...liar,
        claims: [{ minHeight: 1, maxHeight: 3 }],
        answers: ['good', 'misapplied'],
        unasked: [],
        leaves: false,
      },
      budgets: { liarActs: 3 },
    };
    const [good, coarse] = [new WorldSystem(plan), new WithoutTrouble(plan)].map((system) =>
      exploreWorld(plan, { system, statesMax: 3_000, revisitsMax: 3_000 }),
    );
    expect(good?.counterexample).toBeNull();
    expect(coarse?.counterexample?.what).toMatch('ABSTRACTION');
  });

  it('the page about it shows the worlds and counts as they are pinned', () => {
    const page = readFileSync(new URL('../../docs/exploration.md', import.meta.url), 'utf8');
    expect(page).toBe(withTable(page, worldsTable(WORLDS, PINNED)));
  });

  it('fingerprints count what the canonical forms themselves count', () => {
    const plan = world('host-faults');
    const system = new WorldSystem(plan);
    const forms = new Set([system.keyOf(system.initial)]);
    const queue = [system.initial];
    for (const state of queue) {
      for (const choice of system.actions(state)) {
        const next = system.apply(state, choice).state;
        const form = system.keyOf(next);
        if (forms.has(form)) continue;
        forms.add(form);
        queue.push(next);
      }
      if (queue.length > 1_000) break;
    }
    const prints = new Set(queue.map((state) => JSON.stringify(system.fingerprint(state))));
    expect(prints.size).toBe(forms.size);
  });
});

describe('planted bugs', () => {
  for (const canary of EXPLORATION_CANARIES) {
    it(`${canary.bug}: caught, told as a scenario, and replayed`, () => {
      const plan = world(canary.world);
      const { stepper, finisher } = canary;
      const outcome = exploreWorld(plan, { stepper, finisher });
      const { counterexample } = outcome;
      expect(counterexample?.what).toMatch(canary.caughtAs);
      const text = describeCounterexample(outcome, canary);
      expect(text).toContain('\nstart\nhost holds\n');
      expect(text).toContain(`Again: npm run explore -- --world ${canary.world} --canary ${canary.name} --path `);
      if (counterexample === null || counterexample.forEver !== null) return;
      const system = new WorldSystem(plan, canary);
      const again = replay(system, placesOf(system, counterexample.path));
      expect(again.broken).toBe(counterexample.what);
      // Without the bug the same things may happen, and nothing is broken.
      const sound = new WorldSystem(plan);
      expect(replay(sound, placesOf(sound, counterexample.path.slice(0, -1))).broken).toBeNull();
    });
  }

  it('a node that never gets anywhere is told with what goes on for ever', () => {
    const canary = EXPLORATION_CANARIES.find(({ name }) => name === 'ignored-proof');
    const outcome = exploreWorld(world('slow'), { stepper: canary?.stepper ?? step });
    const text = describeCounterexample(outcome, canary);
    const [, forEver = ''] = text.split('# and from here on, for ever:\n');
    expect(forEver).toContain('timer peer fires');
    expect(forEver).toMatch(/H answers \d/);
  });

  it('a shortest counterexample, word for word', () => {
    const canary = EXPLORATION_CANARIES.find(({ name }) => name === 'skipped-verification');
    const outcome = exploreWorld(world('liar'), { stepper: canary?.stepper ?? step });
    const lines = describeCounterexample(outcome, canary).split('\n');
    expect(lines.filter((line) => !line.startsWith('local '))).toEqual([
      'APPLY-1: height 1 is applied, and no quorum signed it, in 3 actions of the world "liar":',
      '# APPLY-1: height 1 is applied, and no quorum signed it',
      'start',
      'host holds',
      'L connects',
      'L claims 1..3',
      'L answers 1 with a forged certificate',
      '-> in mode Consensus_SyncMode, local 0, in flight 1',
      '# broken: APPLY-1: height 1 is applied, and no quorum signed it',
      'Again: npm run explore -- --world liar --canary skipped-verification --path 1.1.2',
    ]);
  });
});

describe('paths as scenarios', () => {
  // One peer each: between two, the node would ask the faster one, and a closed world forgets who that is.
  const alone: readonly WorldPlan[] = [
    ...['faults', 'slow', 'host-faults'].map(world),
    { ...world('validator'), byzantine: [] },
    { ...world('growing'), byzantine: [] },
    { ...world('byzantine'), honest: [], budgets: { liarActs: 20, crashes: 2, lateAnswers: 2 } },
  ];
  for (const plan of alone) {
    it(`the scenario runner, with a host of its own, ends where the world "${plan.name}" does`, () => {
      const system = new WorldSystem(plan);
      for (let seed = 1; seed <= 20; seed++) {
        const path = wander(system, seed, 25);
        const text = scenarioOf(plan, { what: 'nothing', path, forEver: null });
        runScenario(parseScenario(`${plan.name}, walk ${seed}`, text));
      }
    });
  }
});

/** A walk that depends on its seed alone. */
function wander(system: WorldSystem, seed: number, length: number): readonly Choice[] {
  const path: Choice[] = [];
  let state = system.initial;
  let random = seed;
  while (path.length < length) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    const choices = system.actions(state);
    const choice = choices[Math.floor((random / 2 ** 32) * choices.length)];
    if (choice === undefined) break;
    path.push(choice);
    state = system.apply(state, choice).state;
  }
  return path;
}
