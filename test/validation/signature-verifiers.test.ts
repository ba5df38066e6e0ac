import { hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeCryptoVerifier, signWithNodeCrypto } from '../../src/adapters/node-crypto.ts';
import { keyPairFromSeed, signMessage } from '../../src/validation/keys.ts';
import { createTweetnaclVerifier } from '../../src/validation/tweetnacl-verifier.ts';
import { ED25519_CASES, L, addL, littleEndian } from './ed25519-corpus.ts';

const nodeCrypto = createNodeCryptoVerifier();
const tweetnacl = createTweetnaclVerifier();

describe('A21: the verdicts of Go', () => {
  it('the corpus has accepted and refused cases, each once', () => {
    expect(new Set(ED25519_CASES.map(({ name }) => name)).size).toBe(ED25519_CASES.length);
    expect(ED25519_CASES.filter(({ go }) => go).length).toBeGreaterThan(20);
    expect(ED25519_CASES.filter(({ go }) => !go).length).toBeGreaterThan(50);
  });

  it.each(ED25519_CASES)('$name: $go, since $why', async ({ go, message, publicKey, signature }) => {
    const parts = [hexToBytes(message), hexToBytes(signature), hexToBytes(publicKey)] as const;
    expect(await tweetnacl.verify(...parts), 'tweetnacl').toBe(go);
    expect(await nodeCrypto.verify(...parts), 'node:crypto').toBe(go);
  });
});

describe('A21: both verifiers agree', () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const message = fc.uint8Array({ maxLength: 64 });

  it('on signatures of random keys, whole, malleated and damaged', async () => {
    const damage = fc.option(fc.tuple(fc.nat({ max: 95 }), fc.nat({ max: 7 })));
    await fc.assert(
      fc.asyncProperty(bytes32, message, damage, fc.boolean(), async (seed, text, place, malleated) => {
        const keys = keyPairFromSeed(seed);
        const signed = signMessage(text, keys);
        expect(signWithNodeCrypto(text, keys)).toEqual(signed);
        const both = Uint8Array.of(...(malleated ? addL(signed) : signed), ...keys.publicKey);
        if (place !== null) both[place[0]] = (both[place[0]] ?? 0) ^ (1 << place[1]);
        const parts = [text, both.subarray(0, 64), both.subarray(64)] as const;
        const verdict = await tweetnacl.verify(...parts);
        expect(await nodeCrypto.verify(...parts)).toBe(verdict);
        expect(verdict).toBe(!malleated && place === null);
      }),
      { numRuns: 60 },
    );
  });

  it('on keys, points and scalars at the edges, in every combination', async () => {
    const odd = ED25519_CASES.flatMap(({ publicKey, signature }) => [publicKey, signature.slice(0, 64)])
      .filter((hex) => hex.length === 64)
      .map(hexToBytes);
    const point = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...odd) }, { weight: 1, arbitrary: bytes32 });
    const edges = [0n, 1n, 8n, L - 1n, L, L + 1n, 2n * L, 2n ** 252n, 2n ** 255n - 1n].map(littleEndian);
    const scalar = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...edges) }, { weight: 1, arbitrary: bytes32 });
    await fc.assert(
      fc.asyncProperty(point, point, scalar, message, async (publicKey, r, s, text) => {
        const parts = [text, Uint8Array.of(...r, ...s), publicKey] as const;
        expect(await nodeCrypto.verify(...parts)).toBe(await tweetnacl.verify(...parts));
      }),
      { numRuns: 150 },
    );
  });
});

describe('createNodeCryptoVerifier', () => {
  it('LIMIT: verifies more keys than it keeps', async () => {
    const small = createNodeCryptoVerifier({ keysCachedMax: 2 });
    const text = Uint8Array.of(1);
    for (const index of [1, 2, 3, 4, 1, 2]) {
      const keys = keyPairFromSeed(new Uint8Array(32).fill(index));
      const signature = signWithNodeCrypto(text, keys);
      expect(await small.verify(text, signature, keys.publicKey)).toBe(true);
    }
  });
});
