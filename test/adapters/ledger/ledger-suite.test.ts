import { describe, it } from 'vitest';
import type { ExecutorSubject } from '../../../properties/ports/executor-fixture.ts';
import { executorCases } from '../../../properties/ports/executor-suite.ts';
import { createLedger } from '../../../src/adapters/ledger/ledger.ts';
import { tamper } from '../../../src/adapters/ledger/tamper.ts';
import { sendTransaction, stakeTransaction, unstakeTransaction } from '../../../src/adapters/ledger/transactions.ts';
import type { SyncBlock } from '../../../src/protocol/block.ts';
import { accounts, candidates, emptyStore, genesis, newBuilder, sign, signatures, validators } from './localnet.ts';

const subject: ExecutorSubject = {
  async create() {
    const { blocks, fork } = await chain;
    const [good] = blocks.slice(3, 4);
    if (good === undefined) throw new Error('the chain is too short');
    return {
      create: () => createLedger({ genesis, signatures }),
      store: await emptyStore(),
      blocks,
      fork,
      refused: tamper(good, 'certifiedTransaction', { validators, sign }),
      wrong: tamper(good, 'certifiedStateHash', { validators, sign }),
      dispose: async () => undefined,
    };
  },
};

/** Twelve blocks in which a candidate becomes a validator, leaves and has its stake paid back. */
const chain = makeChain();

async function makeChain(): Promise<{ blocks: SyncBlock[]; fork: SyncBlock }> {
  const [from, to] = accounts;
  const [candidate] = candidates;
  if (from === undefined || to === undefined || candidate === undefined) throw new Error('no keys');
  const transactionsAt = (height: number, amount: bigint): Uint8Array[] => {
    const nonce = String(height);
    if (height === 2) return [stakeTransaction({ keys: candidate, sign, nonce }, 15_000_000_000n, 'url')];
    if (height === 6) return [unstakeTransaction({ keys: candidate, sign, nonce })];
    return height % 3 === 0 ? [] : [sendTransaction({ keys: from, sign, nonce }, to.address, amount)];
  };
  const builder = newBuilder();
  const forked = newBuilder();
  const blocks: SyncBlock[] = [];
  for (let height = 1; height <= 12; height += 1) {
    blocks.push(await builder.next({ transactions: transactionsAt(height, 5n) }));
    if (height <= 3) await forked.next({ transactions: transactionsAt(height, 5n) });
  }
  return { blocks, fork: await forked.next({ transactions: transactionsAt(4, 6n) }) };
}

describe('the ledger', () => {
  for (const { name, run } of executorCases) it(name, () => run(subject));
});
