import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, writeFrames } from '../../src/adapters/libp2p/frames.ts';

const BYTES_MAX = 200_000;

const messages = fc.array(
  fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: BYTES_MAX }).map(filled)),
  {
    maxLength: 6,
  },
);

function filled(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(bytes % 251);
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

describe('frames', () => {
  it('SYNC-2: what was written is read, however it is cut into pieces', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(messages, sizes, (sent, pieces) => {
        const reader = new FrameReader(BYTES_MAX);
        const read: Uint8Array[] = [];
        for (const piece of cut(writeFrames(sent), pieces)) reader.push(piece, (frame) => read.push(frame.slice()));
        expect(read.map((frame) => Buffer.from(frame).toString('hex'))).toEqual(
          sent.map((message) => Buffer.from(message).toString('hex')),
        );
        expect(reader.midFrame).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('SYNC-2: and byte by byte', () => {
    const sent = [0, 1, 2, 127, 128, 300, 70_000].map(filled);
    const reader = new FrameReader(BYTES_MAX);
    const read: Uint8Array[] = [];
    for (const piece of cut(writeFrames(sent), [1])) reader.push(piece, (frame) => read.push(frame));
    expect(read.map(({ length }) => length)).toEqual(sent.map(({ length }) => length));
    expect(read.every((frame, index) => Buffer.compare(frame, sent[index] ?? frame) === 0)).toBe(true);
  });

  it('A25: a length above the limit is refused at its prefix, one at the limit is not', () => {
    const prefixOf = (bytes: number) => writeFrames([new Uint8Array(bytes)]).subarray(0, 4);
    const reader = new FrameReader(BYTES_MAX);
    reader.push(prefixOf(BYTES_MAX), () => undefined);
    expect(reader.midFrame).toBe(true);
    expect(() => new FrameReader(BYTES_MAX).push(prefixOf(BYTES_MAX + 1), () => undefined)).toThrow('OVERSIZE_MESSAGE');
  });

  it('A26: any bytes at all are read or refused by name', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 2_000 })), (pieces) => {
        const reader = new FrameReader(1_000);
        try {
          for (const piece of pieces) reader.push(piece, (frame) => expect(frame.length).toBeLessThanOrEqual(1_000));
        } catch (error) {
          expect(String(error)).toMatch(/^StateSyncError: (OVERSIZE|MALFORMED)_MESSAGE: /);
        }
      }),
    );
  });
});
