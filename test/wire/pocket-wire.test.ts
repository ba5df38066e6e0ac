import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import { blockOf, createPocketBlock, toSyncBlock } from '../../src/wire/blocks.ts';
import { encodeCanonical } from '../../src/wire/canonical.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { HOTSTUFF_TYPE, STATE_SYNC_TYPE, decodeEnvelope, encodeEnvelope } from '../../src/wire/envelope.ts';
import { HOTSTUFF_STEP, decodeCertificate, voteBytes } from '../../src/wire/hotstuff.ts';
import { SeenNonces } from '../../src/wire/nonces.ts';
import { SCHEMA } from '../../src/wire/schema.ts';
import { codeOf } from './code-of.ts';
import { ADDRESS, OTHER_ADDRESS, sampleBlock, sampleSyncBlock } from './sample-blocks.ts';

const newCodec = () => createPocketCodec({ blockBytesMax: 100_000 });

function contentOf(message: Uint8Array | undefined): string {
  if (message === undefined) throw new Error('no message');
  return bytesToHex(decodeEnvelope(message, 1_000_000).content);
}

describe("Pocket's wire", () => {
  const codec = newCodec();
  const asciiAddress = bytesToHex(utf8ToBytes(ADDRESS));

  it.each<[PeerMessage, string]>([
    [{ type: 'metadataRequest' }, `122a0a28${asciiAddress}`],
    [{ type: 'metadata', minHeight: 1, maxHeight: 4 }, `1a2e0a28${asciiAddress}10011804`],
    [{ type: 'getBlocks', requestId: 9, from: 5, to: 5 }, `222c0a28${asciiAddress}1005`],
  ])('has the bytes of the hand-made vector for %o', (message, hex) => {
    const encoded = codec.encodePocket(ADDRESS, message);
    expect(encoded.map(contentOf)).toEqual([hex]);
  });

  it('wraps as the hand-made vector: nonce 1 around a metadata request', () => {
    const content = hexToBytes(`122a0a28${asciiAddress}`);
    const typeUrl = bytesToHex(utf8ToBytes('type.googleapis.com/consensus.StateSyncMessage'));
    const envelope = `0a5e0a2e${typeUrl}122c${bytesToHex(content)}1001`;
    const background = encodeEnvelope({ typeName: STATE_SYNC_TYPE, content, nonce: 1n });
    expect(bytesToHex(background)).toBe(`0a62${envelope}`);
  });

  it('signs the bytes of the hand-made vector: height 3, COMMIT, round 0', () => {
    const bytes = voteBytes({ height: 3, step: HOTSTUFF_STEP.commit, round: 0, block: sampleBlock(3) });
    expect(bytesToHex(bytes)).toMatch(/^100318042a/);
  });

  it('asks for a range height by height, answers block by block, and has no word for "I do not have it"', () => {
    const asked = codec.encodePocket(ADDRESS, { type: 'getBlocks', requestId: 1, from: 5, to: 7 });
    expect(asked.map((bytes) => codec.decodePocket(ADDRESS, bytes))).toEqual(
      [5, 6, 7].map((height) => ({ type: 'getBlocks', requestId: null, from: height, to: height })),
    );
    const blocks = [sampleSyncBlock(5), sampleSyncBlock(6)];
    const answered = codec.encodePocket(ADDRESS, { type: 'blocks', requestId: 1, blocks });
    expect(answered.map((bytes) => codec.decodePocket(ADDRESS, bytes))).toEqual(
      blocks.map((block) => ({ type: 'blocks', requestId: null, blocks: [block] })),
    );
    expect(codec.encodePocket(ADDRESS, { type: 'noBlock', requestId: 1, height: 5 })).toEqual([]);
  });

  it.each<PeerMessage>([
    { type: 'metadataRequest' },
    { type: 'metadata', minHeight: 1, maxHeight: 4 },
    { type: 'getBlocks', requestId: null, from: 5, to: 5 },
    { type: 'blocks', requestId: null, blocks: [sampleSyncBlock(5)] },
  ])("META-1, A32: refuses somebody else's address in $type", (message) => {
    const [bytes = new Uint8Array()] = codec.encodePocket(ADDRESS, message);
    expect(codeOf(() => newCodec().decodePocket(OTHER_ADDRESS, bytes))).toBe('SPOOFED_ADDRESS');
    expect(newCodec().decodePocket(ADDRESS, bytes)).toEqual(message);
  });

  it('gives null for what else Pocket peers send, and refuses an empty state sync message', () => {
    const vote = encodeEnvelope({ typeName: HOTSTUFF_TYPE, content: Uint8Array.of(8, 2), nonce: 5n });
    expect(codec.decodePocket(ADDRESS, vote)).toBeNull();
    const unknown = encodeEnvelope({ typeName: 'core.Unheard', content: Uint8Array.of(0xff), nonce: 6n });
    expect(codec.decodePocket(ADDRESS, unknown)).toBeNull();
    const empty = encodeEnvelope({ typeName: STATE_SYNC_TYPE, content: new Uint8Array(), nonce: 7n });
    expect(codeOf(() => codec.decodePocket(ADDRESS, empty))).toBe('MALFORMED_MESSAGE');
  });
});

describe('nonces', () => {
  it('are never 0, fill 64 bits, and come from the source that was given', () => {
    const fill = (value: number) => createPocketCodec({ blockBytesMax: 9, random: (into) => into.fill(value) });
    const nonceOf = (value: number) => {
      const [bytes = new Uint8Array()] = fill(value).encodePocket(ADDRESS, { type: 'metadataRequest' });
      return decodeEnvelope(bytes, 1_000).nonce;
    };
    expect(nonceOf(0)).toBe(1n);
    expect(nonceOf(0xff)).toBe(2n ** 64n - 1n);
  });

  it('0 is refused', () => {
    const bytes = encodeEnvelope({ typeName: STATE_SYNC_TYPE, content: new Uint8Array(), nonce: 0n });
    expect(codeOf(() => newCodec().decodePocket(ADDRESS, bytes))).toBe('NONCE_REJECTED');
  });

  it('let a message through once from each sender', () => {
    const codec = newCodec();
    const [bytes = new Uint8Array()] = codec.encodePocket(ADDRESS, { type: 'metadataRequest' });
    expect(codec.decodePocket(ADDRESS, bytes)).not.toBeNull();
    expect(codec.decodePocket(ADDRESS, bytes)).toBeNull();
    // Somebody who overheard the nonce and used it first cannot have had the message dropped.
    expect(codeOf(() => codec.decodePocket(OTHER_ADDRESS, bytes))).toBe('SPOOFED_ADDRESS');
  });

  it('LIMIT: are remembered up to the capacity, the oldest forgotten first', () => {
    const seen = new SeenNonces(3);
    expect([1n, 2n, 3n, 1n].map((nonce) => seen.isNew('a', nonce))).toEqual([true, true, true, false]);
    expect(seen.isNew('a', 4n)).toBe(true);
    expect(seen.size).toBe(3);
    expect(seen.isNew('a', 2n)).toBe(false);
    expect(seen.isNew('a', 1n)).toBe(true);
  });
});

describe('gossip', () => {
  const codec = newCodec();
  let nonce = 1_000n;
  const gossip = (fields: object, block: unknown = sampleBlock(4).encoded) =>
    encodeEnvelope({
      typeName: HOTSTUFF_TYPE,
      content: encodeCanonical(SCHEMA.hotstuffMessage, { type: 1, height: 4, block, ...fields }),
      nonce: (nonce += 1n),
    });

  it('LIVE-1: carries a new block as the DECIDE proposal that Pocket nodes send', () => {
    const block = sampleSyncBlock(4);
    const bytes = codec.encodeGossip({ type: 'newBlock', block });
    expect(codec.decodeGossip(ADDRESS, bytes)).toEqual({ type: 'newBlock', block });
    // type PROPOSE, height 4, step DECIDE, round 2, block
    expect(contentOf(bytes)).toMatch(/^08011004180520022a/);
    // The block, with its certificate that holds the voted block, is not sent three times over.
    expect(bytes.length).toBeLessThan(block.bytes + 200);
  });

  it('LIVE-1: takes the certificate of a new block from the justification, whatever the proposer put in the header', () => {
    const pocketBlock = sampleBlock(4);
    const certificate = decodeCertificate(pocketBlock.header.quorumCertificate, 100_000);
    const stale = createPocketBlock({
      ...pocketBlock,
      header: { ...pocketBlock.header, quorumCertificate: Uint8Array.of(1) },
    });
    const { signatures, ...same } = certificate;
    const quorum_certificate = {
      ...same,
      block: createPocketBlock(certificate.block).encoded,
      threshold_signature: { signatures },
    };
    const decoded = codec.decodeGossip(ADDRESS, gossip({ step: 5, quorum_certificate }, stale.encoded));
    expect(decoded).toEqual({ type: 'newBlock', block: toSyncBlock(pocketBlock) });
  });

  it('LIVE-1: a decided block whose leader has not filled in its network yet is no offence and no block', () => {
    const pocketBlock = sampleBlock(4);
    const early = createPocketBlock({ ...pocketBlock, header: { ...pocketBlock.header, networkId: '' } });
    expect(codec.decodeGossip(ADDRESS, gossip({ step: 5 }, early.encoded))).toBeNull();
    expect(codec.decodeGossip(ADDRESS, gossip({ step: 5 }, pocketBlock.encoded))).not.toBeNull();
  });

  it('LIVE-3: carries a proposal, which has no commit certificate', () => {
    const pocketBlock = sampleBlock(4);
    const header = { ...pocketBlock.header, quorumCertificate: new Uint8Array() };
    const block = toSyncBlock(createPocketBlock({ ...pocketBlock, header }));
    const decoded = codec.decodeGossip(ADDRESS, codec.encodeGossip({ type: 'proposal', block }));
    expect(decoded).toEqual({ type: 'proposal', block });
    expect(blockOf(block).header.quorumCertificate.length).toBe(0);
  });

  it.each([
    ['a vote', { type: 2, step: 2 }],
    ['a new round', { type: 2, step: 1 }],
    ['a pre-commit proposal', { step: 3 }],
    ['a commit proposal', { step: 4 }],
    ['a prepare proposal with a commit certificate', { step: 2, quorum_certificate: { step: 4 } }],
    ['a step nobody knows', { step: 77 }],
  ])('gives null for %s', (_, fields) => {
    expect(codec.decodeGossip(ADDRESS, gossip(fields))).toBeNull();
  });

  it('gives null for state sync messages, which Pocket nodes also broadcast', () => {
    const [bytes = new Uint8Array()] = codec.encodePocket(ADDRESS, { type: 'metadataRequest' });
    expect(codec.decodeGossip(ADDRESS, bytes)).toBeNull();
  });

  it.each([
    ['without a block', { step: 5, block: null }],
    ['of another height than its block', { step: 5, height: 5 }],
  ])('refuses a decided proposal %s', (_, fields) => {
    expect(codeOf(() => codec.decodeGossip(ADDRESS, gossip(fields)))).toBe('MALFORMED_MESSAGE');
  });

  it('does not publish a new block without a certificate', () => {
    const header = { ...sampleBlock(4).header, quorumCertificate: new Uint8Array() };
    const block = toSyncBlock(createPocketBlock({ ...sampleBlock(4), header }));
    expect(codeOf(() => codec.encodeGossip({ type: 'newBlock', block }))).toBe('MALFORMED_MESSAGE');
  });
});
