import { StateSyncError, type ErrorCode } from '../../src/protocol/errors.ts';

/** @throws Error with `words` when `condition` does not hold */
export function assertThat(condition: boolean, words: string): asserts condition {
  if (!condition) throw new Error(words);
}

/** Compares by value: numbers, texts, bytes, lists and plain objects of these. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [show(actual), show(expected)];
  assertThat(got === wanted, `${what}: expected ${wanted}, got ${got}`);
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
