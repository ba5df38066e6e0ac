import type { Fingerprint } from './fingerprint.ts';

const LOAD_MAX = 0.7;

/**
 * Which states have been seen: fingerprint to the state's number, in order of arrival. Open addressing over typed
 * arrays: 12 bytes a slot, no object a state (a JS `Map` ends at 16.7 million entries).
 */
export class FingerprintTable {
  #high: Uint32Array;
  #low: Uint32Array;
  /** The state's number plus one; 0: the slot is free. */
  #stateAfter: Uint32Array;
  #size = 0;

  /** @param slots to begin with; a power of two. Doubled when 70 % are taken. */
  constructor(slots = 1 << 16) {
    if (slots < 2 || (slots & (slots - 1)) !== 0) throw new Error(`${slots} slots are not a power of two`);
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#stateAfter = new Uint32Array(slots);
  }

  get size(): number {
    return this.#size;
  }

  /** The share of slots taken, 0 to 1. */
  get load(): number {
    return this.#size / this.#high.length;
  }

  get bytes(): number {
    return 12 * this.#high.length;
  }

  /** The number of the state with this fingerprint. A new one gets the next number: `size` as it was before. */
  add({ high, low }: Fingerprint): number {
    const slot = this.#slotOf(high, low);
    const known = this.#stateAfter[slot] ?? 0;
    if (known !== 0) return known - 1;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#stateAfter[slot] = ++this.#size;
    if (this.#size > LOAD_MAX * this.#high.length) this.#grow();
    return this.#size - 1;
  }

  /** The number of the state with this fingerprint, or undefined. */
  find({ high, low }: Fingerprint): number | undefined {
    const known = this.#stateAfter[this.#slotOf(high, low)] ?? 0;
    return known === 0 ? undefined : known - 1;
  }

  /** Where the fingerprint is, or the free slot where it belongs. */
  #slotOf(high: number, low: number): number {
    const mask = this.#high.length - 1;
    let slot = low & mask;
    while (this.#stateAfter[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [high, low, stateAfter] = [this.#high, this.#low, this.#stateAfter];
    const slots = 2 * high.length;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#stateAfter = new Uint32Array(slots);
    for (let i = 0; i < high.length; i++) {
      const state = stateAfter[i] ?? 0;
      if (state === 0) continue;
      const slot = this.#slotOf(high[i] ?? 0, low[i] ?? 0);
      this.#high[slot] = high[i] ?? 0;
      this.#low[slot] = low[i] ?? 0;
      this.#stateAfter[slot] = state;
    }
  }
}
