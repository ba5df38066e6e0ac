import type { BlockStore, Executor, StateChange } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { assertEqual, assertThat } from './assertions.ts';
import { executorCase, type ExecutorFixture, type ExecutorSubject } from './executor-fixture.ts';
import type { PortCase } from './port-case.ts';

/** Every `Executor` passes these. */
export const executorCases: readonly PortCase<ExecutorSubject>[] = [
  executorCase(['APPLY-2'], 'starts at the genesis, and applying alone commits nothing', async (fixture) => {
    const { executor, blocks } = fixture;
    const genesis = executor.tip();
    assertEqual(genesis.height, 0, 'the height');
    assertEqual(genesis.stateHash, blocks[0]?.parentId, 'the state hash');
    assertThat(genesis.validators.length > 0, 'there is no validator');
    await applyAll(executor, blocks.slice(0, 3));
    assertEqual(executor.tip(), genesis, 'the tip while blocks are pending');
  }),

  executorCase(['APPLY-2', 'SYNC-2'], 'executes a chain block by block', async ({ executor, store, blocks }) => {
    for (const block of blocks) {
      await applyAll(executor, [block]);
      await commitUpTo(executor, store, [block]);
      const { height, stateHash, validators } = executor.tip();
      assertEqual({ height, stateHash }, { height: block.height, stateHash: block.id }, 'the tip');
      const addresses = validators.map(({ address }) => address);
      assertEqual(addresses, [...new Set(addresses)].sort(), 'the validators, by address');
    }
  }),

  executorCase(['OPT-1'], 'many blocks may be pending and be committed in parts', async (fixture) => {
    const { executor, store, blocks } = fixture;
    await applyAll(executor, blocks);
    for (const part of [blocks.slice(0, 5), blocks.slice(5, 6), blocks.slice(6)]) {
      await commitUpTo(executor, store, part);
      assertEqual(executor.tip().stateHash, part.at(-1)?.id, 'the state hash of the tip');
    }
  }),

  executorCase(['OPT-1'], 'the head follows what is applied and taken back, the tip does not', async (fixture) => {
    const { executor, store, blocks, refused } = fixture;
    const genesis = executor.tip();
    assertEqual(executor.head(), genesis, 'the head with nothing pending');
    await applyAll(executor, blocks.slice(0, 3));
    assertHead(executor, blocks[2]);
    await executor.apply(refused);
    assertHead(executor, blocks[2]);
    await applyAll(executor, blocks.slice(3, 6));
    assertHead(executor, blocks[5]);
    await executor.rollback(1);
    assertHead(executor, blocks[0]);
    assertEqual(executor.tip(), genesis, 'the tip');
    await executor.rollback(0);
    assertEqual(executor.head(), genesis, 'the head with nothing pending any more');
    await applyAll(executor, blocks);
    await commitUpTo(executor, store, blocks);
    assertHead(executor, blocks[11]);
    assertEqual(executor.tip(), executor.head(), 'the tip when all is committed');
  }),

  executorCase(['OPT-1'], 'the blocks below are committed, those above stay pending', async (fixture) => {
    const { executor, store, blocks, fork } = fixture;
    await applyAll(executor, blocks.slice(0, 6));
    await commitUpTo(executor, store, blocks.slice(0, 2));
    assertHead(executor, blocks[5]);
    assertEqual(executor.tip().stateHash, blocks[1]?.id, 'the state hash of the tip');
    await executor.rollback(3);
    assertHead(executor, blocks[2]);
    assertEqual(await stateHashOf(executor, fork), fork.id, 'the state hash of the fork');
    await executor.rollback(3);
    await applyAll(executor, blocks.slice(3));
    await commitUpTo(executor, store, blocks.slice(2));
    await assertRestarts(fixture, executor);
  }),

  executorCase(['OPT-1', 'APPLY-4'], 'one commit may take many blocks', async (fixture) => {
    const { executor, store, blocks } = fixture;
    await applyAll(executor, blocks);
    await commitUpTo(executor, store, blocks);
    await assertRestarts(fixture, executor);
  }),

  executorCase(['OPT-1'], 'blocks that are announced execute as all others do', async (fixture) => {
    const { executor, blocks, refused, wrong } = fixture;
    for (const block of [...blocks, refused, wrong, ...blocks].reverse()) executor.prepare?.(block);
    await applyAll(executor, blocks.slice(0, 3));
    assertThat('rejected' in (await executor.apply(refused)), 'the block was not refused');
    assertThat((await stateHashOf(executor, wrong)) !== wrong.id, 'the wrong block executed to the hash it names');
    await executor.rollback(0);
    await applyAll(executor, blocks);
  }),

  executorCase(['APPLY-4'], 'the stored state is the same however the commits were cut', async (fixture) => {
    const { store, blocks } = fixture;
    const stored: unknown[] = [];
    for (const size of [1, 5, blocks.length]) {
      const state = new Map<string, Uint8Array>();
      const executor = fixture.create();
      await executor.open(store);
      for (let start = 0; start < blocks.length; start += size) {
        const part = blocks.slice(start, start + size);
        await applyAll(executor, part);
        const height = heightOf(part);
        writeInto(state, executor.changes(height));
        executor.committed(height);
      }
      stored.push(entriesOf(state));
    }
    assertEqual(stored[1], stored[0], 'the state of commits of 5 blocks');
    assertEqual(stored[2], stored[0], 'the state of one commit');
  }),

  executorCase(['APPLY-2'], 'a rollback is exact', async ({ executor, blocks, fork }) => {
    await applyAll(executor, blocks.slice(0, 7));
    await executor.rollback(7);
    const before = executor.changes(7);
    await executor.rollback(3);
    assertEqual(await stateHashOf(executor, fork), fork.id, 'the state hash of the fork');
    await executor.rollback(3);
    await applyAll(executor, blocks.slice(3, 7));
    assertEqual(sorted(executor.changes(7)), sorted(before), 'the changes');
    await executor.rollback(0);
    await applyAll(executor, blocks);
  }),

  executorCase(['APPLY-2'], 'a rollback stops at what is committed', async ({ executor, store, blocks, fork }) => {
    await applyAll(executor, blocks.slice(0, 5));
    await commitUpTo(executor, store, blocks.slice(0, 3));
    await executor.rollback(3);
    const { height, stateHash } = executor.tip();
    assertEqual({ height, stateHash }, { height: 3, stateHash: blocks[2]?.id }, 'the tip');
    assertEqual(await stateHashOf(executor, fork), fork.id, 'the state hash of the fork');
  }),

  executorCase(
    ['APPLY-2'],
    'a block with a wrong state hash is told by its hash, and can be taken back',
    async (fixture) => {
      const { executor, blocks, wrong } = fixture;
      await applyAll(executor, blocks.slice(0, 3));
      const stateHash = await stateHashOf(executor, wrong);
      assertThat(stateHash !== wrong.id, 'the wrong block executed to the hash it names');
      await executor.rollback(3);
      await applyAll(executor, blocks.slice(3));
    },
  ),

  executorCase(['APPLY-2'], 'a block that is refused leaves nothing behind', async ({ executor, blocks, refused }) => {
    await applyAll(executor, blocks.slice(0, 3));
    const before = executor.changes(4);
    const applied = await executor.apply(refused);
    assertThat('rejected' in applied, 'the block was not refused');
    assertThat(applied.rejected.message.length > 0, 'no reason is given');
    assertEqual(sorted(executor.changes(4)), sorted(before), 'the changes');
    await applyAll(executor, blocks.slice(3));
  }),

  executorCase(['APPLY-5'], 'a throw leaves the pending state as it was', async ({ executor, blocks }) => {
    await applyAll(executor, blocks.slice(0, 3));
    const skipping = blocks[5];
    assertThat(skipping !== undefined, 'the subject has too few blocks');
    let threw = false;
    try {
      await executor.apply(skipping);
    } catch {
      threw = true;
    }
    assertThat(threw, 'a block that skips heights was executed');
    await applyAll(executor, blocks.slice(3));
  }),

  executorCase(['APPLY-4'], 'committed blocks outlive a restart, pending ones do not', async (fixture) => {
    const { executor, store, blocks } = fixture;
    await applyAll(executor, blocks.slice(0, 8));
    await commitUpTo(executor, store, blocks.slice(0, 6));
    const tip = executor.tip();
    const again = fixture.create();
    await again.open(store);
    assertEqual(again.tip(), tip, 'the tip after the restart');
    await applyAll(again, blocks.slice(6));
    await commitUpTo(again, store, blocks.slice(6));
    const last = fixture.create();
    await last.open(store);
    assertEqual(last.tip(), again.tip(), 'the tip after the second restart');
  }),

  executorCase(['OPT-1'], 'blocks may be committed while the next one is executed', async (fixture) => {
    const { executor, store, blocks } = fixture;
    for (const [index, block] of blocks.entries()) {
      const applying = stateHashOf(executor, block);
      if (index > 0) await commitUpTo(executor, store, blocks.slice(0, index));
      assertEqual(await applying, block.id, `block ${block.height}`);
    }
    assertEqual(executor.tip().height, blocks.length - 1, 'the height');
  }),

  executorCase(
    ['OPT-1'],
    'changes and commits of blocks below are right at any moment of an execution',
    async (fixture) => {
      const { blocks } = fixture;
      for (const turns of [0, 1, 2, 3, 5, 8]) {
        const state = new Map<string, Uint8Array>();
        const executor = fixture.create();
        await executor.open(fixture.store);
        await applyAll(executor, blocks.slice(0, 4));
        const before = sorted(executor.changes(3));
        const applying = stateHashOf(executor, at(blocks, 4));
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        const during = executor.changes(3);
        assertEqual(sorted(during), before, `the changes ${turns} turns into an execution`);
        writeInto(state, during);
        executor.committed(3);
        assertEqual(await applying, blocks[4]?.id, 'the state hash of block 5');
        assertHead(executor, blocks[4]);
        assertEqual(executor.tip().height, 3, 'the height of the tip');
        await applyAll(executor, blocks.slice(5));
        writeInto(state, executor.changes(12));
        executor.committed(12);
        const whole = fixture.create();
        await whole.open(fixture.store);
        await applyAll(whole, blocks);
        const expected = new Map<string, Uint8Array>();
        writeInto(expected, whole.changes(12));
        assertEqual(entriesOf(state), entriesOf(expected), 'the state of both commits');
      }
    },
  ),

  executorCase(
    ['APPLY-5'],
    'a block whose parent is rolled back meanwhile is not applied on another',
    async (fixture) => {
      const { executor, blocks } = fixture;
      await applyAll(executor, blocks.slice(0, 4));
      const [next] = blocks.slice(4);
      assertThat(next !== undefined, 'the subject has too few blocks');
      const applying = (async () => executor.apply(next))().catch(() => null);
      await executor.rollback(3);
      await applying;
      // It came too late, or it was applied before and then rolled back; either way:
      await applyAll(executor, blocks.slice(3));
    },
  ),

  executorCase(['APPLY-4'], 'a commit that was lost can be repeated', async ({ executor, store, blocks }) => {
    await applyAll(executor, blocks.slice(0, 4));
    const changes = executor.changes(4);
    await store.commit(blocks.slice(0, 4), changes);
    assertEqual(sorted(executor.changes(4)), sorted(changes), 'the changes, asked again');
    await commitUpTo(executor, store, blocks.slice(0, 4));
    assertEqual(executor.tip().height, 4, 'the height');
  }),
];

async function applyAll(executor: Executor, blocks: readonly SyncBlock[]): Promise<void> {
  for (const block of blocks) assertEqual(await stateHashOf(executor, block), block.id, `block ${block.height}`);
}

function assertHead(executor: Executor, block: SyncBlock | undefined): void {
  const { height, stateHash } = executor.head();
  assertEqual({ height, stateHash }, { height: block?.height, stateHash: block?.id }, 'the head');
}

/** What is stored is what the executor holds. */
async function assertRestarts({ create, store, blocks }: ExecutorFixture, executor: Executor): Promise<void> {
  const again = create();
  await again.open(store);
  assertEqual(again.tip(), executor.tip(), 'the tip after a restart');
  assertEqual(again.tip().stateHash, blocks.at(-1)?.id, 'its state hash');
}

function at(blocks: readonly SyncBlock[], index: number): SyncBlock {
  const block = blocks[index];
  assertThat(block !== undefined, 'the subject has too few blocks');
  return block;
}

async function stateHashOf(executor: Executor, block: SyncBlock): Promise<string> {
  const applied = await executor.apply(block);
  if ('stateHash' in applied) return applied.stateHash;
  throw new Error(`block ${block.height} was refused: ${applied.rejected.message}`);
}

async function commitUpTo(executor: Executor, store: BlockStore, blocks: readonly SyncBlock[]): Promise<void> {
  const height = heightOf(blocks);
  await store.commit(blocks, executor.changes(height));
  executor.committed(height);
}

function heightOf(blocks: readonly SyncBlock[]): number {
  return blocks.at(-1)?.height ?? 0;
}

function writeInto(state: Map<string, Uint8Array>, changes: readonly StateChange[]): void {
  for (const { key, value } of changes) {
    if (value === null) state.delete(key);
    else state.set(key, value);
  }
}

function entriesOf(state: ReadonlyMap<string, Uint8Array>): (readonly [string, Uint8Array])[] {
  return [...state].sort(([a], [b]) => (a < b ? -1 : 1));
}

function sorted(changes: readonly StateChange[]): StateChange[] {
  return [...changes].sort((a, b) => (a.key < b.key ? -1 : 1));
}
