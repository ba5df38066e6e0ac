import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node, OrderedMap } from '../../src/core/ordered-map.ts';
import { hashKey, MapKind } from '../../src/core/ordered-map.ts';

type Key = readonly [number, string];
type Spread = { readonly min: number; readonly max: number };
type Map = OrderedMap<Key, number, Spread>;

const kind = new MapKind<Key, number, Spread>({
  of: (_key, value) => ({ min: value, max: value }),
  join: (a, b) => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }),
});

/** The model: entries in a sorted array. */
type Model = readonly (readonly [Key, number])[];
const order = (a: Key, b: Key) => a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
const modelSet = (model: Model, key: Key, value: number): Model =>
  [...model.filter(([other]) => order(other, key) !== 0), [key, value] as const].sort((a, b) => order(a[0], b[0]));
const modelDelete = (model: Model, key: Key): Model => model.filter(([other]) => order(other, key) !== 0);

const keys = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.constantFrom('', 'a', 'b', 'aa', '\u{1F600}'));
const commands = fc.array(fc.tuple(fc.boolean(), keys, fc.nat(50)), { maxLength: 80, size: 'max' });

function build(steps: readonly (readonly [boolean, Key, number])[], salt = 7): { map: Map; model: Model } {
  let map: Map = kind.empty(salt);
  let model: Model = [];
  for (const [sets, key, value] of steps) {
    map = sets || value > 30 ? kind.set(map, key, value) : kind.delete(map, key);
    model = sets || value > 30 ? modelSet(model, key, value) : modelDelete(model, key);
  }
  return { map, model };
}

const entry = (node: Node<Key, number, Spread> | null) => (node === null ? null : [node.key, node.value]);
const listed = (map: Map) => [...kind.entries(map)].map(({ key, value }) => [key, value]);

describe('the ordered map against a sorted array', () => {
  it('set, delete, get, size, first, last and entries agree', () => {
    fc.assert(
      fc.property(commands, keys, (steps, key) => {
        const { map, model } = build(steps);
        expect(listed(map)).toEqual(model);
        expect(kind.size(map)).toBe(model.length);
        expect(kind.get(map, key)).toBe(model.find(([other]) => order(other, key) === 0)?.[1]);
        expect(entry(kind.first(map))).toEqual(model[0] ?? null);
        expect(entry(kind.last(map))).toEqual(model.at(-1) ?? null);
      }),
      { seed: 1 },
    );
  });

  it('atOrAfter, atOrBefore, upTo and find agree', () => {
    fc.assert(
      fc.property(commands, keys, fc.nat(50), (steps, key, wanted) => {
        const { map, model } = build(steps);
        expect(entry(kind.atOrAfter(map, key))).toEqual(model.find(([other]) => order(other, key) >= 0) ?? null);
        expect(entry(kind.atOrBefore(map, key))).toEqual(model.findLast(([other]) => order(other, key) <= 0) ?? null);
        const below = model.filter(([other]) => order(other, key) <= 0).map(([, value]) => value);
        const summary = { min: Math.min(...below), max: Math.max(...below) };
        expect(kind.upTo(map, key)).toEqual(below.length === 0 ? null : { size: below.length, summary });
        const found = kind.find(
          map,
          ({ min, max }) => min <= wanted && wanted <= max,
          (value) => value === wanted,
        );
        expect(entry(found)).toEqual(model.find(([, value]) => value === wanted) ?? null);
      }),
      { seed: 2 },
    );
  });

  it('append and dropBefore agree, have the shape that one by one would give, and leave no change as it was', () => {
    fc.assert(
      fc.property(commands, commands, keys, (steps, more, key) => {
        const { map, model } = build(steps);
        const higher = more.map(([sets, [n, name], value]) => [sets, [n + 20, name], value] as const);
        const above = build(higher);
        const appended = kind.append(map, above.map);
        expect(listed(appended)).toEqual([...model, ...above.model]);
        expect(appended).toEqual(above.model.reduce((made, [each, value]) => kind.set(made, each, value), map));
        const dropped = kind.dropBefore(appended, key);
        const below = model.filter(([other]) => order(other, key) < 0);
        expect(dropped).toEqual(below.reduce((made, [each]) => kind.delete(made, each), appended));
        expect(kind.dropBefore(dropped, key)).toBe(dropped);
        expect(listed(map)).toEqual(model);
      }),
      { seed: 6 },
    );
  });

  it('a change leaves the old version as it was, and no change is the same map', () => {
    fc.assert(
      fc.property(commands, keys, fc.nat(50), (steps, key, value) => {
        const { map, model } = build(steps);
        const set = kind.set(map, key, value);
        const deleted = kind.delete(map, key);
        expect(listed(map)).toEqual(model);
        expect(kind.set(set, key, value)).toBe(set);
        expect(kind.delete(deleted, key)).toBe(deleted);
      }),
      { seed: 3 },
    );
  });

  it('its shape depends on its content alone, whatever the order things were put in', () => {
    fc.assert(
      fc.property(commands, fc.nat(), fc.nat(), (steps, salt, turn) => {
        const { map, model } = build(steps, salt);
        const rotated = [...model.slice(turn % (model.length + 1)), ...model.slice(0, turn % (model.length + 1))];
        const again = rotated.reduce((made, [key, value]) => kind.set(made, key, value), kind.empty(salt));
        expect(again).toEqual(map);
      }),
      { seed: 4 },
    );
  });

  it('every node has the size, the summary and the priority of what is below it', () => {
    const check = (node: Node<Key, number, Spread> | null): number[] => {
      if (node === null) return [];
      const values = [...check(node.left), node.value, ...check(node.right)];
      expect(node.size).toBe(values.length);
      expect(node.summary).toEqual({ min: Math.min(...values), max: Math.max(...values) });
      for (const child of [node.left, node.right])
        expect(child?.priority ?? -Infinity).toBeLessThanOrEqual(node.priority);
      return values;
    };
    fc.assert(
      fc.property(commands, (steps) => void check(build(steps).map.root)),
      { seed: 5 },
    );
  });
});

describe('the shape of the ordered map', () => {
  const depth = (node: Node<unknown, unknown, unknown> | null): number =>
    node === null ? 0 : 1 + Math.max(depth(node.left), depth(node.right));

  it.each([0, 1, 0xffff_ffff])('10,000 keys in a row stay shallow, with salt %i', (salt) => {
    const heights = new MapKind<number, null>();
    let map = heights.empty(salt);
    for (let height = 1; height <= 10_000; height++) map = heights.set(map, height, null);
    expect(depth(map.root)).toBeLessThan(45);
    const names = new MapKind<Key, null>();
    let peers = names.empty(salt);
    for (let i = 1; i <= 10_000; i++) peers = names.set(peers, [1_000_000, `peer-${i}`], null);
    expect(depth(peers.root)).toBeLessThan(45);
  });

  it('who does not know the salt cannot choose keys that make it deep', () => {
    const names = new MapKind<string, null>();
    const chosen = Array.from({ length: 30_000 }, (_, i) => `id-${i}`)
      .sort()
      .filter((name, i, all) => {
        // Keys whose priorities rise with their order under salt 0: a chain, if the salt were 0.
        return i === 0 || hashKey(0, name) > hashKey(0, all[i - 1] ?? '');
      });
    const map = chosen.reduce((made, name) => names.set(made, name, null), names.empty(0x1234_5678));
    expect(depth(map.root)).toBeLessThan(60);
  });
});
