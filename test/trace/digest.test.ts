import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDigest } from '../../src/trace/index.ts';
import { Walk } from '../../properties/arbitraries/core-walk/walk.ts';
import { choicesOf } from './walk-trace.ts';

describe('the digest of a state', () => {
  it('is the same with and without memory, after JSON, and for any order of fields', () => {
    const walk = new Walk({ seed: 3 });
    const remembering = createDigest();
    let [states, distinct] = [0, new Set<string>()];
    walk.world.onStep = (event) => {
      const { facts } = walk.world;
      const digest = remembering(facts);
      distinct = distinct.add(digest);
      if (states++ % 5 !== 0) return;
      expect(createDigest()(facts), event.type).toBe(digest);
      expect(createDigest()(JSON.parse(JSON.stringify(facts)))).toBe(digest);
      expect(createDigest()(Object.fromEntries(Object.entries(facts).reverse()))).toBe(digest);
    };
    for (const choice of choicesOf(3, 300)) walk.take(choice);
    expect(states).toBeGreaterThan(250);
    expect(distinct.size).toBeGreaterThan(states * 0.8);
  });

  it('is another one for any other data', () => {
    const seen = new Map<string, string>();
    const data = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(data, (value) => {
        const text = canonical(value);
        const digest = createDigest()(value);
        expect(seen.get(digest) ?? text).toBe(text);
        seen.set(digest, text);
      }),
      { seed: 20_261_123, numRuns: 3_000 },
    );
    expect(seen.size).toBeGreaterThan(1_000);
  });

  it('changes with every leaf of a state', () => {
    const walk = new Walk({ seed: 3 });
    for (const choice of choicesOf(5, 200)) walk.take(choice);
    const text = JSON.stringify(walk.world.facts);
    const digest = createDigest()(walk.world.facts);
    const leaves = leavesOf(JSON.parse(text));
    for (const path of leaves) {
      const changed = JSON.parse(text) as unknown;
      change(changed, path);
      expect(createDigest()(changed), path.join('.')).not.toBe(digest);
    }
    expect(leaves.length).toBeGreaterThan(200);
  });

  it.each([
    [
      { a: 1, b: 2 },
      { a: 2, b: 1 },
    ],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    [[], {}],
    [[[], []], [[[]]]],
    [{ a: null }, {}],
    [0, ''],
    [1, '1'],
    [0.5, -0.5],
    [2 ** 40, 2 ** 41],
    [{ a: { b: 1 } }, { a: 1, b: 1 }],
  ])('tells %j from %j', (one, other) => {
    expect(createDigest()(one)).not.toBe(createDigest()(other));
  });
});

function canonical(value: unknown): string {
  const sorted = (_name: string, field: unknown): unknown =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(
          Object.entries(field)
            .filter(([name]) => name !== 'body')
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : field;
  return JSON.stringify(value, sorted);
}

type Path = readonly string[];

function leavesOf(value: unknown, path: Path = []): Path[] {
  if (path.at(-1) === 'body') return [];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, field]) => leavesOf(field, [...path, name]));
}

function change(root: unknown, path: Path): void {
  const last = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce((at, name) => (at as Record<string, unknown>)[name], root) as Record<
    string,
    unknown
  >;
  const value = parent[last];
  parent[last] = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}x`;
}
