import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockStore, Executor, StateChange } from '../../../src/node/ports.ts';
import type { SyncBlock } from '../../../src/protocol/block.ts';
import { emptyStore, openLedger, randomChain } from './localnet.ts';

const CHAIN_LENGTH = 24;
/** Seed 45: at its end a stake waits to be paid back, and others have been. */
const chain = await randomChain(45, CHAIN_LENGTH);

type Move = { readonly type: 'apply' | 'rollback' | 'commit' | 'restart'; readonly count: number };

const moves = fc.array(
  fc.record<Move>({
    type: fc.constantFrom('apply', 'apply', 'apply', 'rollback', 'rollback', 'commit', 'restart'),
    count: fc.nat({ max: 8 }),
  }),
  { maxLength: 40, size: 'max' },
);

/** A ledger under a random walk, with what a reader may expect of it. */
class Walk {
  readonly #store: BlockStore;
  #ledger: Executor;
  #committed = 0;
  #newest = 0;

  constructor(store: BlockStore, ledger: Executor) {
    this.#store = store;
    this.#ledger = ledger;
  }

  async make({ type, count }: Move): Promise<void> {
    switch (type) {
      case 'apply':
        return this.apply(chain.slice(this.#newest, this.#newest + count));
      case 'rollback':
        this.#newest = Math.max(this.#committed, this.#newest - count);
        return this.#ledger.rollback(this.#newest);
      case 'commit':
        return this.commit(Math.min(this.#newest, this.#committed + count));
      case 'restart':
        this.#ledger = await openLedger(this.#store);
        this.#newest = this.#committed;
    }
  }

  async apply(blocks: readonly SyncBlock[]): Promise<void> {
    for (const block of blocks) {
      expect(await this.#ledger.apply(block), `block ${block.height}`).toEqual({ stateHash: block.id });
      this.#newest = block.height;
    }
  }

  async commit(height: number): Promise<void> {
    await this.#store.commit(chain.slice(this.#committed, height), this.#ledger.changes(height));
    this.#ledger.committed(height);
    this.#committed = height;
  }

  /** Goes to the end of the chain from wherever it is. */
  async finish(): Promise<{ tip: unknown; state: (readonly [string, string])[] }> {
    await this.apply(chain.slice(this.#newest));
    await this.commit(chain.length);
    return { tip: this.#ledger.tip(), state: await stateOf(this.#store) };
  }
}

async function newWalk(): Promise<Walk> {
  const store = await emptyStore();
  return new Walk(store, await openLedger(store));
}

async function stateOf(store: BlockStore): Promise<(readonly [string, string])[]> {
  const entries: (readonly [string, string])[] = [];
  for await (const [key, value] of store.state()) entries.push([key, new TextDecoder().decode(value)]);
  return entries;
}

describe('applying, rolling back, committing and restarting in any order', () => {
  it('APPLY-2, APPLY-4: ends in the state of a plain replay', async () => {
    const plain = await (await newWalk()).finish();
    let rollbacks = 0;
    await fc.assert(
      fc.asyncProperty(moves, async (sequence) => {
        const walk = await newWalk();
        for (const move of sequence) await walk.make(move);
        rollbacks += sequence.filter(({ type, count }) => type === 'rollback' && count > 0).length;
        expect(await walk.finish()).toEqual(plain);
      }),
      { numRuns: 15 },
    );
    expect(rollbacks, 'the property is not vacuous').toBeGreaterThan(10);
  });
});

describe('the state hash', () => {
  it('APPLY-1: commits to every kind of entry: one that is changed, lost or added is noticed', async () => {
    const store = await emptyStore();
    await new Walk(store, await openLedger(store)).finish();
    const entries: StateChange[] = [];
    for await (const [key, value] of store.state()) entries.push({ key, value });
    const kinds = new Set(entries.map(({ key }) => key.split('/')[0]));
    expect(kinds).toEqual(new Set(['account', 'chain', 'transaction', 'unstaking', 'validator']));

    const oneOfEach = [...kinds].map((kind) => entries.find(({ key }) => key.split('/')[0] === kind));
    for (const victim of oneOfEach) {
      for (const damage of [lose, changeDigit, makeGarbage]) {
        const damaged = entries.map((entry) => (entry === victim ? damage(entry) : entry));
        await expect(openLedger(await storeOf(damaged)), `${damage.name} ${victim?.key}`).rejects.toMatchObject({
          code: expect.stringMatching(/STORE_CORRUPT|STORE_FOREIGN/) as string,
        });
      }
    }
    const intruder = { key: 'account/00', value: new TextEncoder().encode('[1,"5"]') };
    await expect(openLedger(await storeOf([...entries, intruder]))).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    await expect(openLedger(await storeOf(entries))).resolves.toBeDefined();
  });
});

async function storeOf(entries: readonly StateChange[]): Promise<BlockStore> {
  const store = await emptyStore();
  await store.commit(chain, entries);
  return store;
}

function lose({ key }: StateChange): StateChange {
  return { key, value: null };
}

function changeDigit({ key, value }: StateChange): StateChange {
  const text = new TextDecoder().decode(value ?? undefined);
  const changed = text.replace(/[0-9](?=[^0-9]*$)/, (digit) => (digit === '1' ? '2' : '1'));
  return { key, value: new TextEncoder().encode(changed) };
}

function makeGarbage({ key }: StateChange): StateChange {
  return { key, value: Uint8Array.of(0xff) };
}
