import type { BlockStore, StateChange } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { assertEqual, assertRejects, assertThat } from './assertions.ts';
import { portCase, type PortCase } from './port-case.ts';

/** What the suite needs to try a block store. */
export interface BlockStoreSubject {
  /** A store that is not open yet and holds nothing. */
  create(): Promise<BlockStoreFixture>;
}

export interface BlockStoreFixture {
  readonly store: BlockStore;
  /** After `store` is closed: a store over the same data, not open yet. In memory it may be the same one. */
  again(): BlockStore;
  /** A block of the chain, `height` from 1 to 30; always the same for a height. */
  block(height: number): SyncBlock;
  /** Called when the case is over; the store may be open or closed. */
  dispose(): Promise<void>;
}

/** Every `BlockStore` passes these. */
export const blockStoreCases: readonly PortCase<BlockStoreSubject>[] = [
  storeCase(['SERVE-2'], 'a new store holds no block', async ({ store }) => {
    assertEqual(store.range(), { minHeight: 0, maxHeight: 0 }, 'the range');
    assertEqual(await stateOf(store), [], 'the state');
    await assertRejects(() => store.read(1), ['BLOCK_NOT_STORED'], 'reading block 1');
    await assertRejects(() => store.read(0), ['BLOCK_NOT_STORED'], 'reading block 0');
  }),

  storeCase(['SYNC-2', 'SERVE-3'], 'what was committed is read back', async ({ store, block }) => {
    await store.commit([block(1)], []);
    await store.commit([block(2), block(3)], []);
    assertEqual(store.range(), { minHeight: 1, maxHeight: 3 }, 'the range');
    for (const height of [1, 2, 3]) await assertHolds(store, block(height));
    await assertRejects(() => store.read(4), ['BLOCK_NOT_STORED'], 'reading block 4');
  }),

  storeCase(['APPLY-4'], 'blocks and state outlive closing and opening', async (fixture) => {
    const { store, block } = fixture;
    await store.commit([block(1), block(2)], [put('a', 1), put('b', 2)]);
    await store.close();
    const again = fixture.again();
    await again.open();
    try {
      assertEqual(again.range(), { minHeight: 1, maxHeight: 2 }, 'the range');
      for (const height of [1, 2]) await assertHolds(again, block(height));
      assertEqual(await stateOf(again), [entry('a', 1), entry('b', 2)], 'the state');
    } finally {
      await again.close();
    }
  }),

  storeCase(['SYNC-2'], 'a gap is refused and nothing of the commit is kept', async ({ store, block }) => {
    await assertRejects(() => store.commit([block(2)], [put('a', 1)]), ['STORE_FAILED'], 'starting with block 2');
    await store.commit([block(1)], [put('a', 1)]);
    const gaps = [[block(3)], [block(2), block(4)], [block(2), block(2)], [block(3), block(2)]];
    for (const blocks of gaps) {
      const heights = blocks.map(({ height }) => height).join(', ');
      await assertRejects(() => store.commit(blocks, [put('a', 2)]), ['STORE_FAILED'], `committing ${heights}`);
    }
    assertEqual(store.range(), { minHeight: 1, maxHeight: 1 }, 'the range');
    assertEqual(await stateOf(store), [entry('a', 1)], 'the state');
    await assertRejects(() => store.read(2), ['BLOCK_NOT_STORED'], 'reading block 2');
    await store.commit([block(2)], []);
    await assertHolds(store, block(2));
  }),

  storeCase(['APPLY-4', 'OPT-1'], 'a commit of many blocks is all or nothing', async ({ store, block }) => {
    const heights = Array.from({ length: 30 }, (_, index) => index + 1);
    const state = heights.map((height) => put(`key ${height}`, height));
    const gap = heights.filter((height) => height !== 29).map(block);
    await assertRejects(() => store.commit(gap, state), ['STORE_FAILED'], 'committing with a gap near the end');
    assertEqual(store.range(), { minHeight: 0, maxHeight: 0 }, 'the range after the gap');
    assertEqual(await stateOf(store), [], 'the state after the gap');
    await store.commit(heights.map(block), state);
    assertEqual(store.range(), { minHeight: 1, maxHeight: 30 }, 'the range');
    for (const height of heights) await assertHolds(store, block(height));
    assertEqual((await stateOf(store)).length, 30, 'the entries of the state');
  }),

  storeCase(['SERVE-3', 'CHUNK-1'], 'many blocks are read as far as there is room', async ({ store, block }) => {
    if (store.readMany === undefined) return;
    await store.commit(
      Array.from({ length: 30 }, (_, index) => block(index + 1)),
      [],
    );
    await store.prune(3);
    const read = async (from: number, to: number, bytesMax: number): Promise<number[]> =>
      ((await store.readMany?.(from, to, bytesMax)) ?? []).map(({ height }) => height);
    const from3 = (count: number) => Array.from({ length: count }, (_, index) => 3 + index);
    const bytes = from3(5).reduce((sum, height) => sum + block(height).bytes, 0);
    assertEqual(await read(3, 30, Number.MAX_SAFE_INTEGER), from3(28), 'all of it');
    assertEqual(await read(3, 99, Number.MAX_SAFE_INTEGER), from3(28), 'more than all of it');
    assertEqual(await read(3, 30, bytes), from3(5), 'room for five');
    assertEqual(await read(3, 30, bytes - 1), from3(4), 'one byte less');
    assertEqual(await read(3, 30, 0), [3], 'no room: the first one');
    assertEqual(await read(3, 3, 0), [3], 'one block');
    await assertRejects(() => read(2, 5, 1_000), ['BLOCK_NOT_STORED'], 'from a pruned one');
    await assertRejects(() => read(31, 40, 1_000), ['BLOCK_NOT_STORED'], 'beyond the newest');
  }),

  storeCase(['SYNC-2', 'APPLY-5'], 'a repeated commit changes nothing', async ({ store, block }) => {
    await store.commit([block(1), block(2)], [put('a', 2)]);
    await store.commit([block(1), block(2)], [put('a', 9)]);
    await store.commit([block(1)], [put('b', 9)]);
    await store.commit([], [put('c', 9)]);
    assertEqual(store.range(), { minHeight: 1, maxHeight: 2 }, 'the range');
    assertEqual(await stateOf(store), [entry('a', 2)], 'the state');
  }),

  storeCase(['APPLY-5'], 'a commit that overlaps adds what is missing', async ({ store, block }) => {
    await store.commit([block(1), block(2)], [put('a', 2)]);
    await store.commit([block(1), block(2), block(3)], [put('a', 3)]);
    assertEqual(store.range(), { minHeight: 1, maxHeight: 3 }, 'the range');
    assertEqual(await stateOf(store), [entry('a', 3)], 'the state');
  }),

  storeCase(['SYNC-2'], 'commits that are not awaited happen in order', async ({ store, block }) => {
    const heights = Array.from({ length: 10 }, (_, index) => index + 1);
    await Promise.all(heights.map((height) => store.commit([block(height)], [put('a', height)])));
    assertEqual(store.range(), { minHeight: 1, maxHeight: 10 }, 'the range');
    assertEqual(await stateOf(store), [entry('a', 10)], 'the state');
  }),

  storeCase(['APPLY-4'], 'the state is told in the order of its keys, without what was deleted', async (fixture) => {
    const { store, block } = fixture;
    const keys = ['b', 'a/2', 'a', 'a/10', 'B', '\u{10000}', '\uffff', 'ab'];
    await store.commit([block(1)], [...keys.map((key) => put(key, 1)), put('gone', 1)]);
    await store.commit([block(2)], [{ key: 'gone', value: null }, { key: 'never there', value: null }, put('b', 2)]);
    const expected = ['B', 'a', 'a/10', 'a/2', 'ab', 'b', '\uffff', '\u{10000}'];
    assertEqual(
      await stateOf(store),
      expected.map((key) => entry(key, key === 'b' ? 2 : 1)),
      'the state',
    );
  }),

  storeCase(['APPLY-4'], 'what is handed over may be changed afterwards', async ({ store, block }) => {
    const value = Uint8Array.of(1);
    await store.commit([block(1)], [{ key: 'a', value }]);
    value[0] = 9;
    assertEqual(await stateOf(store), [entry('a', 1)], 'the state');
  }),

  storeCase(['PRUNE-1', 'SERVE-3'], 'pruning deletes below and never the newest block', async ({ store, block }) => {
    await store.prune(5);
    assertEqual(store.range(), { minHeight: 0, maxHeight: 0 }, 'the range of an empty store');
    await store.commit([1, 2, 3, 4, 5].map(block), [put('a', 5)]);
    await store.prune(3);
    assertEqual(store.range(), { minHeight: 3, maxHeight: 5 }, 'the range');
    await assertRejects(() => store.read(2), ['BLOCK_NOT_STORED'], 'reading block 2');
    await assertHolds(store, block(3));
    await store.prune(1);
    assertEqual(store.range(), { minHeight: 3, maxHeight: 5 }, 'the range after pruning what is gone');
    await store.prune(100);
    assertEqual(store.range(), { minHeight: 5, maxHeight: 5 }, 'the range after pruning all');
    await assertHolds(store, block(5));
    assertEqual(await stateOf(store), [entry('a', 5)], 'the state');
    await store.commit([block(6)], []);
    assertEqual(store.range(), { minHeight: 5, maxHeight: 6 }, 'the range after the next block');
  }),

  storeCase(['PRUNE-1', 'APPLY-4'], 'a pruned range outlives closing and opening', async (fixture) => {
    await fixture.store.commit([1, 2, 3].map(fixture.block), []);
    await fixture.store.prune(2);
    await fixture.store.close();
    const again = fixture.again();
    await again.open();
    try {
      assertEqual(again.range(), { minHeight: 2, maxHeight: 3 }, 'the range');
      await assertRejects(() => again.read(1), ['BLOCK_NOT_STORED'], 'reading block 1');
    } finally {
      await again.close();
    }
  }),

  portCase(['APPLY-5'], 'before open and after close every use is STORE_CLOSED', async (subject) => {
    const { store, block, dispose } = await subject.create();
    try {
      await assertClosed(store, block(1), 'before open');
      await store.open();
      await store.open();
      await store.close();
      await assertClosed(store, block(1), 'after close');
      await store.close();
    } finally {
      await dispose();
    }
  }),
];

function storeCase(
  clauses: readonly string[],
  what: string,
  run: (fixture: BlockStoreFixture) => Promise<void>,
): PortCase<BlockStoreSubject> {
  return portCase(clauses, what, async (subject) => {
    const fixture = await subject.create();
    try {
      await fixture.store.open();
      await run(fixture);
    } finally {
      await fixture.store.close();
      await fixture.dispose();
    }
  });
}

async function assertClosed(store: BlockStore, block: SyncBlock, when: string): Promise<void> {
  const uses: Readonly<Record<string, () => unknown>> = {
    range: () => store.range(),
    read: () => store.read(1),
    commit: () => store.commit([block], []),
    prune: () => store.prune(1),
    state: () => stateOf(store),
  };
  for (const [name, use] of Object.entries(uses)) {
    await assertRejects(async () => await use(), ['STORE_CLOSED'], `${name} ${when}`);
  }
}

async function assertHolds(store: BlockStore, block: SyncBlock): Promise<void> {
  const { height, id, parentId, contentId, bytes } = await store.read(block.height);
  const expected = { height: block.height, id: block.id, parentId: block.parentId, contentId: block.contentId };
  assertEqual({ height, id, parentId, contentId }, expected, `block ${block.height}`);
  assertThat(bytes === block.bytes, `block ${block.height}: expected ${block.bytes} bytes, got ${bytes}`);
}

async function stateOf(store: BlockStore): Promise<(readonly [string, Uint8Array])[]> {
  const entries: (readonly [string, Uint8Array])[] = [];
  for await (const [key, value] of store.state()) entries.push([key, value]);
  return entries;
}

function put(key: string, value: number): StateChange {
  return { key, value: Uint8Array.of(value) };
}

function entry(key: string, value: number): readonly [string, Uint8Array] {
  return [key, Uint8Array.of(value)];
}
