import { StateSyncError } from '../../protocol/errors.ts';
import { ByteCollector } from './byte-collector.ts';

/** A frame is a message behind its length, an unsigned varint. Lengths that matter fit in 4 bytes (256 MiB). */
const PREFIX_BYTES_MAX = 4;
const PREFIX_LENGTH_MAX = 2 ** (7 * PREFIX_BYTES_MAX) - 1;

/** Lays messages out as frames, one after the other, in one piece of memory. */
export function writeFrames(messages: readonly Uint8Array[]): Uint8Array {
  let bytes = 0;
  for (const message of messages) bytes += prefixBytes(message.length) + message.length;
  const out = new Uint8Array(bytes);
  let at = 0;
  for (const message of messages) {
    let length = message.length;
    for (; length > 0x7f; length >>>= 7) out[at++] = (length & 0x7f) | 0x80;
    out[at++] = length;
    out.set(message, at);
    at += message.length;
  }
  return out;
}

function prefixBytes(length: number): number {
  if (length > PREFIX_LENGTH_MAX) throw new StateSyncError('OVERSIZE_MESSAGE', `a frame of ${length} bytes`);
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : 4;
}

/** Cuts a stream of bytes into frames. A frame's length is checked before anything is allocated for it. */
export class FrameReader {
  readonly #bytesMax: number;
  /** The length prefix read so far, while it is incomplete. */
  #length = 0;
  #prefixBytes = 0;
  /** The frame whose bytes have come in part. */
  #partial: ByteCollector | null = null;

  constructor(bytesMax: number) {
    this.#bytesMax = Math.min(bytesMax, PREFIX_LENGTH_MAX);
  }

  /** A frame has begun and is not whole. */
  get midFrame(): boolean {
    return this.#partial !== null || this.#prefixBytes > 0;
  }

  /**
   * Calls `frame` for each frame that `chunk` completes; the bytes may share memory with `chunk`.
   * @throws StateSyncError OVERSIZE_MESSAGE, MALFORMED_MESSAGE; the reader is of no use after it
   */
  push(chunk: Uint8Array, frame: (bytes: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#partial !== null) {
        at = this.#gather(this.#partial, chunk, at, frame);
        continue;
      }
      const byte = chunk[at++] ?? 0;
      this.#readPrefix(byte);
      if (byte >= 0x80) continue;
      const length = this.#length;
      this.#length = 0;
      this.#prefixBytes = 0;
      if (chunk.length - at >= length) {
        frame(chunk.subarray(at, at + length));
        at += length;
      } else {
        this.#partial = new ByteCollector(length);
      }
    }
  }

  #readPrefix(byte: number): void {
    this.#length += (byte & 0x7f) * 2 ** (7 * this.#prefixBytes);
    this.#prefixBytes += 1;
    if (this.#length > this.#bytesMax) {
      throw new StateSyncError('OVERSIZE_MESSAGE', `a frame of ${this.#length} bytes, the limit is ${this.#bytesMax}`);
    }
    if (byte >= 0x80 && this.#prefixBytes >= PREFIX_BYTES_MAX) {
      throw new StateSyncError('MALFORMED_MESSAGE', 'the length of a frame is not a varint of at most 4 bytes');
    }
  }

  #gather(partial: ByteCollector, chunk: Uint8Array, at: number, frame: (bytes: Uint8Array) => void): number {
    const end = Math.min(chunk.length, at + partial.free);
    partial.append(chunk.subarray(at, end));
    if (partial.free === 0) {
      this.#partial = null;
      frame(partial.bytes());
    }
    return end;
  }
}
