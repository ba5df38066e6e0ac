import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeCryptoVerifier } from '../../src/adapters/node-crypto.ts';
import type { ChainTip } from '../../src/node/ports.ts';
import { createPocketVerifier } from '../../src/validation/pocket-verifier.ts';
import { createTweetnaclVerifier } from '../../src/validation/tweetnacl-verifier.ts';
import { createPocketBlock, decodePocketBlock, toSyncBlock } from '../../src/wire/blocks.ts';
import type { BlockContent, PocketBlock } from '../../src/wire/blocks.ts';
import { decodeCertificate } from '../../src/wire/hotstuff.ts';
import type { QuorumCertificate } from '../../src/wire/hotstuff.ts';
import { NETWORK_ID, certificateOf, keysOf, servedBlock, tipOf, votedBlock } from './certified-chain.ts';

const ALL_KEYS = keysOf(7);
const options = { networkId: NETWORK_ID, blockBytesMax: 1_000_000 };
const nodeCrypto = createPocketVerifier({ ...options, signatures: createNodeCryptoVerifier() });
const tweetnacl = createPocketVerifier({ ...options, signatures: createTweetnaclVerifier() });

interface Sample {
  readonly parent: ChainTip;
  readonly voted: BlockContent;
  readonly served: PocketBlock;
}

/** A valid block of a random set, with a random quorum of signers and random transactions. */
const sample: fc.Arbitrary<Sample> = fc
  .tuple(
    fc.integer({ min: 1, max: ALL_KEYS.length }),
    fc.nat({ max: 1_000_000 }),
    fc.array(fc.uint8Array({ maxLength: 30 }), { minLength: 1, maxLength: 5 }),
    fc.nat({ max: 2 }),
  )
  .map(([size, height, transactions, spared]) => {
    const keys = ALL_KEYS.slice(0, size);
    const parent = tipOf(keys, height);
    const voted = votedBlock(keys, parent, transactions);
    const signed = Math.max(Math.floor((2 * size) / 3) + 1, size - spared);
    return { parent, voted, served: servedBlock(voted, certificateOf(voted, keys.slice(size - signed))) };
  });

async function isValid({ parent, served }: Sample, verifier = nodeCrypto): Promise<boolean> {
  return (await verifier.verify(toSyncBlock(served), parent, true)).valid;
}

/** Every change of one thing that a certificate binds or a header must have. */
const MUTATIONS: Record<string, (sample: Sample) => PocketBlock> = {
  height: ({ served }) => withHeader(served, { height: served.header.height + 1 }),
  networkId: ({ served }) => withHeader(served, { networkId: `${served.header.networkId}x` }),
  stateHash: ({ served }) => withHeader(served, { stateHash: flipText(served.header.stateHash) }),
  prevStateHash: ({ served }) => withHeader(served, { prevStateHash: flipText(served.header.prevStateHash) }),
  proposerAddress: ({ served }) => withHeader(served, { proposerAddress: flip(served.header.proposerAddress) }),
  valSetHash: ({ served }) => withHeader(served, { valSetHash: flipText(served.header.valSetHash) }),
  'a transaction more': ({ served }) => withTransactions(served, [...served.transactions, new Uint8Array()]),
  'a transaction less': ({ served }) => withTransactions(served, served.transactions.slice(1)),
  'a transaction longer': ({ served }) =>
    withTransactions(
      served,
      served.transactions.map((one, at) => (at === 0 ? Uint8Array.of(...one, 0) : one)),
    ),
  'no certificate': ({ served }) => withHeader(served, { quorumCertificate: new Uint8Array() }),
  'certificate height': (one) => withCertificate(one, ({ height }) => ({ height: height - 1 })),
  'certificate round': (one) => withCertificate(one, ({ round }) => ({ round: round + 1 })),
  'certificate step': (one) => withCertificate(one, () => ({ step: 5 })),
  'certificate block networkId': (one) =>
    withCertificate(one, ({ block }) => ({ block: { ...block, header: { ...block.header, networkId: 'x' } } })),
  'certificate block transactions': (one) =>
    withCertificate(one, ({ block }) => ({ block: { ...block, transactions: block.transactions.slice(1) } })),
  'too few signatures': (one) =>
    withCertificate(one, ({ signatures }) => ({
      signatures: signatures.slice(0, Math.floor((2 * one.parent.validators.length) / 3)),
    })),
  'a signature twice': (one) =>
    withCertificate(one, ({ signatures }) => ({ signatures: [...signatures, ...signatures.slice(0, 1)] })),
  'a signature changed': (one) =>
    withCertificate(one, ({ signatures }) => ({
      signatures: signatures.map((each, at) => (at === 0 ? { ...each, signature: flip(each.signature) } : each)),
    })),
  'a signer changed': (one) =>
    withCertificate(one, ({ signatures }) => ({
      signatures: signatures.map((each, at) => (at === 0 ? { ...each, address: flipText(each.address) } : each)),
    })),
};

function withHeader(block: PocketBlock, changes: Partial<PocketBlock['header']>): PocketBlock {
  return createPocketBlock({ ...block, header: { ...block.header, ...changes } });
}

function withTransactions(block: PocketBlock, transactions: readonly Uint8Array[]): PocketBlock {
  return createPocketBlock({ ...block, transactions });
}

function withCertificate(
  { voted, served }: Sample,
  change: (certificate: QuorumCertificate) => Partial<QuorumCertificate>,
): PocketBlock {
  const certificate = decodeCertificate(served.header.quorumCertificate, 1_000_000);
  return servedBlock(voted, { ...certificate, ...change(certificate) });
}

function flip(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (at === 3 ? byte ^ 1 : byte));
}

function flipText(text: string): string {
  return (text.startsWith('0') ? '1' : '0') + text.slice(1);
}

describe('APPLY-1: a valid block is accepted, and not after any change of what is bound', () => {
  it('by both verifiers, also after a trip over the wire', async () => {
    await fc.assert(
      fc.asyncProperty(sample, async (one) => {
        expect(await isValid(one, tweetnacl)).toBe(true);
        expect(await isValid(one)).toBe(true);
        const received = decodePocketBlock(one.served.encoded, 1_000_000);
        expect(await isValid({ ...one, served: received })).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it.each(Object.entries(MUTATIONS))('%s', async (_, mutate) => {
    await fc.assert(
      fc.asyncProperty(sample, async (one) => {
        expect(await isValid({ ...one, served: mutate(one) })).toBe(false);
      }),
      { numRuns: 10 },
    );
  });
});
