import { describe, expect, it } from 'vitest';
import { blockVerifierCases } from '../../properties/ports/block-verifier-suite.ts';
import type { BlockVerifierFixture } from '../../properties/ports/block-verifier-suite.ts';
import { createNodeCryptoVerifier } from '../../src/adapters/node-crypto.ts';
import type { ChainTip, Verdict } from '../../src/node/ports.ts';
import { createPocketVerifier } from '../../src/validation/pocket-verifier.ts';
import type { SignatureVerifier } from '../../src/validation/signature-verifier.ts';
import { createPocketBlock, toSyncBlock } from '../../src/wire/blocks.ts';
import type { PocketBlock } from '../../src/wire/blocks.ts';
import { HOTSTUFF_STEP } from '../../src/wire/hotstuff.ts';
import {
  NETWORK_ID,
  certificateOf,
  certifiedBlock,
  keysOf,
  servedBlock,
  tipOf,
  votedBlock,
} from './certified-chain.ts';

const keys = keysOf(4);
const strangers = keysOf(4, 'stranger');
const parent = tipOf(keys);
const voted = votedBlock(keys, parent);
const certificate = certificateOf(voted, keys);
const good = servedBlock(voted, certificate);

function counting() {
  const signatures = createNodeCryptoVerifier();
  const seen = { count: 0, broken: false };
  const verifier: SignatureVerifier = {
    verify: (...args) => {
      seen.count += 1;
      if (seen.broken) throw new Error('out of order');
      return signatures.verify(...args);
    },
  };
  const options = { networkId: NETWORK_ID, blockBytesMax: 10_000, signatures: verifier };
  return { seen, verifier: createPocketVerifier(options) };
}

const withValidators = (tip: ChainTip, members: typeof keys): ChainTip => ({
  ...tip,
  validators: tipOf(members).validators,
});

describe('OPT-1: each signature is verified once a block', () => {
  it('asked again, at the same time, or under an equal set', async () => {
    const { seen, verifier } = counting();
    const block = toSyncBlock(good);
    const again = { ...parent, validators: parent.validators.map((each) => ({ ...each })) };
    const verdicts = await Promise.all([parent, parent, again].map(async (tip) => verifier.verify(block, tip, true)));
    verdicts.push(await verifier.verify(block, parent, true));
    expect(verdicts).toEqual(verdicts.map(() => ({ valid: true })));
    expect(seen.count).toBe(4);
  });

  it('under another set: only those whose key is another', async () => {
    const { seen, verifier } = counting();
    const block = toSyncBlock(good);
    await verifier.verify(block, parent, true);
    const [first, ...rest] = parent.validators;
    const key = strangers[0]?.publicKey ?? new Uint8Array();
    const swapped = { address: first?.address ?? '', publicKey: Buffer.from(key).toString('hex') };
    const other = { ...parent, validators: [swapped, ...rest] };
    // The set's hash is checked first, so that the block has to name the other set's.
    const { valSetHash } = votedBlock(keys, other).header;
    const named = createPocketBlock({ ...good, header: { ...good.header, valSetHash } });
    const verdict = await verifier.verify(toSyncBlock(named), other, true);
    // The address of that key is not the one it is named by: another set may still have the right one.
    expect(verdict).toMatchObject({ valid: false, fault: { code: 'CERTIFICATE_BAD_SIGNATURE' } });
    expect(verdict).not.toHaveProperty('always');
    expect(seen.count).toBe(8);
  });

  it('a verifier that broke is asked again', async () => {
    const { seen, verifier } = counting();
    const block = toSyncBlock(good);
    seen.broken = true;
    await expect(verifier.verify(block, parent, true)).rejects.toThrow('out of order');
    seen.broken = false;
    expect(await verifier.verify(block, parent, true)).toEqual({ valid: true });
  });

  it('two blocks with the same content are two blocks', async () => {
    const { verifier } = counting();
    const bad = certificate.signatures.map((one) => ({ ...one, signature: new Uint8Array(64) }));
    expect(await verifier.verify(toSyncBlock(good), parent, true)).toEqual({ valid: true });
    const forged = toSyncBlock(servedBlock(voted, { ...certificate, signatures: bad }));
    expect(await verifier.verify(forged, parent, true)).toMatchObject({ valid: false, always: true });
  });
});

describe('OPT-1: what no validator set would cure', () => {
  const doubled = [...certificate.signatures.slice(1), ...certificate.signatures.slice(1, 2)];
  const spoiled = certificate.signatures.map((one, at) => (at === 3 ? { ...one, signature: new Uint8Array(64) } : one));
  const header = (changes: Partial<PocketBlock['header']>) =>
    createPocketBlock({ ...good, header: { ...good.header, ...changes } });
  const few = servedBlock(voted, { ...certificate, signatures: certificate.signatures.slice(2) });
  const foreign = servedBlock(voted, certificateOf(voted, [...keys.slice(1), ...strangers.slice(0, 1)]));

  it.each<[boolean, string, PocketBlock]>([
    [true, 'BLOCK_TOO_LARGE', createPocketBlock({ ...good, transactions: [new Uint8Array(20_000)] })],
    [true, 'NETWORK_MISMATCH', header({ networkId: 'another' })],
    [true, 'CERTIFICATE_MISSING', servedBlock(voted, new Uint8Array())],
    [true, 'CERTIFICATE_MALFORMED', servedBlock(voted, Uint8Array.of(0xff, 0xff))],
    [true, 'CERTIFICATE_WRONG_STEP', servedBlock(voted, certificateOf(voted, keys, { step: HOTSTUFF_STEP.prepare }))],
    [true, 'CERTIFICATE_UNBOUND', header({ stateHash: 'f'.repeat(64) })],
    [true, 'CERTIFICATE_REPEATED_SIGNER', servedBlock(voted, { ...certificate, signatures: doubled })],
    [true, 'CERTIFICATE_BAD_SIGNATURE', servedBlock(voted, { ...certificate, signatures: spoiled })],
    [false, 'CERTIFICATE_FOREIGN_SIGNER', foreign],
    [false, 'CERTIFICATE_NO_QUORUM', few],
    [false, 'VALIDATOR_SET_MISMATCH', header({ valSetHash: 'f'.repeat(64) })],
    [false, 'VALIDATOR_SET_MISMATCH', header({ proposerAddress: new Uint8Array(20) })],
  ])('always %s: %s', async (always, code, block) => {
    const { verifier } = counting();
    const verdict = await verifier.verify(toSyncBlock(block), parent, true);
    expect(verdict).toMatchObject({ valid: false, fault: { code } });
    expect('always' in verdict && verdict.always).toBe(always);
  });

  it('a height that does not follow', async () => {
    const verdict: Verdict = await counting().verifier.verify(toSyncBlock(good), tipOf(keys, 9), true);
    expect(verdict).toMatchObject({ valid: false, fault: { code: 'WRONG_HEIGHT' } });
    expect(verdict).not.toHaveProperty('always');
  });
});

describe('the verifier', () => {
  for (const { name, run } of blockVerifierCases) it(name, () => run({ create: async () => fixture() }));

  function fixture(): BlockVerifierFixture {
    const chain = [4, 5, 6].map((height) => {
      const tip = withValidators(tipOf(keys, height), keys);
      return { block: toSyncBlock(certifiedBlock(keys, tip)), parent: tip };
    });
    const spoiled = certificate.signatures.map((one) => ({ ...one, signature: new Uint8Array(64) }));
    const bad = [
      { block: toSyncBlock(servedBlock(voted, new Uint8Array())), parent, code: 'CERTIFICATE_MISSING' },
      {
        block: toSyncBlock(servedBlock(voted, { ...certificate, signatures: spoiled })),
        parent,
        code: 'CERTIFICATE_BAD_SIGNATURE',
      },
      {
        block: toSyncBlock(servedBlock(voted, certificateOf(voted, strangers))),
        parent,
        code: 'CERTIFICATE_FOREIGN_SIGNER',
      },
    ] as const;
    const proposal = { block: toSyncBlock(createPocketBlock(voted)), parent };
    return { verifier: counting().verifier, good: chain, bad, proposal, dispose: async () => undefined };
  }
});
