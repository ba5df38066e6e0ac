import { describe, expect, it } from 'vitest';
import { createNodeCryptoVerifier } from '../../src/adapters/node-crypto.ts';
import type { BlockFault } from '../../src/protocol/errors.ts';
import { createPocketVerifier } from '../../src/validation/pocket-verifier.ts';
import type { SignatureVerifier } from '../../src/validation/signature-verifier.ts';
import { createTweetnaclVerifier } from '../../src/validation/tweetnacl-verifier.ts';
import { createPocketBlock, toSyncBlock } from '../../src/wire/blocks.ts';
import type { PocketBlock } from '../../src/wire/blocks.ts';
import { HOTSTUFF_STEP, decodeCertificate } from '../../src/wire/hotstuff.ts';
import type { PartialSignature, QuorumCertificate } from '../../src/wire/hotstuff.ts';
import { NETWORK_ID, certificateOf, keysOf, servedBlock, signatureBy, tipOf, votedBlock } from './certified-chain.ts';
import { addL } from './ed25519-corpus.ts';

const keys = keysOf(4);
const strangers = keysOf(4, 'stranger');
const parent = tipOf(keys);
const voted = votedBlock(keys, parent);
const certificate = certificateOf(voted, keys);

async function faultOf(
  block: PocketBlock,
  signatures: SignatureVerifier = createNodeCryptoVerifier(),
  tip = parent,
): Promise<BlockFault | null> {
  const verifier = createPocketVerifier({ networkId: NETWORK_ID, blockBytesMax: 1_000_000, signatures });
  const verdict = await verifier.verify(toSyncBlock(block), tip, true);
  return verdict.valid ? null : verdict.fault;
}

function forged(changes: Partial<QuorumCertificate>): PocketBlock {
  return servedBlock(voted, { ...certificate, ...changes });
}

function replaceSignature(index: number, change: (one: PartialSignature) => PartialSignature): PocketBlock {
  return forged({ signatures: certificate.signatures.map((one, at) => (at === index ? change(one) : one)) });
}

describe.each([
  ['node:crypto', createNodeCryptoVerifier()],
  ['tweetnacl', createTweetnaclVerifier()],
])('APPLY-1, A20: certificates, with %s', (_, verifier) => {
  it('of all, or of more than two thirds, pass', async () => {
    expect(await faultOf(servedBlock(voted, certificate), verifier)).toBeNull();
    expect(await faultOf(forged({ signatures: certificate.signatures.slice(1) }), verifier)).toBeNull();
  });

  it('A21: with S + L in the place of S are refused', async () => {
    const block = replaceSignature(2, (one) => ({ ...one, signature: addL(one.signature) }));
    expect(await faultOf(block, verifier)).toMatchObject({ code: 'CERTIFICATE_BAD_SIGNATURE' });
  });

  it.each([0, 3])('with signature %i of all invalid are refused, and its signer named', async (index) => {
    const block = replaceSignature(index, (one) => ({ ...one, signature: new Uint8Array(64) }));
    const message = `block 5: the signature of ${keys[index]?.address ?? ''} does not verify`;
    expect(await faultOf(block, verifier)).toEqual({ code: 'CERTIFICATE_BAD_SIGNATURE', message });
  });

  it.each([0, 63, 65])('with a signature of %i bytes are refused', async (length) => {
    const block = replaceSignature(1, (one) => ({ ...one, signature: new Uint8Array(length) }));
    expect(await faultOf(block, verifier)).toMatchObject({ code: 'CERTIFICATE_BAD_SIGNATURE' });
  });
});

describe('APPLY-1, A20: forged certificates', () => {
  it('missing', async () => {
    expect(await faultOf(servedBlock(voted, new Uint8Array()))).toMatchObject({ code: 'CERTIFICATE_MISSING' });
  });

  it.each([
    ['random bytes', Uint8Array.of(0xff, 0xff, 0xff)],
    ['without a block', Uint8Array.of(8, 5)],
  ])('malformed: %s', async (_, bytes) => {
    expect(await faultOf(servedBlock(voted, bytes))).toMatchObject({ code: 'CERTIFICATE_MALFORMED' });
  });

  it('APPLY-1: a certificate that carries more than a certificate is refused, not kept and served on', async () => {
    const good = servedBlock(voted, certificateOf(voted, keys)).header.quorumCertificate;
    // An unknown field, number 100, of 1,000 bytes.
    const padding = Uint8Array.from([0xa2, 0x06, 0xe8, 0x07, ...new Uint8Array(1_000)]);
    const padded = Uint8Array.from([...good, ...padding]);
    expect(await faultOf(servedBlock(voted, good))).toBeNull();
    expect(await faultOf(servedBlock(voted, padded))).toMatchObject({ code: 'CERTIFICATE_MALFORMED' });
  });

  it.each(Object.values(HOTSTUFF_STEP).filter((step) => step !== HOTSTUFF_STEP.commit))(
    'of step %i, though everybody signed that',
    async (step) => {
      const block = servedBlock(voted, certificateOf(voted, keys, { step }));
      expect(await faultOf(block)).toMatchObject({ code: 'CERTIFICATE_WRONG_STEP' });
    },
  );

  it.each<[string, Partial<typeof voted.header>]>([
    ['height', { height: 6 }],
    ['stateHash', { stateHash: 'f'.repeat(64) }],
    ['prevStateHash', { prevStateHash: 'f'.repeat(64) }],
    ['proposerAddress', { proposerAddress: new Uint8Array(20) }],
  ])('A20, A24: really signed, but for a block with another %s', async (name, changes) => {
    const other = { ...voted, header: { ...voted.header, ...changes } };
    const fault = await faultOf(servedBlock(voted, certificateOf(other, keys, { height: 5 })));
    expect(fault).toEqual({
      code: 'CERTIFICATE_UNBOUND',
      message: `the certificate of block 5 is of another block: ${name} differs`,
    });
  });

  it('of another height itself', async () => {
    const block = servedBlock(voted, certificateOf(voted, keys, { height: 4 }));
    expect(await faultOf(block)).toMatchObject({ code: 'CERTIFICATE_UNBOUND' });
  });

  const [first = new Uint8Array(), ...rest] = voted.transactions;
  it.each([
    ['one left out', rest],
    ['one added', [...voted.transactions, first]],
    ['another order', [...rest, first]],
    ['one byte changed', [Uint8Array.of(1, 2, 4), ...rest]],
    ['two joined into one', [Uint8Array.of(1, 2, 3, 4), ...rest.slice(1)]],
  ])('A19, A22: of the same header with other transactions: %s', async (_, transactions) => {
    const block = createPocketBlock({ ...servedBlock(voted, certificate), transactions });
    expect(await faultOf(block)).toMatchObject({ code: 'CERTIFICATE_UNBOUND' });
  });

  it.each([
    [1, 1, false],
    [1, 0, true],
    [3, 3, false],
    [3, 2, true],
    [4, 3, false],
    [4, 2, true],
    [6, 5, false],
    [6, 4, true],
    [7, 5, false],
    [7, 4, true],
  ])('of %i validators, %i signed: no quorum is %s', async (size, signed, refused) => {
    const set = keysOf(size);
    const tip = tipOf(set);
    const block = votedBlock(set, tip);
    const fault = await faultOf(servedBlock(block, certificateOf(block, set.slice(0, signed))), undefined, tip);
    expect(fault?.code ?? null).toBe(refused ? 'CERTIFICATE_NO_QUORUM' : null);
  });

  it('with one valid signature repeated until it would be a quorum', async () => {
    const [one] = certificate.signatures;
    const fault = await faultOf(forged({ signatures: [one, one, one].filter((each) => each !== undefined) }));
    expect(fault).toEqual({
      code: 'CERTIFICATE_REPEATED_SIGNER',
      message: `block 5: signer ${keys[0]?.address ?? ''} is there twice`,
    });
  });

  it('with a repeated signer among enough others: fail closed', async () => {
    const signatures = [...certificate.signatures, ...certificate.signatures.slice(0, 1)];
    expect(await faultOf(forged({ signatures }))).toMatchObject({ code: 'CERTIFICATE_REPEATED_SIGNER' });
  });

  it('A23: signed by strangers, or by one stranger among enough others', async () => {
    const foreign = strangers.map((one) => signatureBy(one, certificate));
    expect(await faultOf(forged({ signatures: foreign }))).toMatchObject({ code: 'CERTIFICATE_FOREIGN_SIGNER' });
    const mixed = [...certificate.signatures, ...foreign.slice(0, 1)];
    expect(await faultOf(forged({ signatures: mixed }))).toEqual({
      code: 'CERTIFICATE_FOREIGN_SIGNER',
      message: `block 5: signer "${strangers[0]?.address ?? ''}" is not in the validator set of height 4`,
    });
  });

  it('with an address in upper case, which would be a second name for the same signer', async () => {
    const block = replaceSignature(0, (one) => ({ ...one, address: one.address.toUpperCase() }));
    expect(await faultOf(block)).toMatchObject({ code: 'CERTIFICATE_FOREIGN_SIGNER' });
  });

  it("with one validator's signature under another's name", async () => {
    const block = replaceSignature(0, (one) => ({
      ...one,
      signature: certificate.signatures[1]?.signature ?? one.signature,
    }));
    expect(await faultOf(block)).toMatchObject({ code: 'CERTIFICATE_BAD_SIGNATURE' });
  });

  it('with signatures of another round or step', async () => {
    expect(await faultOf(forged({ round: 2 }))).toMatchObject({ code: 'CERTIFICATE_BAD_SIGNATURE' });
    const prepare = certificateOf(voted, keys, { step: HOTSTUFF_STEP.prepare });
    const block = servedBlock(voted, { ...prepare, step: HOTSTUFF_STEP.commit });
    expect(await faultOf(block)).toMatchObject({ code: 'CERTIFICATE_BAD_SIGNATURE' });
  });

  it('with an unbound field of the voted block changed, since the votes signed it', async () => {
    const header = { ...voted.header, timestamp: { seconds: 1, nanos: 0 } };
    expect(await faultOf(forged({ block: { ...voted, header } }))).toMatchObject({ code: 'CERTIFICATE_BAD_SIGNATURE' });
  });

  it('without validators at all there is no quorum', async () => {
    const nobody = { ...parent, validators: [] };
    expect((await faultOf(servedBlock(voted, certificate), undefined, nobody))?.code).toBe('VALIDATOR_SET_MISMATCH');
  });

  it('A certificate survives a round trip', () => {
    const { header, encoded } = servedBlock(voted, certificate);
    expect(decodeCertificate(header.quorumCertificate, encoded.length)).toEqual(certificate);
  });

  it('with any one signature of many invalid: none is left unchecked', async () => {
    const set = keysOf(8);
    const tip = tipOf(set);
    const block = votedBlock(set, tip);
    const whole = certificateOf(block, set);
    const signatures = createNodeCryptoVerifier();
    const options = { networkId: NETWORK_ID, blockBytesMax: 1_000_000, signatures, signaturesInFlightMax: 3 };
    for (const bad of set.keys()) {
      const spoilt = whole.signatures.map((one, at) => (at === bad ? { ...one, signature: new Uint8Array(64) } : one));
      const served = toSyncBlock(servedBlock(block, { ...whole, signatures: spoilt }));
      expect((await createPocketVerifier(options).verify(served, tip, true)).valid, `signature ${String(bad)}`).toBe(
        false,
      );
    }
  });

  it('verifies no more signatures at once than it is told', async () => {
    let inFlight = 0;
    let inFlightMost = 0;
    const real = createNodeCryptoVerifier();
    const signatures: SignatureVerifier = {
      verify: async (...parts) => {
        inFlightMost = Math.max(inFlightMost, (inFlight += 1));
        const valid = await real.verify(...parts);
        inFlight -= 1;
        return valid;
      },
    };
    const set = keysOf(9);
    const tip = tipOf(set);
    const block = votedBlock(set, tip);
    const options = { networkId: NETWORK_ID, blockBytesMax: 1_000_000, signatures, signaturesInFlightMax: 3 };
    const served = toSyncBlock(servedBlock(block, certificateOf(block, set)));
    expect((await createPocketVerifier(options).verify(served, tip, true)).valid).toBe(true);
    expect(inFlightMost).toBe(3);
  });
});
