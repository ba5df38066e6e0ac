import { describe, expect, it } from 'vitest';
import { StateGraph, findFairTrap } from '../../properties/exploration/cycles.ts';
import { FingerprintTable } from '../../properties/exploration/fingerprint-table.ts';
import { FingerprintWriter } from '../../properties/exploration/fingerprint.ts';
import type { System } from '../../properties/exploration/search.ts';
import { explore } from '../../properties/exploration/search.ts';

type Counters = readonly number[];

/** `count` counters from 0 to `top`, each of which may be raised: (top + 1) ** count states. */
function counters(count: number, top: number, broken?: (state: Counters) => string | null): System<Counters, number> {
  const writer = new FingerprintWriter();
  return {
    initial: Array.from({ length: count }, () => 0),
    actions: (state) => state.flatMap((value, i) => (value < top ? [i] : [])),
    apply: (state, action) => ({ state: state.map((value, i) => value + (i === action ? 1 : 0)), broken: null }),
    fingerprint: (state) => {
      writer.begin();
      for (const value of state) writer.number(value);
      return writer.end();
    },
    ...(broken === undefined ? {} : { broken }),
  };
}

describe('the search', () => {
  it('visits every reachable state once, by every transition, nearest first', () => {
    const found = explore(counters(4, 6));
    expect(found).toMatchObject({
      states: 7 ** 4,
      transitions: 4 * 6 * 7 ** 3,
      depth: 24,
      complete: true,
      frontier: 0,
    });
  });

  it('makes states again when it may not keep them, and finds the same', () => {
    const kept = explore(counters(4, 5));
    const again = explore(counters(4, 5), { statesHeldMax: 3 });
    expect([again.states, again.transitions, again.depth]).toEqual([kept.states, kept.transitions, kept.depth]);
    expect(again.pathTo(500)).toEqual(kept.pathTo(500));
  });

  it('gives a shortest way to what is broken', () => {
    const isBad = (state: Counters) => (state[0] === 2 && state[2] === 1 ? 'two and one' : null);
    const { violation, complete } = explore(counters(3, 4, isBad));
    expect(violation?.what).toBe('two and one');
    expect([...(violation?.path ?? [])].sort()).toEqual([0, 0, 2]);
    expect(complete).toBe(false);
  });

  it('stops at the number of states it may visit, and says that it is not complete', () => {
    const found = explore(counters(4, 9), { statesMax: 1_000 });
    expect(found.complete).toBe(false);
    expect(found.states).toBeGreaterThanOrEqual(1_000);
    expect(found.states).toBeLessThan(1_010);
    expect(found.frontier).toBeGreaterThan(0);
  });
});

describe('the fingerprint table', () => {
  it('numbers fingerprints in order of arrival and knows each again, while it grows', () => {
    const table = new FingerprintTable(2);
    const numbers = Array.from({ length: 5_000 }, (_, i) => i);
    const add = (i: number) => table.add({ high: i * 7, low: i % 3 });
    expect(numbers.map(add)).toEqual(numbers);
    expect(numbers.map(add)).toEqual(numbers);
    expect(table.size).toBe(5_000);
    expect(table.load).toBeLessThanOrEqual(0.7);
    expect(table.bytes).toBe(12 * 8_192);
  });

  it('tells fingerprints apart that fall into one slot, or share one half', () => {
    const table = new FingerprintTable(16);
    const alike = [
      { high: 1, low: 3 },
      { high: 1, low: 3 + 16 },
      { high: 2, low: 3 },
      { high: 0, low: 0 },
      { high: 0xffff_ffff, low: 0xffff_ffff },
    ];
    expect(alike.map((each) => table.add(each))).toEqual([0, 1, 2, 3, 4]);
    expect(alike.map((each) => table.find(each))).toEqual([0, 1, 2, 3, 4]);
    expect(table.find({ high: 1, low: 4 })).toBeUndefined();
    expect(() => new FingerprintTable(12)).toThrow('power of two');
  });

  it('fingerprints differ where states do: order, length, null, large and negative numbers', () => {
    const writer = new FingerprintWriter();
    const print = (...values: (number | null)[]) => {
      writer.begin();
      for (const value of values) writer.number(value);
      const { high, low } = writer.end();
      return `${high}:${low}`;
    };
    const states = [[], [0], [0, 0], [null], [1, 2], [2, 1], [-1], [2 ** 32 - 1], [2 ** 32], [2 ** 40], [0x7fff_fff1]];
    expect(new Set(states.map((state) => print(...state))).size).toBe(states.length);
    const many = new Set<string>();
    for (let a = 0; a < 100; a++) for (let b = 0; b < 100; b++) many.add(print(a, b));
    expect(many.size).toBe(10_000);
  });
});

describe('fair traps', () => {
  /** Transitions as [from, to, fairness class]; `enabled` is what each state owes. */
  function graphOf(enabled: readonly number[], goals: readonly number[], edges: readonly (readonly number[])[]) {
    const graph = new StateGraph();
    for (const [state, mask] of enabled.entries()) {
      graph.addState(goals.includes(state), mask);
      for (const [from, to = 0, classes = 0] of edges) if (from === state) graph.addTransition(to, classes);
    }
    return graph;
  }

  it('a cycle that puts off what is owed all along is no trap', () => {
    const edges = [
      [0, 1],
      [1, 0],
      [1, 2, 1],
    ];
    expect(findFairTrap(graphOf([1, 1, 0], [2], edges))).toEqual({ trap: null, cycles: 1 });
  });

  it('a cycle in which what is owed is done, or not always possible, is one; and the way around it is told', () => {
    const done = findFairTrap(
      graphOf(
        [1, 1, 0],
        [2],
        [
          [0, 1],
          [1, 0, 1],
          [1, 2, 1],
        ],
      ),
    );
    expect(done.trap).toEqual({ entry: 0, states: 2, cycle: [0, 0] });
    const sometimes = findFairTrap(
      graphOf(
        [1, 0, 0],
        [2],
        [
          [0, 1],
          [1, 0],
          [0, 2, 1],
        ],
      ),
    );
    expect(sometimes.trap?.states).toBe(2);
  });

  it('a cycle through a goal is no trap', () => {
    expect(
      findFairTrap(
        graphOf(
          [0, 0],
          [1],
          [
            [0, 1],
            [1, 0],
          ],
        ),
      ).trap,
    ).toBeNull();
  });

  it('a state in which the run ends is one, unless it is a goal', () => {
    expect(findFairTrap(graphOf([0, 0], [], [[0, 1]])).trap).toEqual({ entry: 1, states: 1, cycle: [] });
    expect(findFairTrap(graphOf([0, 0], [1], [[0, 1]])).trap).toBeNull();
  });

  it('a long chain of states does not overflow the stack', () => {
    const length = 50_000;
    const graph = new StateGraph();
    for (let state = 0; state < length; state++) {
      graph.addState(false, 0);
      graph.addTransition(state + 1 < length ? state + 1 : length - 3, 0);
    }
    expect(findFairTrap(graph).trap?.states).toBe(3);
  });
});
