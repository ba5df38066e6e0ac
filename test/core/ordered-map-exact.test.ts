import { describe, expect, it } from 'vitest';
import { hashKey, MapKind } from '../../src/core/ordered-map.ts';
import { nextRandom } from '../../src/core/random.ts';

describe('hashes of keys', () => {
  /** Written from the definition: FNV-1a over the parts, then MurmurHash3's finaliser. */
  it.each([
    { salt: 0, key: '' },
    { salt: 0, key: 'a' },
    { salt: 7, key: 'peer-1' },
    { salt: 0xffff_ffff, key: 'peer-1' },
  ])('the hash of "$key" with salt $salt is that of FNV-1a and the finaliser', ({ salt, key }) => {
    let hash = BigInt(salt) ^ 0x811c9dc5n;
    for (const char of key) hash = ((hash ^ BigInt(char.charCodeAt(0))) * 0x01000193n) & 0xffffffffn;
    hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & 0xffffffffn;
    hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & 0xffffffffn;
    expect(hashKey(salt, key)).toBe(Number(hash ^ (hash >> 16n)));
  });

  const KEYS = [0, 1, -1, 0.5, 1.5, 2 ** 15, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 40 + 0.25, 1e15] as const;

  it('numbers of every size, whole or not, have hashes of their own', () => {
    expect(new Set(KEYS.map((key) => hashKey(7, key))).size).toBe(KEYS.length);
    expect(new Set(KEYS.map((key) => hashKey(8, key))).size).toBe(KEYS.length);
  });

  it('every part of a tuple counts, and their order', () => {
    const keys = [[1, 'a'], [1, 'b'], [2, 'a'], ['a', 1], [1], ['a'], [1, 2], [2, 1], [1, 2, 3]] as const;
    expect(new Set(keys.map((key) => hashKey(7, key))).size).toBe(keys.length);
  });

  it('are spread evenly: any bit of those of keys in a row is set half of the time', () => {
    for (const keyAt of [(i: number) => i, (i: number) => i * 2 ** 32, (i: number) => i / 4_096]) {
      const bits = new Array<number>(32).fill(0);
      for (let i = 0; i < 4_096; i++) {
        const hash = hashKey(7, keyAt(i));
        expect(hash).toBeGreaterThanOrEqual(0);
        for (let bit = 0; bit < 32; bit++) bits[bit] = (bits[bit] ?? 0) + ((hash >>> bit) & 1);
      }
      for (const set of bits) expect(Math.abs(set - 2_048)).toBeLessThan(300);
    }
  });
});

describe('the random generator', () => {
  it('is Mulberry32: its first numbers from a seed are those of the definition', () => {
    const from = (seed: number, count: number) => {
      const values: number[] = [];
      for (let state = seed; values.length < count;) {
        const next = nextRandom(state);
        values.push(next.value * 4_294_967_296);
        state = next.state;
      }
      return values;
    };
    expect(from(0, 3)).toEqual([1144304738, 1416247, 958946056]);
    expect(from(1, 3)).toEqual([2693262067, 11749833, 2265367787]);
  });
});

describe('an ordered map without a measure', () => {
  const heights = new MapKind<number, string>();
  const map = [5, 1, 9, 3, 7].reduce((made, key) => heights.set(made, key, `at ${key}`), heights.empty(3));

  it('has no summaries, counts what is at or below a key, and finds in key order', () => {
    expect(heights.upTo(map, 6)).toEqual({ size: 3, summary: null });
    expect(heights.upTo(map, 0)).toBeNull();
    expect(heights.size(heights.empty(3))).toBe(0);
    expect(
      heights.find(
        map,
        () => true,
        (_value, key) => key > 3,
      )?.value,
    ).toBe('at 5');
    expect(heights.get(map, 4)).toBeUndefined();
  });

  it('a set that changes nothing is the same map, one of another value leaves the shape as it is', () => {
    expect(heights.set(map, 5, 'at 5')).toBe(map);
    const other = heights.set(map, 5, 'other');
    expect([...heights.entries(other)].map(({ key, value }) => [key, value])).toEqual([
      [1, 'at 1'],
      [3, 'at 3'],
      [5, 'other'],
      [7, 'at 7'],
      [9, 'at 9'],
    ]);
    expect(other.root?.key).toBe(map.root?.key);
  });

  it('deleting or dropping what is not there is the same map; appending nothing too', () => {
    expect(heights.delete(map, 4)).toBe(map);
    expect(heights.dropBefore(map, 1)).toBe(map);
    expect(heights.append(map, heights.empty(3))).toBe(map);
    expect(heights.dropBefore(map, 10).root).toBeNull();
  });
});
