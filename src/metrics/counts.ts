/**
 * Sums by labels, as plain numbers: an event costs a look-up in a map or two, and the client's own objects are filled
 * when somebody asks.
 */
export class Counts {
  readonly #sums = new Map<string, number>();

  add(amount: number, ...labels: readonly string[]): void {
    const key = labels.join(SEPARATOR);
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + amount);
  }

  /** Forgets everything under this first label. */
  forget(first: string): void {
    for (const key of this.#sums.keys()) {
      if (key === first || key.startsWith(first + SEPARATOR)) this.#sums.delete(key);
    }
  }

  *entries(): Generator<readonly [labels: readonly string[], sum: number]> {
    for (const [key, sum] of this.#sums) yield [key === '' ? [] : key.split(SEPARATOR), sum];
  }
}

const SEPARATOR = '\u0000';
