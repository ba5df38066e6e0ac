/** 64 bits that stand for a state: two unsigned 32-bit halves. */
export interface Fingerprint {
  readonly high: number;
  readonly low: number;
}

/** Takes a state's canonical form, piece by piece, in a fixed order. */
export interface KeyWriter {
  /** A whole number, safe as an integer; `null` is a value of its own. */
  number(value: number | null): void;
  text(value: string): void;
}

/** No number a state is made of: what `null` is written as. */
const NULL_WORD = 0x7fff_fff1;

/**
 * Hashes what is written to it in two independent lanes (MurmurHash3's mixing, different constants). For n states the
 * chance that any two share a fingerprint is about n * n / 2 ** 65: 3 in 100 million for 10 ** 6 states.
 */
export class FingerprintWriter implements KeyWriter {
  #high = 0;
  #low = 0;
  #words = 0;

  begin(): this {
    this.#high = 0x9747_b28c;
    this.#low = 0x3c6e_f372;
    this.#words = 0;
    return this;
  }

  number(value: number | null): void {
    if (value === null) return this.#word(NULL_WORD);
    const word = value | 0;
    this.#word(word);
    // What does not fit 32 bits, or would look like null, is told apart by a second word.
    if (word !== value || word === NULL_WORD) this.#word(Math.floor(value / 0x1_0000_0000) ^ 0x5bd1_e995);
  }

  text(value: string): void {
    this.#word(value.length);
    for (let i = 0; i < value.length; i++) this.#word(value.charCodeAt(i));
  }

  end(): Fingerprint {
    return { high: finish(this.#high ^ this.#words), low: finish(this.#low ^ this.#words) };
  }

  #word(word: number): void {
    this.#words++;
    let k = Math.imul(word, 0xcc9e_2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b87_3593);
    let h = this.#high ^ k;
    this.#high = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe654_6b64) | 0;
    k = Math.imul(word ^ 0x2545_f491, 0x9e37_79b1);
    k = Math.imul((k << 16) | (k >>> 16), 0x85eb_ca77);
    h = this.#low ^ k;
    this.#low = (Math.imul((h << 11) | (h >>> 21), 9) + 0x27d4_eb2f) | 0;
  }
}

/** Keeps the canonical form itself: what fingerprints are checked against, and what a person can read. */
export class TextKeyWriter implements KeyWriter {
  readonly #parts: string[] = [];

  number(value: number | null): void {
    this.#parts.push(value === null ? '-' : String(value));
  }

  text(value: string): void {
    this.#parts.push(JSON.stringify(value));
  }

  end(): string {
    return this.#parts.join(' ');
  }
}

function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
