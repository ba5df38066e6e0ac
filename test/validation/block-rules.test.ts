import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { createNodeCryptoVerifier } from '../../src/adapters/node-crypto.ts';
import type { BlockHeader, PocketBlock } from '../../src/wire/blocks.ts';
import { createPocketBlock, toSyncBlock } from '../../src/wire/blocks.ts';
import { createPocketVerifier } from '../../src/validation/pocket-verifier.ts';
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
const parent = tipOf(keys);
const good = certifiedBlock(keys, parent);
const signatures = createNodeCryptoVerifier();
const verifier = createPocketVerifier({ networkId: NETWORK_ID, blockBytesMax: 10_000, signatures });

async function faultOf(block: PocketBlock, certified = true): Promise<string | null> {
  const verdict = await verifier.verify(toSyncBlock(block), parent, certified);
  return verdict.valid ? null : verdict.fault.code;
}

function withHeader(changes: Partial<BlockHeader>): PocketBlock {
  return createPocketBlock({ ...good, header: { ...good.header, ...changes } });
}

describe('APPLY-1: what a header must say', () => {
  it('a good block is valid, and so is it without a certificate as a proposal (LIVE-3)', async () => {
    expect(await faultOf(good)).toBeNull();
    expect(await faultOf(withHeader({ quorumCertificate: new Uint8Array() }), false)).toBeNull();
    expect(await faultOf(withHeader({ quorumCertificate: new Uint8Array() }))).toBe('CERTIFICATE_MISSING');
  });

  it('the network that serves it may give its own timestamp, tree hashes and next validator set', async () => {
    const stateTreeHashes = new Map([['root', 'x']]);
    expect(await faultOf(withHeader({ timestamp: null, stateTreeHashes, nextValSetHash: 'x' }))).toBeNull();
  });

  it.each<[string, Partial<BlockHeader>, string]>([
    ['another height', { height: 6 }, 'WRONG_HEIGHT'],
    ['the height of its parent', { height: 4 }, 'WRONG_HEIGHT'],
    ['A23: another network', { networkId: 'mainnet' }, 'NETWORK_MISMATCH'],
    ['another validator set', { valSetHash: '0'.repeat(64) }, 'VALIDATOR_SET_MISMATCH'],
    ['a proposer outside the set', { proposerAddress: new Uint8Array(20) }, 'VALIDATOR_SET_MISMATCH'],
    ['no proposer', { proposerAddress: new Uint8Array() }, 'VALIDATOR_SET_MISMATCH'],
  ])('%s is refused, certified or proposed', async (_, changes, code) => {
    expect(await faultOf(withHeader(changes))).toBe(code);
    expect(await faultOf(withHeader(changes), false)).toBe(code);
  });

  it.each<[string, Partial<BlockHeader>, string]>([
    ['no network', { networkId: '' }, 'NETWORK_MISMATCH'],
    ['no validator set', { valSetHash: '' }, 'VALIDATOR_SET_MISMATCH'],
  ])('%s is refused when certified; LIVE-3: a proposal may come without', async (_, changes, code) => {
    expect(await faultOf(withHeader(changes))).toBe(code);
    expect(await faultOf(withHeader(changes), false)).toBeNull();
  });

  it('a block of exactly max_block_bytes passes, one byte more does not', async () => {
    const limit = (blockBytesMax: number) => createPocketVerifier({ networkId: NETWORK_ID, blockBytesMax, signatures });
    const block = toSyncBlock(good);
    expect((await limit(block.bytes).verify(block, parent, true)).valid).toBe(true);
    const refused = await limit(block.bytes - 1).verify(block, parent, true);
    expect(refused).toMatchObject({ fault: { code: 'BLOCK_TOO_LARGE' } });
  });

  it('A41: the set that counts is the one of the height before, not a later one', async () => {
    const later = keysOf(4, 'later');
    const voted = votedBlock(later, tipOf(later));
    const header = { ...voted.header, proposerAddress: hexToBytes(keys[0]?.address ?? '') };
    const claimsOurs = { ...voted, header: { ...header, valSetHash: good.header.valSetHash } };
    expect(await faultOf(servedBlock(voted, certificateOf(voted, later)))).toBe('VALIDATOR_SET_MISMATCH');
    expect(await faultOf(servedBlock(claimsOurs, certificateOf(claimsOurs, later)))).toBe('CERTIFICATE_FOREIGN_SIGNER');
  });

  it('a message names the height and what was wrong', async () => {
    const verdict = await verifier.verify(toSyncBlock(withHeader({ networkId: 'mainnet' })), parent, true);
    expect(verdict).toMatchObject({ fault: { message: 'block 5 is of network "mainnet", not "testnet"' } });
  });

  it('checks no signature of a block that cheaper checks refuse', async () => {
    const broken = { verify: () => Promise.reject(new Error('asked')) };
    const cheap = createPocketVerifier({ networkId: 'other', blockBytesMax: 10_000, signatures: broken });
    expect((await cheap.verify(toSyncBlock(good), parent, true)).valid).toBe(false);
  });

  it('APPLY-5: a signature verifier that breaks is an error of the host, not of the block', async () => {
    const broken = { verify: () => Promise.reject(new Error('no threads')) };
    const host = createPocketVerifier({ networkId: NETWORK_ID, blockBytesMax: 10_000, signatures: broken });
    await expect(host.verify(toSyncBlock(good), parent, true)).rejects.toThrow('no threads');
    await expect(verifier.verify({ ...toSyncBlock(good), body: null }, parent, true)).rejects.toThrow(
      'MALFORMED_MESSAGE',
    );
  });
});
