import { StateSyncError, type ErrorCode } from '../../src/protocol/errors.ts';

/** @throws Error with `words` when `condition` does not hold */
export function assertThat(condition: boolean, words: string): asserts condition {
  if (!condition) throw new Error(words);
}

/** More than this is not read, and only where it begins to differ is told. */
const SHOWN_MAX = 200;

/** Compares by value: numbers, texts, bytes, lists and plain objects of these. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [show(actual), show(expected)];
  if (got === wanted) return;
  if (Math.max(got.length, wanted.length) <= SHOWN_MAX) throw new Error(`${what}: expected ${wanted}, got ${got}`);
  const { at, actual: is, expected: must } = firstDifference(plain(actual), plain(expected), '');
  throw new Error(
    `${what}, at ${at === '' ? 'the whole' : at}: expected ${shortened(show(must))}, got ${shortened(show(is))}`,
  );
}

interface Difference {
  /** As one would write it in code: `[3].height`. */
  readonly at: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/** Of two plain values that differ: the first place where they do. */
function firstDifference(actual: unknown, expected: unknown, at: string): Difference {
  const here = { at, actual, expected };
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) return here;
  if (Array.isArray(actual) !== Array.isArray(expected)) return here;
  const [is, must] = [actual as Record<string, unknown>, expected as Record<string, unknown>];
  const key = [...new Set([...Object.keys(is), ...Object.keys(must)])].find(
    (each) => show(is[each]) !== show(must[each]),
  );
  if (key === undefined) return here;
  return firstDifference(is[key], must[key], Array.isArray(actual) ? `${at}[${key}]` : `${at}.${key}`);
}

function shortened(words: string): string {
  return words.length <= SHOWN_MAX ? words : `${words.slice(0, SHOWN_MAX)}..`;
}

/** The promise must reject with a StateSyncError of one of these codes. */
export async function assertRejects(
  work: () => Promise<unknown>,
  codes: readonly ErrorCode[],
  what: string,
): Promise<void> {
  let thrown: unknown;
  try {
    await work();
  } catch (error) {
    thrown = error;
  }
  assertThat(thrown !== undefined, `${what}: expected ${codes.join(' or ')}, but nothing was thrown`);
  const got = thrown instanceof Error ? thrown.message : show(thrown);
  assertThat(
    thrown instanceof StateSyncError && codes.includes(thrown.code),
    `${what}: expected ${codes.join(' or ')}, got ${got}`,
  );
}

function show(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(plain(value));
}

/** The value in terms of JSON, its fields in one order. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return { integer: value.toString() };
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (value instanceof Map) return { map: [...value].map(plain) };
  if (Array.isArray(value)) return value.map(plain);
  const fields = Object.entries(value).map(([name, field]) => [name, plain(field)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}
