/**
 * A 64-bit digest of plain data, for comparing states without keeping them: equal data has equal digests, whatever the
 * order of its fields, and also after a round trip through JSON. Not for use against somebody who looks for collisions.
 *
 * Of plain data as JSON has it: a field that is `undefined` counts as absent, and the field `body` of a block is left
 * out, since the core never looks into it and a trace does not hold it.
 */
export type Digest = (value: unknown) => string;

/**
 * Makes a digest that remembers the parts of what it saw last. A state shares nearly all of its parts with the one before
 * it, in the same places, so that only the new ones are looked at. The parts must never change, which is so for every
 * state of the core. (A WeakMap of parts would do for any order of states; it was measured to cost three times as much.)
 */
export function createDigest(): Digest {
  let last: Part | null = null;
  return (value) => {
    if (!isObject(value)) return textOf(hashPrimitive(value));
    last = partOf(value, last);
    return textOf(last);
  };
}

/** An object or array with its hash, and those of its own parts by their place in it. */
interface Part extends Hash {
  readonly source: object;
  readonly parts: readonly (Part | null)[];
}

/** @param before what was in this place */
function partOf(source: object, before: Part | null): Part {
  if (before !== null && before.source === source) return before;
  return Array.isArray(source) ? partOfArray(source, before) : partOfObject(source, before);
}

function partOfArray(source: readonly unknown[], before: Part | null): Part {
  const parts: (Part | null)[] = [];
  let hash = mixed(ARRAY, source.length, source.length);
  for (let i = 0; i < source.length; i++) {
    const item = source[i];
    const part = isObject(item) ? partOf(item, before?.parts[i] ?? null) : null;
    parts.push(part);
    const { low, high } = part ?? hashPrimitive(item);
    hash = mixed(hash, low, high);
  }
  return { source, parts, low: hash.low, high: hash.high };
}

/** The hash is the sum of the fields': it does not depend on their order. */
function partOfObject(source: object, before: Part | null): Part {
  const fields = source as Readonly<Record<string, unknown>>;
  const parts: (Part | null)[] = [];
  let low = 0;
  let high = 0;
  for (const name in fields) {
    const value = fields[name];
    const part = isObject(value) && name !== LEFT_OUT ? partOf(value, before?.parts[parts.length] ?? null) : null;
    parts.push(part);
    if (value === undefined || name === LEFT_OUT) continue;
    const { low: a, high: b } = part ?? hashPrimitive(value);
    const field = mixed(hashName(name), a, b);
    low = (low + field.low) | 0;
    high = (high + field.high) | 0;
  }
  const hash = mixed(OBJECT, low, high);
  return { source, parts, low: hash.low, high: hash.high };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A block's decoded form. */
export const LEFT_OUT = 'body';

/** Two lanes of 32 bits. */
interface Hash {
  readonly low: number;
  readonly high: number;
}

const ARRAY: Hash = { low: 0x2545f491, high: 0x4f6cdd1d };
const OBJECT: Hash = { low: 0x1b873593, high: 0x5bd1e995 };
const STRING: Hash = { low: 0x27d4eb2f, high: 0x165667b1 };
const NUMBER: Hash = { low: 0x3c6ef372, high: 0x510e527f };
const TRUE: Hash = { low: 0x61c88647, high: 0x7f4a7c15 };
const FALSE: Hash = { low: 0x0e8938a9, high: 0x6a09e667 };
const NOTHING: Hash = { low: 0x38495ab5, high: 0x2c1b3c6d };

function hashPrimitive(value: unknown): Hash {
  if (typeof value === 'string') return hashString(value);
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  // JSON has no numbers that are not finite, and no other kind of value.
  return typeof value === 'number' && Number.isFinite(value) ? hashNumber(value) : NOTHING;
}

const BITS = new DataView(new ArrayBuffer(8));

function hashNumber(value: number): Hash {
  const small = value | 0;
  if (small === value) return mixed(NUMBER, small, 0);
  BITS.setFloat64(0, value);
  return mixed(NUMBER, BITS.getInt32(0), BITS.getInt32(4) ^ 0x5f356495);
}

function hashString(text: string): Hash {
  let low = STRING.low ^ text.length;
  let high = STRING.high;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
    high ^= high >>> 15;
  }
  return mixed(STRING, low, high);
}

/** Names of fields are few and come again and again. */
const names = new Map<string, Hash>();
const NAMES_MAX = 1_000;

function hashName(name: string): Hash {
  const before = names.get(name);
  if (before !== undefined) return before;
  const hash = hashString(name);
  if (names.size < NAMES_MAX) names.set(name, hash);
  return hash;
}

/** Both lanes depend on every bit of what goes in. */
function mixed(seed: Hash, a: number, b: number): Hash {
  let low = seed.low ^ Math.imul(a ^ 0x7feb352d, 0x9e3779b1);
  let high = seed.high ^ Math.imul(b ^ 0x68e31da4, 0x85ebca77);
  low = Math.imul(low ^ (low >>> 16) ^ high, 0x7feb352d);
  high = Math.imul(high ^ (high >>> 15) ^ low, 0x846ca68b);
  low = Math.imul(low ^ (low >>> 15) ^ (high >>> 7), 0xc2b2ae35);
  high = Math.imul(high ^ (high >>> 13) ^ (low >>> 11), 0x27d4eb2f);
  return { low: (low ^ (low >>> 16)) | 0, high: (high ^ (high >>> 15)) | 0 };
}

function textOf({ low, high }: Hash): string {
  return hex(high) + hex(low);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}

/** A running checksum of lines of text. */
export class Checksum {
  #hash: Hash = STRING;

  add(line: string): void {
    const { low, high } = hashString(line);
    this.#hash = mixed(this.#hash, low, high);
  }

  get hex(): string {
    return textOf(this.#hash);
  }
}
