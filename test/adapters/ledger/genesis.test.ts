import { readFile } from 'node:fs/promises';
import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { makeGenesis } from '../../../src/adapters/ledger/genesis-file.ts';
import { parseGenesis } from '../../../src/adapters/ledger/genesis.ts';
import { readGenesis } from '../../../src/adapters/ledger/read-genesis.ts';
import { accounts, openLedger, validators } from './localnet.ts';

const DEVNET = new URL('../../fixtures/pocket-genesis.json', import.meta.url);
const devnet = JSON.parse(await readFile(DEVNET, 'utf8')) as Record<string, unknown>;

const made = makeGenesis({
  networkId: 'mynet',
  timeMs: 1_700_000_000_123,
  blockBytesMax: 1_000_000,
  stake: 77n,
  validators: validators.map(({ address, publicKey }) => ({
    address,
    publicKey: bytesToHex(publicKey),
    serviceUrl: 'u',
  })),
  accounts: accounts.map(({ address }) => ({ address, amount: 5n })),
});

describe("Pocket's devnet genesis", () => {
  it('APPLY-1: is read as it stands', async () => {
    const genesis = await readGenesis(DEVNET.pathname);
    expect(genesis).toMatchObject({ networkId: 'testnet', blockBytesMax: 4_000_000, timeMs: 1_663_610_702_405 });
    expect(genesis.accounts).toHaveLength(402);
    expect(genesis.validators).toHaveLength(4);
    expect(genesis.validators[0]).toEqual({
      address: '00104055c00bed7c983a48aac7dc6335d7c607a7',
      publicKey: 'dfe357de55649e6d2ce889acf15eb77e94ab3c5756fe46d3c7538d37f27f115e',
      stake: 1_000_000_000_000n,
      output: '00104055c00bed7c983a48aac7dc6335d7c607a7',
      serviceUrl: 'validator1:42069',
    });
    expect(genesis.params).toEqual({
      sendFee: 10_000n,
      stakeFee: 10_000n,
      unstakeFee: 10_000n,
      validatorStakeMin: 15_000_000_000n,
      unstakingBlocks: 2_016,
      proposerPercentageOfFees: 10,
    });
  });

  it('APPLY-1: gives a ledger at height 0 whose state hash never changes', async () => {
    const { height, stateHash, validators: set } = (await openLedger(undefined, parseGenesis(devnet))).tip();
    expect(height).toBe(0);
    expect(set).toHaveLength(4);
    expect(stateHash).toBe('95aa3d19f4b534c40b3490af249d84d43699d7bddd9d5f0c398a6991ec72170b');
  });
});

describe('a genesis of one’s own', () => {
  it('APPLY-1: is in the format that is read', () => {
    const genesis = parseGenesis(JSON.parse(JSON.stringify(made)));
    expect(genesis).toMatchObject({ networkId: 'mynet', timeMs: 1_700_000_000_123, blockBytesMax: 1_000_000 });
    expect(genesis.validators.map(({ address, stake }) => [address, stake])).toEqual(
      validators.map(({ address }) => [address, 77n]),
    );
    expect(genesis.accounts.slice(1)).toEqual(accounts.map(({ address }) => ({ address, amount: 5n })));
  });
});

describe('the genesis hash', () => {
  it('A23: is of the content, not of its layout', () => {
    const { hash } = parseGenesis(devnet);
    expect(parseGenesis(Object.fromEntries(Object.entries(devnet).reverse())).hash).toBe(hash);
    expect(parseGenesis({ ...devnet, applications: [] }).hash, 'a field that is not used').not.toBe(hash);
  });
});

describe('a bad genesis', () => {
  const first = made.validators[0];
  const account = made.accounts[0];

  it.each<readonly [field: string, json: unknown]>([
    ['the genesis', []],
    ['genesis_time', { ...made, genesis_time: undefined }],
    ['genesis_time.seconds', { ...made, genesis_time: { seconds: -1 } }],
    ['chain_id', { ...made, chain_id: '' }],
    ['max_block_bytes', { ...made, max_block_bytes: 0 }],
    ['max_block_bytes', { ...made, max_block_bytes: '4000000' }],
    ['accounts', { ...made, accounts: {} }],
    ['accounts[1]', { ...made, accounts: [account, null] }],
    ['accounts[0].address', { ...made, accounts: [{ ...account, address: 'AB' }] }],
    ['accounts[0].amount', { ...made, accounts: [{ ...account, amount: '-5' }] }],
    ['accounts[0].amount', { ...made, accounts: [{ ...account, amount: 5 }] }],
    ['accounts[1].address', { ...made, accounts: [account, account] }],
    ['accounts[0].address', { ...made, pools: [account], accounts: [account] }],
    ['validators', { ...made, validators: [] }],
    ['validators', { ...made, validators: undefined }],
    ['validators[1].address', { ...made, validators: [first, first] }],
    ['validators[0].address', { ...made, validators: [{ ...first, address: '00'.repeat(20) }] }],
    ['validators[0].public_key', { ...made, validators: [{ ...first, public_key: 'xyz' }] }],
    ['validators[0].staked_amount', { ...made, validators: [{ ...first, staked_amount: '1.5' }] }],
    ['validators[0].actor_type', { ...made, validators: [{ ...first, actor_type: 1 }] }],
    ['params.message_send_fee', { ...made, params: { message_send_fee: 'cheap' } }],
    ['params.proposer_percentage_of_fees', { ...made, params: { proposer_percentage_of_fees: 101 } }],
  ])('APPLY-1: is refused with the name of its field: %s', (field, json) => {
    expect(() => parseGenesis(json)).toThrow(
      expect.objectContaining({ code: 'GENESIS_INVALID', message: expect.stringContaining(field) as string }),
    );
  });

  it('APPLY-1: a file that is missing or no JSON is told with its path', async () => {
    await expect(readGenesis('/no/such/genesis.json')).rejects.toMatchObject({
      code: 'GENESIS_MISSING',
      message: expect.stringContaining('/no/such/genesis.json') as string,
    });
    const noJson = new URL(import.meta.url).pathname;
    await expect(readGenesis(noJson)).rejects.toMatchObject({
      code: 'GENESIS_INVALID',
      message: expect.stringContaining(noJson) as string,
    });
  });
});
