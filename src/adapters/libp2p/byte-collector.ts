const ROOM_BYTES_MIN = 65_536;

/**
 * Gathers bytes up to a known bound. Memory grows with the bytes that came, at most twofold, not with the bound: neither
 * a claimed length nor a drip of one-byte pieces costs more than what was really sent.
 */
export class ByteCollector {
  readonly bytesMax: number;
  #room: Uint8Array;
  #length = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
    this.#room = new Uint8Array(Math.min(bytesMax, ROOM_BYTES_MIN));
  }

  get length(): number {
    return this.#length;
  }

  get free(): number {
    return this.bytesMax - this.#length;
  }

  /** The caller has checked that `bytes` fits into `free`. */
  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#room.length) {
      const grown = new Uint8Array(Math.min(this.bytesMax, Math.max(length, this.#room.length * 2)));
      grown.set(this.#room.subarray(0, this.#length));
      this.#room = grown;
    }
    this.#room.set(bytes, this.#length);
    this.#length = length;
  }

  bytes(): Uint8Array {
    return this.#room.subarray(0, this.#length);
  }
}
