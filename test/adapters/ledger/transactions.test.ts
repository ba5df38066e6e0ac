import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { DAO_ADDRESS } from '../../../src/adapters/ledger/genesis-file.ts';
import { decodeEntry } from '../../../src/adapters/ledger/records.ts';
import {
  sendTransaction,
  signTransaction,
  stakeTransaction,
  unstakeTransaction,
} from '../../../src/adapters/ledger/transactions.ts';
import type { Executor } from '../../../src/node/ports.ts';
import type { SyncBlock } from '../../../src/protocol/block.ts';
import { keyPairFromSeed, type KeyPair } from '../../../src/validation/keys.ts';
import { createPocketBlock, EMPTY_HEADER, toSyncBlock } from '../../../src/wire/blocks.ts';
import { accounts, candidates, FUNDS, genesisWith, openLedger, sign, validators } from './localnet.ts';

const FEE = 10_000n;
const STAKE = 15_000_000_000n;
const [alice, bob] = accounts as [KeyPair, KeyPair];
const [candidate, other] = candidates as [KeyPair, KeyPair];
const [proposer] = validators as [KeyPair];
const byAlice = { keys: alice, sign, nonce: '1' };
const byCandidate = { keys: candidate, sign, nonce: '1' };
const params = { validator_unstaking_blocks: 2 };

/** A ledger whose blocks need not be certified or name their hash. */
async function newLedger(genesisParams: Readonly<Record<string, string | number>> = params) {
  const ledger: Executor = await openLedger(undefined, genesisWith(genesisParams));
  const values = new Map<string, Uint8Array | null>();
  let height = 0;
  return {
    /** Executes and commits a block of these transactions; the reason when it is refused. */
    async block(...transactions: Uint8Array[]): Promise<string> {
      const applied = await ledger.apply(blockAt(height + 1, transactions));
      if ('rejected' in applied) return `${applied.rejected.code} ${applied.rejected.message}`;
      height += 1;
      for (const { key, value } of ledger.changes(height)) values.set(key, value);
      ledger.committed(height);
      return 'executed';
    },
    balance(address: string): bigint {
      const value = values.get(`account/${address}`) ?? null;
      const record = value === null ? null : decodeEntry('account/', value).record;
      return record?.kind === 'account' ? record.amount : 0n;
    },
    validators: () => ledger.tip().validators.map(({ address }) => address),
  };
}

function blockAt(height: number, transactions: readonly Uint8Array[]): SyncBlock {
  const header = { ...EMPTY_HEADER, height, proposerAddress: hexToBytes(proposer.address) };
  return toSyncBlock(createPocketBlock({ header, transactions }));
}

describe('a send', () => {
  it('APPLY-2: moves coins, and its fee goes to the proposer and the DAO', async () => {
    const ledger = await newLedger();
    expect(await ledger.block(sendTransaction(byAlice, bob.address, 500n))).toBe('executed');
    expect(ledger.balance(alice.address)).toBe(FUNDS - 500n - FEE);
    expect(ledger.balance(bob.address)).toBe(FUNDS + 500n);
    expect(ledger.balance(proposer.address)).toBe(FEE / 10n);
    expect(ledger.balance(DAO_ADDRESS)).toBe(FEE - FEE / 10n);
  });

  it('APPLY-2: to oneself costs the fee only', async () => {
    const ledger = await newLedger();
    expect(await ledger.block(sendTransaction(byAlice, alice.address, 500n))).toBe('executed');
    expect(ledger.balance(alice.address)).toBe(FUNDS - FEE);
  });

  it('APPLY-2: may spend what came in the same block, and everything', async () => {
    const poor = keyPairFromSeed(new Uint8Array(32).fill(7));
    const ledger = await newLedger();
    const come = sendTransaction(byAlice, poor.address, 100n + FEE);
    const go = sendTransaction({ keys: poor, sign, nonce: '1' }, bob.address, 100n);
    expect(await ledger.block(go, come)).toMatch(/INVALID_TRANSACTION transaction 0: .* has 0 and would need 10100/);
    expect(await ledger.block(come, go)).toBe('executed');
    expect(ledger.balance(poor.address)).toBe(0n);
    expect(ledger.balance(bob.address)).toBe(FUNDS + 100n);
  });
});

describe('a stake and an unstake', () => {
  it('APPLY-1: change the validator set at their block, and the stake comes back later', async () => {
    const ledger = await newLedger();
    expect(await ledger.block(stakeTransaction(byCandidate, STAKE, 'node:42069'))).toBe('executed');
    expect(ledger.validators()).toContain(candidate.address);
    expect(ledger.validators()).toEqual([...ledger.validators()].sort());
    expect(ledger.balance(candidate.address)).toBe(FUNDS - STAKE - FEE);
    expect(await ledger.block(unstakeTransaction({ ...byCandidate, nonce: '2' }))).toBe('executed');
    expect(ledger.validators()).not.toContain(candidate.address);
    expect(await ledger.block()).toBe('executed');
    expect(ledger.balance(candidate.address)).toBe(FUNDS - STAKE - 2n * FEE);
    expect(await ledger.block()).toBe('executed');
    expect(ledger.balance(candidate.address)).toBe(FUNDS - 2n * FEE);
  });

  it('APPLY-2: pay back at once where the genesis asks for no waiting', async () => {
    const ledger = await newLedger({ validator_unstaking_blocks: 0 });
    const transactions = [stakeTransaction(byCandidate, STAKE, ''), unstakeTransaction({ ...byCandidate, nonce: '2' })];
    expect(await ledger.block(...transactions)).toBe('executed');
    expect(ledger.balance(candidate.address)).toBe(FUNDS - 2n * FEE);
  });

  it('APPLY-2: pay back two stakes that fall due together', async () => {
    const ledger = await newLedger();
    const both = [candidate, other];
    const stakes = both.map((keys) => stakeTransaction({ keys, sign, nonce: '1' }, STAKE, ''));
    const unstakes = both.map((keys) => unstakeTransaction({ keys, sign, nonce: '2' }));
    for (const transactions of [stakes, unstakes, [], []]) {
      expect(await ledger.block(...transactions)).toBe('executed');
    }
    for (const { address } of both) expect(ledger.balance(address)).toBe(FUNDS - 2n * FEE);
  });

  it('APPLY-1: never take the last validator away', async () => {
    const ledger = await newLedger({ ...params, message_unstake_validator_fee: '0' });
    const unstakes = validators.map((keys) => unstakeTransaction({ keys, sign, nonce: '1' }));
    expect(await ledger.block(...unstakes)).toMatch(/transaction 3: .* is the last validator/);
    expect(ledger.validators()).toHaveLength(4);
    expect(await ledger.block(...unstakes.slice(0, 3))).toBe('executed');
    expect(ledger.validators()).toEqual([validators[3]?.address]);
  });
});

describe('a transaction is refused', () => {
  const bytesOf = (keys: KeyPair) => hexToBytes(keys.address);
  const stakeMessage = {
    type: 'utility.MessageStake',
    actorType: 4,
    publicKey: candidate.publicKey,
    chains: [],
    amount: String(STAKE),
    serviceUrl: '',
    outputAddress: bytesOf(candidate),
    signer: null,
  } as const;
  const send = { type: 'utility.MessageSend', fromAddress: bytesOf(alice), toAddress: bytesOf(bob) } as const;
  const good = sendTransaction(byAlice, bob.address, 1n);

  it.each<readonly [string, Uint8Array, RegExp]>([
    ['that is garbage', Uint8Array.of(1, 2, 3), /transaction 1: /],
    ['that is empty', new Uint8Array(), /messages of type "" are not supported/],
    ['with an empty nonce', sendTransaction({ ...byAlice, nonce: '' }, bob.address, 1n), /nonce is empty/],
    [
      'whose signature is another',
      good.map((byte, at) => (at === good.length - 1 ? byte ^ 1 : byte)),
      /does not verify/,
    ],
    [
      'whose amount was changed',
      sendTransaction({ ...byAlice, sign: () => new Uint8Array(64) }, bob.address, 9n),
      /does not verify/,
    ],
    [
      'that is of somebody else',
      signTransaction({ ...send, amount: '1' }, { ...byAlice, keys: bob }),
      /for another account/,
    ],
    ['of no amount', signTransaction({ ...send, amount: '0' }, byAlice), /no amount/],
    ['of a negative amount', signTransaction({ ...send, amount: '-1' }, byAlice), /no amount/],
    ['of an absurd amount', signTransaction({ ...send, amount: '9'.repeat(79) }, byAlice), /no amount/],
    ['to no address', signTransaction({ ...send, toAddress: new Uint8Array(19), amount: '1' }, byAlice), /no address/],
    ['above the balance', sendTransaction(byAlice, bob.address, FUNDS), /would need/],
    ['with unknown fields around it', Uint8Array.of(...good, 0x78, 1), /not canonical/],
    [
      'that stakes an application',
      signTransaction({ ...stakeMessage, actorType: 1 }, byCandidate),
      /actor type 1 is not supported/,
    ],
    ['that stakes too little', stakeTransaction(byCandidate, STAKE - 1n, ''), /below the minimum/],
    ['that stakes for another', signTransaction(stakeMessage, byAlice), /may not act for the validator/],
    [
      'that names another signer',
      signTransaction({ ...stakeMessage, signer: bytesOf(bob) }, byCandidate),
      /names another signer/,
    ],
    [
      'that stakes to no output',
      signTransaction({ ...stakeMessage, outputAddress: new Uint8Array() }, byCandidate),
      /no address/,
    ],
    [
      'that stakes a broken key',
      signTransaction({ ...stakeMessage, publicKey: new Uint8Array(31) }, byCandidate),
      /32 bytes/,
    ],
    ['that unstakes no validator', unstakeTransaction(byAlice), /is no validator/],
  ])('APPLY-2: %s', async (_name, transaction, reason) => {
    const ledger = await newLedger();
    const before = sendTransaction({ ...byAlice, nonce: 'before' }, bob.address, 1n);
    const result = await ledger.block(before, transaction);
    expect(result).toMatch(/^INVALID_TRANSACTION transaction 1: /);
    expect(result).toMatch(reason);
    expect(await ledger.block(before), 'nothing of the block was kept').toBe('executed');
  });

  it('A19: that was executed before, in the same block or an earlier one', async () => {
    const ledger = await newLedger();
    expect(await ledger.block(good, good)).toMatch(/transaction 1: .* was executed before/);
    expect(await ledger.block(good)).toBe('executed');
    expect(await ledger.block(good)).toMatch(/transaction 0: .* was executed before/);
    expect(await ledger.block(sendTransaction({ ...byAlice, nonce: '2' }, bob.address, 1n))).toBe('executed');
  });

  it('APPLY-2: that stakes a validator again', async () => {
    const ledger = await newLedger();
    const again = stakeTransaction({ ...byCandidate, nonce: '2' }, STAKE, '');
    expect(await ledger.block(stakeTransaction(byCandidate, STAKE, ''), again)).toMatch(/is a validator already/);
  });
});
