import { beforeAll, describe, expect, test } from 'vitest';
import type { SyncEvent } from '../../src/core/events.ts';
import { step } from '../../src/core/step.ts';
import { eventOf } from './abstraction.ts';
import { CANARIES } from './checks.ts';
import type { Comparison } from './compare.ts';
import { compare } from './compare.ts';
import { enumerate } from './enumerate.ts';
import { build, findTools, parseOutcome, replayTrail, run } from './spin.ts';

const MINUTE_MS = 60_000;
const tools = await findTools();
if (!tools.found) console.warn(`SPIN's tests are skipped: ${tools.missing}`);

describe("what SPIN's verifier prints", () => {
  const report = (errors: number) => `State-vector 116 byte, depth reached 152, errors: ${errors}
     3905 states, stored (8530 visited)
    32160 states, matched
    36065 transitions (= visited+matched)
pan: elapsed time 0.15 seconds`;

  test('a full search without errors holds', () => {
    const outcome = parseOutcome(report(0));
    expect(outcome).toEqual({
      verdict: 'holds',
      what: '',
      states: 3905,
      transitions: 36_065,
      depth: 152,
      seconds: 0.15,
    });
  });

  test('an assertion or a cycle that fails is told in its words', () => {
    const assertion = parseOutcome(`pan:1: assertion violated (0!=0) (at depth 38)\n${report(1)}`);
    expect(assertion).toMatchObject({ verdict: 'violated', what: 'assertion violated (0!=0)' });
    const cycle = parseOutcome(`pan:1: acceptance cycle (at depth 4)\n${report(1)}`);
    expect(cycle).toMatchObject({ verdict: 'violated', what: 'acceptance cycle' });
  });

  test('a search that was cut short decides nothing', () => {
    expect(parseOutcome(`error: max search depth too small\n${report(0)}`).verdict).toBe('incomplete');
    expect(parseOutcome(`pan: reached -DMEMLIM bound\n${report(0)}`).verdict).toBe('incomplete');
  });

  test('anything else is an error', () => {
    expect(() => parseOutcome('Segmentation fault')).toThrow('not the report of a verifier');
  });
});

describe.skipIf(!tools.found)('the Promela model', () => {
  let same: Comparison;
  beforeAll(async () => {
    same = await compare({ top: 1 });
  }, 3 * MINUTE_MS);

  test('SYNC-2, META-7, MODE-3: it reaches exactly the states, by exactly the transitions, of the real step', () => {
    expect(same.differences).toEqual([]);
    expect({ states: same.spin.states, transitions: same.spin.transitions - 1 }).toEqual({
      states: same.node.states,
      transitions: same.node.transitions,
    });
    expect(same.node.states).toBeGreaterThan(3_000);
  });

  test('every event of this world happens in it', () => {
    const events = new Set([...same.node.countByLabel().keys()].map((label) => eventOf(label).split(' ')[0]));
    const ofThisWorld = ['start', 'bootstrap', 'connect', 'tell', 'answer', 'absent', 'timeout', 'probeDue', 'forgive'];
    expect([...events].sort()).toEqual([...ofThisWorld, 'verified', 'executed', 'committed'].sort());
  });

  test('SYNC-5: a node that does not hear "I do not have it" is told from the model', () => {
    const deaf: typeof step = (facts, event: SyncEvent) =>
      event.type === 'blocksUnavailable' ? { state: facts, effects: [] } : step(facts, event);
    const oddities = (stepper: typeof step) => {
      const { seen } = enumerate({ top: 1 }, { stepper, seen: same.model.sibling(), statesMax: 500 });
      return seen.missingFrom(same.model, 1).count;
    };
    expect(oddities(step)).toBe(0);
    expect(oddities(deaf)).toBeGreaterThan(0);
  });

  test(
    'APPLY-1: a bug planted in the model is found, and the way there can be told',
    async () => {
      const canary = CANARIES.find(({ name }) => name === 'skipped verification');
      if (canary === undefined) throw new Error('no such canary');
      const verifier = await build('safety', canary.switches);
      const outcome = await run(verifier);
      expect(outcome.what).toMatch(canary.caught);
      const events = (await replayTrail(verifier)).map(eventOf);
      expect(events[0]).toMatch(/^start/);
      expect(events.join('\n')).toMatch(/answer liar with a forged block/);
    },
    MINUTE_MS,
  );
});
