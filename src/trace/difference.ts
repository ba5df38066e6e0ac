/** One field that is not the same. `undefined`: it is not there. */
export interface Difference {
  /** As one would write it, `window.bufferedBlocks` or `effects[2].delayMs`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** How many differences are looked for. */
export const DIFFERENCES_MAX = 50;

/**
 * The fields in which two pieces of plain data differ, in order, up to a number. Parts that are one and the same object
 * are passed over unseen, so that comparing two states that follow each other is cheap.
 */
export function differencesOf(before: unknown, after: unknown, path = '', max = DIFFERENCES_MAX): Difference[] {
  const found: Difference[] = [];
  compare(before, after, path, found, max);
  return found;
}

function compare(before: unknown, after: unknown, path: string, found: Difference[], max: number): void {
  if (before === after || found.length >= max) return;
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(before[name], after[name], pathTo(path, name, Array.isArray(before)), found, max);
    }
  } else {
    found.push({ path, before, after });
  }
}

function pathTo(path: string, name: string, inArray: boolean): string {
  if (inArray) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A difference on one line, long values cut. */
export function describeDifference({ path, before, after }: Difference, from: string, to: string): string {
  return `${path}: ${from} ${shown(before)}, ${to} ${shown(after)}`;
}

const VALUE_CHARS_MAX = 120;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}...` : text;
}
