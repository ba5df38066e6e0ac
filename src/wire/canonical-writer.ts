const SCRATCH_BYTES_MIN = 16_384;
/** A longer scratch is let go after use. */
const SCRATCH_BYTES_KEPT = 4_194_304;
const VARINT_BYTES_MAX = 10;
const UINT32_RANGE = 2 ** 32;

const utf8 = new TextEncoder();

/**
 * Writes protobuf values from the last byte to the first, so that the length of a nested message is known when it is to
 * be written. Values that come after one another in the message are written in the opposite order.
 */
export class CanonicalWriter {
  #bytes = new Uint8Array(SCRATCH_BYTES_MIN);
  /** What is written begins here, and goes up to the end. */
  #at = this.#bytes.length;

  /** Bytes written so far; what a nested message's length is worked out from. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }

  /** A copy of what was written; the writer is empty again. */
  finish(): Uint8Array {
    const written = this.#bytes.slice(this.#at);
    this.reset();
    return written;
  }

  reset(): void {
    if (this.#bytes.length > SCRATCH_BYTES_KEPT) this.#bytes = new Uint8Array(SCRATCH_BYTES_MIN);
    this.#at = this.#bytes.length;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#at -= bytes.length;
    this.#bytes.set(bytes, this.#at);
  }

  text(text: string): void {
    this.#room(text.length);
    const start = this.#at - text.length;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return this.raw(utf8.encode(text));
      this.#bytes[start + index] = unit;
    }
    this.#at = start;
  }

  /** 64 bits; a negative number is its two's complement. */
  varint(value: number | bigint): void {
    if (typeof value === 'bigint' || value < 0) return this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
    this.#room(VARINT_BYTES_MAX);
    let length = 1;
    for (let limit = 0x80; value >= limit; limit *= 0x80) length += 1;
    this.#at -= length;
    let at = this.#at;
    let rest = value;
    for (; rest >= UINT32_RANGE; rest = Math.floor(rest / 0x80)) this.#bytes[at++] = (rest % 0x80) | 0x80;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[at++] = (rest & 0x7f) | 0x80;
    this.#bytes[at] = rest;
  }

  #bigVarint(value: bigint): void {
    const groups: number[] = [];
    for (let rest = value; rest > 0x7fn; rest >>= 7n) groups.push(Number(rest & 0x7fn) | 0x80);
    groups.push(Number(value >> BigInt(7 * groups.length)));
    this.raw(Uint8Array.from(groups));
  }

  #room(bytes: number): void {
    if (this.#at >= bytes) return;
    const { length } = this;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, length + bytes));
    grown.set(this.#bytes.subarray(this.#at), grown.length - length);
    this.#bytes = grown;
    this.#at = grown.length - length;
  }
}
