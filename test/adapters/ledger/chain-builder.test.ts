import { describe, expect, it } from 'vitest';
import { makeGenesis } from '../../../src/adapters/ledger/genesis-file.ts';
import { parseGenesis } from '../../../src/adapters/ledger/genesis.ts';
import { TAMPER_WAYS, tamper, type TamperName } from '../../../src/adapters/ledger/tamper.ts';
import { sendTransaction } from '../../../src/adapters/ledger/transactions.ts';
import type { ChainTip, Executor } from '../../../src/node/ports.ts';
import type { SyncBlock } from '../../../src/protocol/block.ts';
import { validatorSetHash } from '../../../src/validation/hashes.ts';
import { createPocketVerifier } from '../../../src/validation/pocket-verifier.ts';
import { blockOf } from '../../../src/wire/blocks.ts';
import { createPocketCodec } from '../../../src/wire/codec.ts';
import {
  accounts,
  genesis,
  genesisWith,
  newBuilder,
  openLedger,
  randomChain,
  sign,
  signatures,
  validators,
} from './localnet.ts';

const { networkId, blockBytesMax } = genesis;
const verifier = createPocketVerifier({ networkId, blockBytesMax, signatures });
const codec = createPocketCodec({ blockBytesMax });

/** What an honest node finds, in the order in which it looks: the link, the verifier, the execution. */
async function faultOf(ledger: Executor, block: SyncBlock): Promise<string> {
  const parent = ledger.tip();
  if (block.parentId !== parent.stateHash) return 'PREV_HASH_MISMATCH';
  const verdict = await verifier.verify(block, parent, true);
  if (!verdict.valid) return verdict.fault.code;
  const applied = await ledger.apply(block);
  if ('rejected' in applied) return applied.rejected.code;
  await ledger.rollback(parent.height);
  return applied.stateHash === block.id ? 'none' : 'INVALID_STATE_HASH';
}

async function follow(ledger: Executor, block: SyncBlock): Promise<void> {
  expect(await faultOf(ledger, block), `block ${block.height}`).toBe('none');
  await ledger.apply(block);
  ledger.committed(block.height);
}

describe('a built chain', () => {
  it('APPLY-1, A41: passes every check of an honest node, while the validators change', async () => {
    const ledger = await openLedger();
    const sizes = new Set<number>();
    for (const block of await randomChain(11, 60)) {
      await follow(ledger, codec.decodeBlock(codec.encodeBlock(block)));
      sizes.add(ledger.tip().validators.length);
    }
    expect(sizes.size).toBeGreaterThan(1);
  });

  it('APPLY-1: has headers that link, name their sets and take turns in proposing', async () => {
    const builder = newBuilder();
    const tips: ChainTip[] = [builder.tip()];
    for (let height = 1; height <= 8; height += 1) {
      const parent = builder.tip();
      const { header } = blockOf(await builder.next());
      tips.push(builder.tip());
      expect(header).toMatchObject({
        height,
        networkId: 'localnet',
        prevStateHash: parent.stateHash,
        stateHash: builder.tip().stateHash,
        valSetHash: validatorSetHash(parent.validators),
        nextValSetHash: validatorSetHash(builder.tip().validators),
        timestamp: { seconds: height * 60, nanos: 0 },
      });
    }
    expect(new Set(tips.map(({ stateHash }) => stateHash)).size, 'an empty block has a state hash of its own').toBe(9);
  });

  it('APPLY-1: is the same to the byte for the same seed, and another for another', async () => {
    const bytesOf = async (seed: number) => (await randomChain(seed, 5)).map((block) => codec.encodeBlock(block));
    expect(await bytesOf(1)).toEqual(await bytesOf(1));
    expect(await bytesOf(1)).not.toEqual(await bytesOf(2));
  });

  it('A23: depends on the whole genesis', async () => {
    const others = [genesisWith({ validator_unstaking_blocks: 4 }), genesisWith({ message_send_fee: '10001' })];
    for (const other of others) expect(newBuilder(other).tip().stateHash).not.toBe(newBuilder().tip().stateHash);
  });

  it('SYNC-2: is built one block at a time', async () => {
    const builder = newBuilder();
    const built = await Promise.allSettled([builder.next(), builder.next()]);
    expect(built.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(builder.tip().height).toBe(1);
  });

  it('APPLY-2: is as it was when a transaction is refused', async () => {
    const builder = newBuilder();
    const before = builder.tip();
    await expect(builder.next({ transactions: [Uint8Array.of(1)] })).rejects.toMatchObject({
      code: 'INVALID_TRANSACTION',
    });
    expect(builder.tip()).toEqual(before);
  });

  it('APPLY-1: needs the keys of a quorum', async () => {
    const { length } = validators;
    await expect(newBuilder(genesis, validators.slice(0, length - 1)).next()).resolves.toBeDefined();
    await expect(newBuilder(genesis, validators.slice(0, length - 2)).next()).rejects.toMatchObject({
      code: 'CERTIFICATE_NO_QUORUM',
    });
  });

  it('APPLY-1: is certified by whom one asks for', async () => {
    const builder = newBuilder();
    const ledger = await openLedger();
    const signers = validators.map(({ address }) => address);
    expect(await faultOf(ledger, await builder.next({ signers: signers.slice(0, 2) }))).toBe('CERTIFICATE_NO_QUORUM');
  });

  it('META-8: starts from one validator, too', async () => {
    const [keys] = validators.slice(0, 1);
    if (keys === undefined) throw new Error('no keys');
    const publicKey = genesis.validators.find(({ address }) => address === keys.address)?.publicKey ?? '';
    const lone = parseGenesis(
      makeGenesis({ networkId, validators: [{ address: keys.address, publicKey }], accounts: [] }),
    );
    const ledger = await openLedger(undefined, lone);
    await follow(ledger, await newBuilder(lone, [keys]).next());
  });
});

describe('a spoiled block', () => {
  const names = Object.keys(TAMPER_WAYS) as TamperName[];

  it.each(names)('A19, A20: %s is found out', async (name) => {
    const builder = newBuilder();
    const ledger = await openLedger();
    await follow(ledger, await builder.next());
    const [from, to] = accounts;
    if (from === undefined || to === undefined) throw new Error('no keys');
    const transactions = [sendTransaction({ keys: from, sign, nonce: '1' }, to.address, 1n)];
    const block = await builder.next({ transactions });
    const spoiled = tamper(block, name, { validators, sign });
    expect(await faultOf(ledger, spoiled)).toBe(TAMPER_WAYS[name].fault);
    if (TAMPER_WAYS[name].needsExecution) {
      expect(await verifier.verify(spoiled, ledger.tip(), true), 'only execution can tell').toEqual({ valid: true });
    }
    await follow(ledger, block);
  });
});
