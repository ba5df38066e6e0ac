import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../src/validation/address.ts';
import { transactionHash, validatorSetHash } from '../../src/validation/hashes.ts';
import { formatPrivateKey, keyPairFromSeed, parsePrivateKey } from '../../src/validation/keys.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import { identitiesOf, keysOf } from './certified-chain.ts';
import { codeOf } from '../wire/code-of.ts';

describe('addresses and hashes', () => {
  it('an address is the first 20 bytes of the SHA-256 of the public key', () => {
    const publicKey = hexToBytes('dfe357de55649e6d2ce889acf15eb77e94ab3c5756fe46d3c7538d37f27f115e');
    expect(addressOf(publicKey)).toBe('00104055c00bed7c983a48aac7dc6335d7c607a7');
  });

  it('a transaction hash is SHA3-256 in hex', () => {
    // FIPS 202: SHA3-256 of the empty message.
    const empty = 'a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a';
    expect(transactionHash(new Uint8Array())).toBe(empty);
  });

  it('a validator set hash does not depend on the order of the validators, but on everything else', () => {
    const validators = identitiesOf(keysOf(7));
    const hash = validatorSetHash(validators);
    fc.assert(
      fc.property(fc.shuffledSubarray(validators, { minLength: 7 }), (shuffled) => {
        expect(validatorSetHash(shuffled)).toBe(hash);
      }),
    );
    expect(validatorSetHash(validators.slice(1))).not.toBe(hash);
    expect(validatorSetHash(validators.map((one) => ({ ...one, publicKey: 'x' })))).not.toBe(hash);
  });

  it('APPLY-1: a validator set hash is SHA3-256 of the canonical ValidatorSet', () => {
    // ValidatorSet { validators { address: "aa" pub_key: "bb" } validators { address: "b" } }
    const bytes = hexToBytes('0a080a026161120262620a030a0162');
    const set = [
      { address: 'b', publicKey: '' },
      { address: 'aa', publicKey: 'bb' },
    ];
    expect(validatorSetHash(set)).toBe(transactionHash(bytes));
  });
});

describe('private keys', () => {
  const keys = keyPairFromSeed(new Uint8Array(32).fill(3));

  it('are read as they are written', () => {
    const text = formatPrivateKey(keys);
    expect(text).toHaveLength(128);
    expect(parsePrivateKey(text)).toEqual(keys);
    expect(parsePrivateKey(text.toUpperCase())).toEqual(keys);
  });

  it('are those of RFC 8032', () => {
    const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    const publicKey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
    expect(bytesToHex(parsePrivateKey(seed + publicKey).publicKey)).toBe(publicKey);
  });

  it.each([
    ['empty', ''],
    ['a seed alone', '03'.repeat(32)],
    ['not hex', 'xy'.repeat(64)],
    ['surrounded by space', ` ${formatPrivateKey(keys)}`],
    ['of two pairs', '04'.repeat(32) + formatPrivateKey(keys).slice(64)],
  ])('that are %s are refused', (_, text) => {
    expect(codeOf(() => parsePrivateKey(text))).toBe('KEY_INVALID');
  });

  it('do not show up in the message that refuses them', () => {
    try {
      parsePrivateKey('04'.repeat(64));
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(StateSyncError);
      expect(String(thrown)).not.toContain('0404');
    }
  });

  it('with a seed of another length are refused', () => {
    expect(codeOf(() => keyPairFromSeed(new Uint8Array(31)))).toBe('KEY_INVALID');
  });
});
