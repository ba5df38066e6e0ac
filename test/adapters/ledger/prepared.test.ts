import { describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/adapters/ledger/ledger.ts';
import type { SignatureVerifier } from '../../../src/validation/signature-verifier.ts';
import { blockOf } from '../../../src/wire/blocks.ts';
import { checkTransactions } from '../../../src/adapters/ledger/signed-transaction.ts';
import { createTransactionSource } from '../../../src/adapters/ledger/transactions.ts';
import { accounts, emptyStore, genesis, newBuilder, randomChain, sign, signatures } from './localnet.ts';

async function world() {
  const seen = { count: 0, atOnce: 0, atOnceMax: 0, broken: false };
  const verifier: SignatureVerifier = {
    async verify(...args) {
      seen.count += 1;
      seen.atOnce += 1;
      seen.atOnceMax = Math.max(seen.atOnceMax, seen.atOnce);
      await new Promise(setImmediate);
      seen.atOnce -= 1;
      if (seen.broken) throw new Error('out of order');
      return signatures.verify(...args);
    },
  };
  const ledger = createLedger({ genesis, signatures: verifier });
  await ledger.open(await emptyStore());
  return { ledger, seen };
}

describe('OPT-1: transactions that are checked ahead', () => {
  it('are checked once, whether or not their turn came before they are executed', async () => {
    const { ledger, seen } = await world();
    const blocks = await randomChain(3, 60);
    const transactions = blocks.reduce((sum, block) => sum + blockOf(block).transactions.length, 0);
    expect(transactions).toBeGreaterThan(128);
    for (const block of blocks) ledger.prepare?.(block);
    for (const block of blocks) expect(await ledger.apply(block)).toEqual({ stateHash: block.id });
    await ledger.rollback(30);
    for (const block of blocks.slice(30)) await ledger.apply(block);
    expect(seen.count).toBe(transactions);
  });

  it('LIMIT: are checked a bounded number at a time', async () => {
    const { ledger, seen } = await world();
    const blocks = await randomChain(3, 60);
    for (const block of blocks) ledger.prepare?.(block);
    for (const block of blocks) await ledger.apply(block);
    // 64, and what the last block begun has beyond that.
    expect(seen.atOnceMax).toBeGreaterThan(16);
    expect(seen.atOnceMax).toBeLessThanOrEqual(64 + 6);
  });

  it('APPLY-5: are checked again after the verifier broke', async () => {
    const { ledger, seen } = await world();
    const [first] = await randomChain(1, 1);
    if (first === undefined) throw new Error('a block was made');
    seen.broken = true;
    ledger.prepare?.(first);
    await expect(ledger.apply(first)).rejects.toThrow('out of order');
    seen.broken = false;
    expect(await ledger.apply(first)).toEqual({ stateHash: first.id });
  });

  it('a block that is none is no reason to throw', async () => {
    const { ledger } = await world();
    const [block] = await randomChain(1, 1);
    if (block === undefined) throw new Error('a block was made');
    expect(() => ledger.prepare?.({ ...block, body: 'nothing of the kind' })).not.toThrow();
    expect(await ledger.apply(block)).toEqual({ stateHash: block.id });
  });
});

describe('OPT-1: large blocks keep the cores busy', () => {
  const made = createTransactionSource({ seed: 1, sign, accounts, candidates: [] }).next(200);

  /** A verifier that answers when it is told to, the oldest question first. */
  function held() {
    const waiting: (() => void)[] = [];
    const verifier: SignatureVerifier = {
      verify: () => new Promise((resolve) => waiting.push(() => resolve(true))),
    };
    const settled = () => new Promise(setImmediate);
    const answer = async (count: number): Promise<void> => {
      for (const give of waiting.splice(0, count)) give();
      await settled();
    };
    return { verifier, waiting, answer, settled };
  }

  it('with each signature that is checked the next of the block is begun', async () => {
    const { verifier, waiting, answer, settled } = held();
    const checked = checkTransactions(made, verifier);
    await settled();
    expect(waiting).toHaveLength(64);
    await answer(10);
    expect(waiting).toHaveLength(64);
    while (waiting.length > 0) await answer(64);
    expect(await checked).toHaveLength(made.length);
  });

  it('with fewer than 64 left of a block the next block is begun', async () => {
    const { verifier, waiting, answer, settled } = held();
    const builder = newBuilder();
    const first = await builder.next({ transactions: made.slice(0, 100) });
    const second = await builder.next({ transactions: made.slice(100, 200) });
    const ledger = createLedger({ genesis, signatures: verifier });
    await ledger.open(await emptyStore());
    ledger.prepare?.(first);
    ledger.prepare?.(second);
    await settled();
    expect(waiting).toHaveLength(64);
    await answer(36);
    expect(waiting).toHaveLength(64);
    await answer(1);
    expect(waiting).toHaveLength(63 + 64);
    while (waiting.length > 0) await answer(64);
    expect(await ledger.apply(first)).toEqual({ stateHash: first.id });
  });

  it('the first bad transaction is named, whichever is found first, and nothing behind it is begun', async () => {
    const { verifier, waiting, answer, settled } = held();
    const bad = made.map((bytes, i) => (i === 20 || i === 5 ? bytes.subarray(1) : bytes));
    const checked = checkTransactions(bad, verifier);
    await settled();
    while (waiting.length > 0) await answer(64);
    expect(await checked).toHaveProperty('message', expect.stringMatching(/^transaction 5:/));
    const slow = checkTransactions(
      made.map((bytes, i) => (i === 0 ? bytes.subarray(1) : bytes)),
      verifier,
    );
    await settled();
    expect(waiting).toHaveLength(63);
    while (waiting.length > 0) await answer(64);
    expect(await slow).toHaveProperty('message', expect.stringMatching(/^transaction 0:/));
  });

  it('APPLY-5: after a throw of the verifier nothing more is begun', async () => {
    let calls = 0;
    const verifier: SignatureVerifier = {
      verify: async () => {
        const isFirst = ++calls === 1;
        await new Promise(setImmediate);
        if (isFirst) throw new Error('out of order');
        return true;
      },
    };
    await expect(checkTransactions(made, verifier)).rejects.toThrow('out of order');
    await new Promise(setImmediate);
    expect(calls).toBe(64);
  });
});

describe('the head', () => {
  it('has the same array of validators as long as the set is the same', async () => {
    const { ledger } = await world();
    const sets = [ledger.head().validators];
    for (const block of await randomChain(2, 40)) {
      await ledger.apply(block);
      const before = sets.at(-1);
      const { validators } = ledger.head();
      const same = JSON.stringify(before) === JSON.stringify(validators);
      expect(validators === before).toBe(same);
      if (!same) sets.push(validators);
      if (block.height % 7 === 0) {
        ledger.committed(block.height);
        expect(ledger.head().validators).toBe(validators);
      }
    }
    expect(sets.length).toBeGreaterThan(1);
  });
});
