import { nextRandom } from '../../src/core/random.ts';

/** Random draws from a seed: the same seed gives the same draws in the same order. */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed >>> 0;
    this.#state = this.seed;
  }

  /** From 0 to below 1. */
  unit(): number {
    const { state, value } = nextRandom(this.#state);
    this.#state = state;
    return value;
  }

  /** A whole number, both bounds included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1));
  }

  between(min: number, max: number): number {
    return min + this.unit() * (max - min);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** @throws Error when there is nothing to pick from */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.whole(0, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** Up to `count` different items. */
  sample<Item>(items: readonly Item[], count: number): Item[] {
    const left = [...items];
    const picked: Item[] = [];
    while (picked.length < count && left.length > 0) picked.push(...left.splice(this.whole(0, left.length - 1), 1));
    return picked;
  }

  /** A generator of its own, so that what one part of a run draws does not shift what another does. */
  fork(label: string): Random {
    return new Random(mixText(this.seed ^ 0x9e3779b9, label));
  }
}

/** Folds text into a 32-bit number; fast, and not meant to resist anybody. */
export function mixText(start: number, text: string): number {
  let mixed = start | 0;
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** 16 hex characters that stand for `text`. */
export function fingerprint(text: string): string {
  const high = mixText(0x811c9dc5, text);
  const low = mixText(high ^ 0x5bd1e995, text);
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
