import fc from 'fast-check';
import { describe, it } from 'vitest';
import { StateSyncError } from '../../src/protocol/errors.ts';
import type { ErrorCode } from '../../src/protocol/errors.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { decodeMessage } from '../../src/wire/decode.ts';
import { HOTSTUFF_TYPE, STATE_SYNC_TYPE, encodeEnvelope } from '../../src/wire/envelope.ts';
import { decodeCertificate } from '../../src/wire/hotstuff.ts';
import { allMessageTypes } from '../../src/wire/schema.ts';
import { decodeTransaction } from '../../src/wire/transactions.ts';
import { ADDRESS, sampleBlock, sampleSyncBlock } from './sample-blocks.ts';

const codec = createPocketCodec({ blockBytesMax: 10_000 });
const ALLOWED: ReadonlySet<ErrorCode> = new Set([
  'MALFORMED_MESSAGE',
  'OVERSIZE_MESSAGE',
  'HEIGHT_OUT_OF_RANGE',
  'SPOOFED_ADDRESS',
  'NONCE_REJECTED',
]);

let nonce = 0n;
const inEnvelope = (typeName: string, content: Uint8Array) =>
  encodeEnvelope({ typeName, content, nonce: (nonce += 1n) });

/** Every way that bytes of a peer get in. */
const decoders: ((bytes: Uint8Array) => unknown)[] = [
  (bytes) => codec.decode(bytes),
  (bytes) => codec.decodePocket(ADDRESS, bytes),
  (bytes) => codec.decodeGossip(ADDRESS, bytes),
  (bytes) => codec.decodePocket(ADDRESS, inEnvelope(STATE_SYNC_TYPE, bytes)),
  (bytes) => codec.decodeGossip(ADDRESS, inEnvelope(HOTSTUFF_TYPE, bytes)),
  (bytes) => codec.decodeBlock(bytes),
  (bytes) => decodeCertificate(bytes, 10_000),
  (bytes) => decodeTransaction(bytes, 10_000),
  ...allMessageTypes().map((reflected) => (bytes: Uint8Array) => decodeMessage({ reflected }, bytes, 10_000)),
];

/** True when every decoder takes the bytes or refuses them with one of the codes it may use. */
function refusesCleanly(bytes: Uint8Array): boolean {
  for (const decode of decoders) {
    try {
      decode(bytes);
    } catch (thrown) {
      if (!(thrown instanceof StateSyncError) || !ALLOWED.has(thrown.code)) throw thrown;
      // What the scan lets through, the decoder must be able to decode.
      if (thrown.message.includes('cannot be decoded')) throw thrown;
    }
  }
  return true;
}

const block = sampleSyncBlock(4);
const valid: Uint8Array[] = [
  codec.encode({ type: 'blocks', requestId: 3, blocks: [block, sampleSyncBlock(5)] }),
  codec.encode({ type: 'blocks', requestId: 3, blocks: [block], more: true }),
  codec.encode({ type: 'getBlocks', requestId: 3, from: 1, to: 9, bytesMax: 1_000 }),
  codec.encode({ type: 'metadata', minHeight: 1, maxHeight: 2 }),
  ...codec.encodePocket(ADDRESS, { type: 'blocks', requestId: null, blocks: [block] }),
  codec.encodeGossip({ type: 'newBlock', block }),
  codec.encodeBlock(block),
  sampleBlock(4).header.quorumCertificate,
];

describe('A26: bytes of any kind are decoded or refused with a code, never anything else', () => {
  it('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), refusesCleanly), { numRuns: 800 });
  });

  it('random bytes that look like protobuf', () => {
    const byte = fc.oneof(
      fc.constantFrom(0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x08, 0x10, 0x18, 0x20, 0x42),
      fc.nat({ max: 12 }),
    );
    const bytes = fc.array(byte, { maxLength: 60 }).map((values) => Uint8Array.from(values));
    fc.assert(fc.property(bytes, refusesCleanly), { numRuns: 800 });
  });

  it('every truncation of valid messages', () => {
    for (const bytes of valid) {
      const step = Math.max(1, Math.floor(bytes.length / 150));
      for (let length = 0; length < bytes.length; length += step) refusesCleanly(bytes.subarray(0, length));
    }
  });

  it('valid messages with bits flipped', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { minLength: 1, maxLength: 4 });
    const flipped = fc.tuple(fc.constantFrom(...valid), flips).map(([bytes, places]) => {
      const copy = bytes.slice();
      for (const [place, bit] of places) copy[place % copy.length] = (copy[place % copy.length] ?? 0) ^ (1 << bit);
      return copy;
    });
    fc.assert(fc.property(flipped, refusesCleanly), { numRuns: 500 });
  });

  it('pieces of valid messages put together', () => {
    const piece = fc
      .tuple(fc.constantFrom(...valid), fc.nat(), fc.nat({ max: 80 }))
      .map(([bytes, start, length]) => bytes.subarray(start % bytes.length, (start % bytes.length) + length));
    const joined = fc
      .array(piece, { maxLength: 4 })
      .map((pieces) => Uint8Array.from(pieces.flatMap((one) => [...one])));
    fc.assert(fc.property(joined, refusesCleanly), { numRuns: 500 });
  });
});
