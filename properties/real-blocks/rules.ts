import { createNodeCryptoVerifier, signWithNodeCrypto } from '../../src/adapters/node-crypto.ts';
import { createPocketVerifier } from '../../src/validation/pocket-verifier.ts';
import { createTweetnaclVerifier } from '../../src/validation/tweetnacl-verifier.ts';
import { decodePocketBlock, toSyncBlock } from '../../src/wire/blocks.ts';
import type { PocketBlock } from '../../src/wire/blocks.ts';
import { compareBytes } from '../../src/wire/canonical.ts';
import { BLOCK_BYTES_MAX, NETWORK_ID, drawBytes, drawSample, keysOf } from './samples.ts';
import type { Sample } from './samples.ts';
import { SPOILINGS } from './spoilings.ts';
import type { RealProperty } from './property.ts';

const verifier = createPocketVerifier({
  networkId: NETWORK_ID,
  blockBytesMax: BLOCK_BYTES_MAX,
  signatures: createNodeCryptoVerifier(),
});

/** A few of them, since each is signed and verified for real. */
const SPOILINGS_A_RUN = 10;

async function faultOf({ parent }: Sample, block: PocketBlock): Promise<string | null> {
  const verdict = await verifier.verify(toSyncBlock(block), parent, true);
  return verdict.valid ? null : verdict.fault.message;
}

export const certifiedBlocksAreAccepted: RealProperty = {
  name: 'certified-blocks-are-accepted',
  clauses: ['APPLY-1'],
  says: 'A block that more than two thirds of the validators signed is valid, whoever serves it and over any wire.',
  check: async (random) => {
    const sample = drawSample(random);
    const problem = await faultOf(sample, decodePocketBlock(sample.served.encoded, BLOCK_BYTES_MAX));
    return problem === null ? true : `a good block is refused: ${problem}`;
  },
};

export const badBlocksAreRefused: RealProperty = {
  name: 'bad-blocks-are-refused',
  clauses: ['APPLY-1'],
  says: 'A block is refused after any change of what its certificate binds, or of the certificate itself.',
  check: async (random) => {
    const sample = drawSample(random);
    for (const { name, spoil } of random.sample(SPOILINGS, SPOILINGS_A_RUN)) {
      const block = spoil(sample, random);
      // Nothing to do for it: one signer of one validator, say.
      if (block === null || compareBytes(block.encoded, sample.served.encoded) === 0) continue;
      if ((await faultOf(sample, block)) === null)
        return `accepted of ${sample.parent.validators.length} validators: ${name}`;
    }
    return true;
  },
};

/** The order of ed25519's group, little-endian. */
const GROUP_ORDER = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

export const signaturesHaveOneForm: RealProperty = {
  name: 'signatures-have-one-form',
  clauses: ['APPLY-1'],
  says: 'Both verifiers take the signature that was made, and none that differs in a bit or holds S + L for S (A21).',
  check: async (random) => {
    const [keys] = keysOf(1, `signer ${random.whole(0, 9)}`);
    if (keys === undefined) return undefined;
    const message = drawBytes(random, random.whole(0, 64));
    const signature = signWithNodeCrypto(message, keys);
    const flipped = signature.slice();
    const at = random.whole(0, 63);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.whole(0, 7));
    const malleated = Uint8Array.of(...signature.subarray(0, 32), ...littleEndian(scalarOf(signature) + GROUP_ORDER));
    const forms = { 'as it was made': signature, 'with a bit flipped': flipped, 'with S + L': malleated };
    for (const [form, bytes] of Object.entries(forms)) {
      for (const [name, make] of Object.entries(VERIFIERS)) {
        const valid = await make().verify(message, bytes, keys.publicKey);
        if (valid !== (bytes === signature)) return `${name} ${valid ? 'takes' : 'refuses'} a signature ${form}`;
      }
    }
    return true;
  },
};

const VERIFIERS = { tweetnacl: createTweetnaclVerifier, 'node:crypto': createNodeCryptoVerifier };

function scalarOf(signature: Uint8Array): bigint {
  let scalar = 0n;
  for (let i = 63; i >= 32; i--) scalar = (scalar << 8n) | BigInt(signature[i] ?? 0);
  return scalar;
}

function littleEndian(scalar: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((scalar >> BigInt(8 * i)) & 0xffn));
}
