import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import { blockOf, contentIdOf, createPocketBlock, toSyncBlock } from '../../src/wire/blocks.ts';
import { encodeCanonical } from '../../src/wire/canonical.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { WIRE_LIMITS } from '../../src/wire/limits.ts';
import { SCHEMA } from '../../src/wire/schema.ts';
import { codeOf } from './code-of.ts';
import { sampleBlock, sampleSyncBlock } from './sample-blocks.ts';

const codec = createPocketCodec({ blockBytesMax: 100_000 });

describe("this package's own protocol", () => {
  const messages: PeerMessage[] = [
    { type: 'metadataRequest' },
    { type: 'metadata', minHeight: 0, maxHeight: 0 },
    { type: 'metadata', minHeight: 3, maxHeight: Number.MAX_SAFE_INTEGER },
    { type: 'metadata', minHeight: 9, maxHeight: 2 },
    { type: 'getBlocks', requestId: 0, from: 1, to: 1 },
    { type: 'getBlocks', requestId: Number.MAX_SAFE_INTEGER, from: 5, to: 4 + WIRE_LIMITS.blocksPerRangeMax },
    { type: 'blocks', requestId: 7, blocks: [sampleSyncBlock(4), sampleSyncBlock(5)] },
    { type: 'getBlocks', requestId: 1, from: 1, to: 9, bytesMax: 1 },
    { type: 'getBlocks', requestId: 1, from: 1, to: 9, bytesMax: Number.MAX_SAFE_INTEGER },
    { type: 'blocks', requestId: null, blocks: [sampleSyncBlock(4)] },
    { type: 'blocks', requestId: 8, blocks: [sampleSyncBlock(4)], more: true },
    { type: 'noBlock', requestId: 3, height: 12 },
    { type: 'noBlock', requestId: null, height: 12 },
  ];

  it.each(messages)('carries $type unchanged', (message) => {
    expect(codec.decode(codec.encode(message))).toEqual(message);
  });

  it('CHUNK-1: the last part of an answer is encoded as an answer in one', () => {
    const blocks = [sampleSyncBlock(4)];
    const whole = codec.encode({ type: 'blocks', requestId: 7, blocks });
    expect(codec.encode({ type: 'blocks', requestId: 7, blocks, more: false })).toEqual(whole);
    expect(codec.decode(whole)).not.toHaveProperty('more');
  });

  it('CHUNK-1: refuses room for 0 bytes, for more than a safe integer, and a mark that is neither true nor false', () => {
    const range = [0x08, 1, 0x10, 2];
    const asked = (room: number[]) => Uint8Array.of(0x22, range.length + room.length, ...range, ...room);
    const above = [0x18, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
    for (const room of [[0x18, 0], above, [0x18, 1, 0x18, 2]]) {
      expect(codeOf(() => codec.decode(asked(room)))).toBe('MALFORMED_MESSAGE');
    }
    expect(codec.decode(asked([0x18, 5]))).toMatchObject({ from: 1, to: 2, bytesMax: 5 });
    const part = codec.encode({ type: 'blocks', requestId: null, blocks: [sampleSyncBlock(4)], more: true });
    expect(part.slice(-2)).toEqual(Uint8Array.of(0x10, 1));
    part[part.length - 1] = 2;
    expect(codeOf(() => codec.decode(part))).toBe('MALFORMED_MESSAGE');
  });

  it('CHUNK-1: keeps any request id, range and room', () => {
    const range = fc.tuple(fc.maxSafeNat(), fc.integer({ min: 1, max: 2 ** 52 }), fc.nat({ max: 4_095 }));
    const room = fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { nil: null });
    fc.assert(
      fc.property(range, room, ([requestId, from, more], bytesMax) => {
        const asked = { type: 'getBlocks', requestId, from, to: from + more } as const;
        const message: PeerMessage = bytesMax === null ? asked : { ...asked, bytesMax };
        expect(codec.decode(codec.encode(message))).toEqual(message);
      }),
    );
  });

  it.each([
    ['inverted', 5, 4],
    ['from 0', 0, 3],
    ['longer than the limit', 1, WIRE_LIMITS.blocksPerRangeMax + 1],
  ])('A28: refuses a range that is %s', (_, from, to) => {
    expect(codeOf(() => codec.decode(codec.encode({ type: 'getBlocks', requestId: 1, from, to })))).toBe(
      'MALFORMED_MESSAGE',
    );
  });

  it('refuses an answer without blocks and a frame without a body', () => {
    const empty = codec.encode({ type: 'blocks', requestId: 1, blocks: [] });
    expect(codeOf(() => codec.decode(empty))).toBe('MALFORMED_MESSAGE');
    expect(codeOf(() => codec.decode(new Uint8Array()))).toBe('MALFORMED_MESSAGE');
  });

  it('LIMIT: does not encode what no peer would read', () => {
    const transactions = [new Uint8Array(200_000)];
    const block = toSyncBlock(createPocketBlock({ ...sampleBlock(1), transactions }));
    expect(codeOf(() => codec.encode({ type: 'blocks', requestId: 1, blocks: [block] }))).toBe('OVERSIZE_MESSAGE');
  });
});

describe('blocks', () => {
  it('decode to what was encoded, and own their bytes', () => {
    const block = sampleSyncBlock(4);
    const bytes = codec.encodeBlock(block).slice();
    const decoded = codec.decodeBlock(bytes);
    bytes.fill(0);
    expect(decoded).toEqual(block);
    expect(decoded.bytes).toBe(codec.encodeBlock(decoded).length);
  });

  it('are re-encoded canonically, without unknown fields', () => {
    const block = sampleSyncBlock(4);
    const unknown = Uint8Array.of(0xf8, 0x01, 0x05);
    const withUnknown = Uint8Array.of(...codec.encodeBlock(block), ...unknown);
    expect(codec.decodeBlock(withUnknown)).toEqual(block);
  });

  it('APPLY-3: contentId names what a certificate binds, and only that', () => {
    const block = sampleBlock(4);
    const id = contentIdOf(block);
    const header = { ...block.header };
    const unbound = [
      { ...header, timestamp: null },
      { ...header, networkId: 'x' },
      { ...header, stateTreeHashes: new Map() },
      { ...header, valSetHash: 'x', nextValSetHash: 'y' },
      { ...header, quorumCertificate: Uint8Array.of(1) },
    ];
    for (const changed of unbound) expect(contentIdOf({ ...block, header: changed })).toBe(id);
    const bound = [
      { ...header, height: 5 },
      { ...header, stateHash: 'x' },
      { ...header, prevStateHash: 'x' },
      { ...header, proposerAddress: new Uint8Array(20) },
    ];
    const ids = bound.map((changed) => contentIdOf({ ...block, header: changed }));
    const [first = new Uint8Array(), ...rest] = block.transactions;
    ids.push(contentIdOf({ ...block, transactions: [...rest, first] }), contentIdOf({ ...block, transactions: rest }));
    expect(new Set([id, ...ids]).size).toBe(ids.length + 1);
  });

  it('A block at height 0, without a header, or with a foreign body is refused', () => {
    const genesis = encodeCanonical(SCHEMA.block, { blockHeader: { height: 0 } });
    expect(codeOf(() => codec.decodeBlock(genesis))).toBe('MALFORMED_MESSAGE');
    expect(codeOf(() => codec.decodeBlock(new Uint8Array()))).toBe('MALFORMED_MESSAGE');
    const block = sampleSyncBlock(4);
    for (const body of [null, {}, 'x', { header: null, transactions: [], encoded: new Uint8Array() }]) {
      expect(codeOf(() => blockOf({ ...block, body }))).toBe('MALFORMED_MESSAGE');
    }
    expect(codeOf(() => blockOf({ ...block, id: 'another' }))).toBe('MALFORMED_MESSAGE');
  });
});
