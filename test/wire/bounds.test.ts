import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { decodeMessage } from '../../src/wire/decode.ts';
import { decodeCertificate } from '../../src/wire/hotstuff.ts';
import { WIRE_LIMITS } from '../../src/wire/limits.ts';
import { SCHEMA } from '../../src/wire/schema.ts';
import { codeOf } from './code-of.ts';
import { bytesField, integerField, repeat, tag, varint } from './raw-bytes.ts';

const codec = createPocketCodec({ blockBytesMax: 4_000_000 });
const block =
  (...fields: Uint8Array[]) =>
  () =>
    codec.decodeBlock(concatBytes(...fields));
const header = (...fields: Uint8Array[]) => bytesField(1, integerField(1, 5), ...fields);
const frame =
  (...fields: Uint8Array[]) =>
  () =>
    codec.decode(concatBytes(...fields));
const NOTHING = new Uint8Array();

describe('A25: too much is refused before it is decoded', () => {
  it('a message one byte above the limit, whatever is in it', () => {
    const bytes = new Uint8Array(codec.messageBytesMax + 1);
    expect(codeOf(() => codec.decode(bytes))).toBe('OVERSIZE_MESSAGE');
    expect(codeOf(() => codec.decodePocket('a', bytes))).toBe('OVERSIZE_MESSAGE');
    expect(codeOf(() => codec.decodeGossip('a', bytes))).toBe('OVERSIZE_MESSAGE');
    expect(codeOf(() => codec.decodeBlock(bytes))).toBe('OVERSIZE_MESSAGE');
    expect(codeOf(() => codec.decode(bytes.subarray(1)))).toBe('MALFORMED_MESSAGE');
  });

  it.each([
    ['transactions', WIRE_LIMITS.transactionsPerBlockMax, bytesField(2)],
    ['state tree hashes', WIRE_LIMITS.treeHashesPerHeaderMax, bytesField(8)],
  ])('%s above their number', (name, countMax, element) => {
    const of = (count: number) =>
      name === 'transactions' ? block(header(), repeat(count, element)) : block(header(repeat(count, element)));
    expect(codeOf(of(countMax))).toBeNull();
    expect(codeOf(of(countMax + 1))).toBe('OVERSIZE_MESSAGE');
  });

  it('signatures of a certificate above their number', () => {
    const signatures = (count: number) => bytesField(5, repeat(count, bytesField(1)));
    const certificate = (count: number) => concatBytes(bytesField(4, header()), signatures(count));
    const countMax = WIRE_LIMITS.signaturesPerCertificateMax;
    expect(codeOf(() => decodeCertificate(certificate(countMax), 1_000_000))).toBeNull();
    expect(codeOf(() => decodeCertificate(certificate(countMax + 1), 1_000_000))).toBe('OVERSIZE_MESSAGE');
  });

  it('blocks of a frame above their number, and elements of many blocks together', () => {
    const blocks = (count: number, one: Uint8Array) => frame(bytesField(5, repeat(count, bytesField(1, one))));
    expect(codeOf(blocks(WIRE_LIMITS.blocksPerRangeMax + 1, header()))).toBe('OVERSIZE_MESSAGE');
    const many = concatBytes(header(), repeat(WIRE_LIMITS.transactionsPerBlockMax, bytesField(2)));
    expect(codeOf(blocks(5, many))).toBe('OVERSIZE_MESSAGE');
  });

  it('a string above its length', () => {
    const networkId = (length: number) => block(header(bytesField(2, new Uint8Array(length).fill(0x61))));
    expect(codeOf(networkId(WIRE_LIMITS.stringBytesMax))).toBeNull();
    expect(codeOf(networkId(WIRE_LIMITS.stringBytesMax + 1))).toBe('OVERSIZE_MESSAGE');
  });

  it('a length that promises more than is there costs nothing', () => {
    expect(codeOf(block(concatBytes(tag(2, 2), varint(2n ** 63n))))).toBe('MALFORMED_MESSAGE');
  });
});

describe('heights', () => {
  const large = integerField(1, 2n ** 53n);

  it.each([
    ['of a block', block(bytesField(1, large))],
    ['of a claim', frame(bytesField(3, integerField(1, 1), integerField(2, 2n ** 64n - 1n)))],
    ['of a range', frame(bytesField(4, large, integerField(2, 2n ** 60n)))],
    ['of what a peer lacks', frame(bytesField(6, large))],
    ['of a certificate', () => decodeCertificate(large, 100)],
  ])('%s above 2^53 - 1 are out of range', (_, decode) => {
    expect(codeOf(decode)).toBe('HEIGHT_OUT_OF_RANGE');
  });

  it('of 2^53 - 1 are taken', () => {
    const message = codec.decode(bytesField(6, integerField(1, Number.MAX_SAFE_INTEGER)));
    expect(message).toEqual({ type: 'noBlock', requestId: null, height: Number.MAX_SAFE_INTEGER });
  });
});

describe('A26: what is not the protocol is malformed', () => {
  const ok = header();

  it.each<[string, () => unknown]>([
    ['a group', block(ok, tag(9, 3), tag(9, 4))],
    ['ten thousand groups in each other', block(ok, repeat(10_000, tag(9, 3)))],
    ['the end of a group', block(ok, tag(9, 4))],
    ['a wire type that does not exist', block(ok, tag(9, 6))],
    ['field number 0', block(ok, tag(0, 0), varint(1))],
    ['a field number above 2^29 - 1', block(ok, varint(2n ** 32n), varint(1))],
    ['an integer of eleven bytes', block(ok, tag(9, 0), new Uint8Array(11).fill(0x80))],
    ['an integer above 64 bits', block(ok, tag(9, 0), new Uint8Array(9).fill(0xff), Uint8Array.of(2))],
    ['a cut unknown field', block(ok, tag(9, 1), new Uint8Array(7))],
    ['a field of the wrong wire type', block(ok, integerField(2, 5))],
    ['a singular field twice', block(ok, ok)],
    ['a scalar twice', block(bytesField(1, integerField(1, 5), integerField(1, 6)))],
    ['two members of a oneof', frame(bytesField(2), bytesField(6, integerField(1, 1)))],
    ['a string that is not UTF-8', block(header(bytesField(2, Uint8Array.of(0xc0, 0x80))))],
    ['a key that is not UTF-8', block(header(bytesField(8, bytesField(1, Uint8Array.of(0xff)))))],
    ['a request id above 2^53 - 1', frame(integerField(1, 2n ** 53n), bytesField(2))],
    ['a round above 2^53 - 1', () => decodeCertificate(integerField(2, 2n ** 53n), 100)],
    ['a step above 2^31 - 1', () => decodeCertificate(integerField(3, 2n ** 31n), 100)],
    ['a time after the year 9999', block(header(bytesField(7, integerField(1, 253_402_300_800))))],
    ['a time before the year 1', block(header(bytesField(7, integerField(1, 2n ** 64n - 2n ** 40n))))],
    ['nanoseconds of a whole second', block(header(bytesField(7, integerField(2, 1_000_000_000))))],
    ['a certificate without a block', () => decodeCertificate(integerField(1, 5), 100)],
  ])('%s', (_, decode) => {
    expect(codeOf(decode)).toBe('MALFORMED_MESSAGE');
  });

  it.each<[string, Uint8Array]>([
    ['of 64 bits', integerField(99, 2n ** 64n - 1n)],
    ['of 8 bytes', concatBytes(tag(99, 1), new Uint8Array(8))],
    ['of 4 bytes', concatBytes(tag(99, 5), new Uint8Array(4))],
    ['of bytes', bytesField(99, utf8ToBytes('anything'))],
    ['with the highest number', integerField(2 ** 29 - 1, 1)],
    [
      'that holds many layers',
      Array.from({ length: 2_000 }).reduce<Uint8Array>((inner) => bytesField(99, inner), NOTHING),
    ],
  ])('but an unknown field %s is ignored', (_, field) => {
    expect(codec.decodeBlock(concatBytes(ok, field))).toEqual(codec.decodeBlock(ok));
  });

  it('an optional field is null when absent and kept when empty', () => {
    const decode = (bytes: Uint8Array) => decodeMessage(SCHEMA.messageUnstake, bytes, 100).signer;
    expect(decode(NOTHING)).toBeNull();
    expect(decode(bytesField(3))).toEqual(NOTHING);
  });
});
