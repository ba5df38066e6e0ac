/** Remembers what was seen, up to a capacity; beyond it the oldest is forgotten. */
export class SeenNonces {
  readonly #capacity: number;
  /** In order of insertion. */
  readonly #seen = new Set<string>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * True the first time a sender uses a nonce. The sender counts too: otherwise whoever overhears a nonce could have
   * the real message dropped by being first to use it.
   */
  isNew(sender: string, nonce: bigint): boolean {
    const key = `${sender}:${nonce.toString(36)}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (this.#seen.size > this.#capacity) {
      const oldest = this.#seen.values().next();
      if (oldest.done !== true) this.#seen.delete(oldest.value);
    }
    return true;
  }

  get size(): number {
    return this.#seen.size;
  }
}

/** Fills an array with random bytes; `crypto.getRandomValues` is one. */
export type RandomBytes = (into: Uint8Array<ArrayBuffer>) => unknown;

/** A random nonce of 64 bits that is not 0. */
export function randomNonce(random: RandomBytes): bigint {
  const bytes = new Uint8Array(8);
  random(bytes);
  const nonce = new DataView(bytes.buffer).getBigUint64(0);
  // 0 is not allowed; one time in 2^64 the result is 1 instead.
  return nonce === 0n ? 1n : nonce;
}
