import type { BlockCodec, BlockStore, StateChange } from '../node/ports.ts';
import type { Claim, SyncBlock } from '../protocol/block.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { EMPTY_RANGE, extendRange, pruneRange, requireInRange } from './committed-range.ts';
import { blockKey, openDatabase, type LevelDatabase } from './level-database.ts';
import { toStoreError } from './level-errors.ts';
import { decodeMeta, encodeMeta, META_KEY, type StoreNetwork } from './level-meta.ts';

export type { StoreNetwork };

export interface LevelStoreOptions {
  /** Made when it is missing; must hold nothing but the store. */
  readonly directory: string;
  readonly codec: BlockCodec;
  /** A store of another network or genesis is refused with STORE_FOREIGN. */
  readonly network: StoreNetwork;
}

/** Deleting is done in pieces of this size, so that pruning a long chain does not hold it all in memory. */
const PRUNE_BLOCKS_MAX = 1_000;
/** Encoding and gathering a commit gives way to everything else after so many bytes, which take a few milliseconds. */
const TURN_BYTES = 128 * 1_024;
/** What an entry costs besides its bytes. */
const ENTRY_BYTES = 128;
/** Read at once at most: what turns out to be too much is thrown away. */
const READ_BLOCKS_MAX = 16;

/**
 * A durable block store on LevelDB (needs the package `classic-level` 3). A commit is one atomic batch, flushed to disk
 * before it resolves, so that a crash at any moment leaves a block boundary (APPLY-4).
 *
 * `open` checks the store's own record and that its oldest and newest block are whole; any other block is checked when
 * it is read. LevelDB's bit rot inside a block that still decodes is not noticed here: the chain's hashes tell.
 */
export function createLevelStore(options: LevelStoreOptions): BlockStore {
  return new LevelStore(options);
}

type LevelBatch = ReturnType<LevelDatabase['level']['batch']>;

class LevelStore implements BlockStore {
  readonly #options: LevelStoreOptions;
  #isOpen = false;
  /** Missing while open only when it could not be opened anew after a failed write. */
  #database: LevelDatabase | undefined;
  #range: Claim = EMPTY_RANGE;
  /** Writes, opening and closing happen one after another. */
  #queue: Promise<unknown> = Promise.resolve();
  /** LevelDB refuses every write after one that failed, until it is opened anew. */
  #needsReopen = false;

  constructor(options: LevelStoreOptions) {
    this.#options = options;
  }

  open(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#isOpen) return;
      await this.#open();
      this.#isOpen = true;
    });
  }

  close(): Promise<void> {
    return this.#enqueue(async () => {
      this.#isOpen = false;
      await this.#closeDatabase();
    });
  }

  range(): Claim {
    this.#requireOpen();
    return this.#range;
  }

  async read(height: number): Promise<SyncBlock> {
    const database = this.#requireDatabase();
    requireInRange(this.#range, height);
    try {
      return await this.#readFrom(database, height);
    } catch (error) {
      // It may have been pruned while it was being read.
      if (this.#isOpen) requireInRange(this.#range, height);
      throw error;
    }
  }

  async readMany(from: number, to: number, bytesMax: number): Promise<readonly SyncBlock[]> {
    const blocks = [await this.read(from)];
    let bytes = blocks[0]?.bytes ?? 0;
    for (let height = from + 1, count = 2; ; height += count, count = Math.min(2 * count, READ_BLOCKS_MAX)) {
      const last = Math.min(to, this.#range.maxHeight, height + count - 1);
      if (height > last) return blocks;
      for (const [index, block] of (await this.#readRange(height, last)).entries()) {
        // Pruned meanwhile, if it is not damage, of which reading it by itself would tell.
        if (block === undefined) return blocks;
        const read = this.#decode(height + index, block);
        bytes += read.bytes;
        if (bytes > bytesMax) return blocks;
        blocks.push(read);
      }
    }
  }

  async commit(blocks: readonly SyncBlock[], state: readonly StateChange[]): Promise<void> {
    this.#requireOpen();
    await this.#enqueue(async () => {
      const database = await this.#writable();
      const { fresh, range } = extendRange(this.#range, blocks);
      if (fresh.length === 0) return;
      const batch = database.level.batch();
      try {
        await this.#gather(batch, database, fresh, state);
        batch.put(META_KEY, encodeMeta(this.#options.network, range), { sublevel: database.meta });
      } catch (error) {
        await batch.close();
        throw error;
      }
      await this.#write('committing', () => batch.write({ sync: true }));
      this.#range = range;
    });
  }

  async #gather(
    batch: LevelBatch,
    database: LevelDatabase,
    blocks: readonly SyncBlock[],
    state: readonly StateChange[],
  ): Promise<void> {
    let sinceTurn = 0;
    for (const block of blocks) {
      const bytes = this.#options.codec.encodeBlock(block);
      batch.put(blockKey(block.height), bytes, { sublevel: database.blocks });
      sinceTurn += bytes.length + ENTRY_BYTES;
      if (sinceTurn > TURN_BYTES) sinceTurn = await afterTurn();
    }
    for (const { key, value } of state) {
      if (value === null) batch.del(key, { sublevel: database.state });
      else batch.put(key, value, { sublevel: database.state });
      sinceTurn += (value?.length ?? 0) + ENTRY_BYTES;
      if (sinceTurn > TURN_BYTES) sinceTurn = await afterTurn();
    }
  }

  async prune(minHeight: number): Promise<void> {
    this.#requireOpen();
    await this.#enqueue(async () => {
      const database = await this.#writable();
      while (this.#range.minHeight < pruneRange(this.#range, minHeight).minHeight) {
        const from = this.#range.minHeight;
        const range = pruneRange(this.#range, Math.min(minHeight, from + PRUNE_BLOCKS_MAX));
        const batch = database.level.batch();
        for (let height = from; height < range.minHeight; height += 1) {
          batch.del(blockKey(height), { sublevel: database.blocks });
        }
        batch.put(META_KEY, encodeMeta(this.#options.network, range), { sublevel: database.meta });
        await this.#write('pruning', () => batch.write({ sync: true }));
        this.#range = range;
      }
    });
  }

  state(): AsyncIterable<readonly [key: string, value: Uint8Array]> {
    return this.#iterateState(this.#requireDatabase());
  }

  async *#iterateState(database: LevelDatabase): AsyncGenerator<readonly [string, Uint8Array]> {
    try {
      yield* database.state.iterator();
    } catch (error) {
      throw toStoreError(error, this.#options.directory, 'reading the state');
    }
  }

  async #open(): Promise<void> {
    const database = await openDatabase(this.#options.directory);
    try {
      const range = await this.#readMeta(database);
      if (range.maxHeight > 0) {
        for (const height of [range.minHeight, range.maxHeight]) await this.#readFrom(database, height);
      }
      this.#range = range;
      this.#database = database;
      this.#needsReopen = false;
    } catch (error) {
      await database.level.close();
      throw toStoreError(error, this.#options.directory, 'opening the store');
    }
  }

  async #readMeta(database: LevelDatabase): Promise<Claim> {
    const { directory, network } = this.#options;
    const text = await database.meta.get(META_KEY);
    if (text !== undefined) return decodeMeta(text, network, directory);
    for await (const key of database.level.keys({ limit: 1, keyEncoding: 'utf8' })) {
      // Ours without its record is damaged, anything else is somebody's.
      if (/^!(block|state|meta)!/.test(key)) {
        throw new StateSyncError('STORE_CORRUPT', `the store's own record in ${directory} is missing`);
      }
      throw new StateSyncError('STORE_FOREIGN', `${directory} is a LevelDB, but not a block store of this package`);
    }
    await database.meta.put(META_KEY, encodeMeta(network, EMPTY_RANGE));
    return EMPTY_RANGE;
  }

  async #closeDatabase(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    await this.#attempt('closing the store', async () => database?.level.close());
  }

  /** The database, opened anew if a write failed. What that write left behind is read again from the disk. */
  async #writable(): Promise<LevelDatabase> {
    if (this.#isOpen && this.#needsReopen) {
      await this.#closeDatabase();
      await this.#open();
    }
    return this.#requireDatabase();
  }

  async #write(action: string, write: () => Promise<void>): Promise<void> {
    this.#needsReopen = true;
    await this.#attempt(action, write);
    this.#needsReopen = false;
  }

  async #attempt<T>(action: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toStoreError(error, this.#options.directory, action);
    }
  }

  async #readFrom(database: LevelDatabase, height: number): Promise<SyncBlock> {
    const bytes = await this.#attempt('reading a block', () => database.blocks.get(blockKey(height)));
    if (bytes === undefined) throw this.#corrupt(height, 'is missing');
    return this.#decode(height, bytes);
  }

  #readRange(from: number, to: number): Promise<(Uint8Array | undefined)[]> {
    const keys = Array.from({ length: to - from + 1 }, (_, index) => blockKey(from + index));
    const database = this.#requireDatabase();
    return this.#attempt('reading blocks', () => database.blocks.getMany(keys));
  }

  #decode(height: number, bytes: Uint8Array): SyncBlock {
    let block: SyncBlock;
    try {
      block = this.#options.codec.decodeBlock(bytes);
    } catch (error) {
      throw this.#corrupt(height, 'cannot be decoded', error);
    }
    if (block.height !== height) throw this.#corrupt(height, `is a block of height ${block.height}`);
    return block;
  }

  #corrupt(height: number, problem: string, cause?: unknown): StateSyncError {
    const message = `block ${height} in ${this.#options.directory} ${problem}`;
    return new StateSyncError('STORE_CORRUPT', message, { height, cause });
  }

  #requireOpen(): void {
    if (this.#isOpen) return;
    throw new StateSyncError('STORE_CLOSED', `the store in ${this.#options.directory} is not open`);
  }

  #requireDatabase(): LevelDatabase {
    this.#requireOpen();
    if (this.#database !== undefined) return this.#database;
    const message = `the store in ${this.#options.directory} was closed by a failed write`;
    throw new StateSyncError('STORE_FAILED', message, { next: 'the next commit tries to open it again' });
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.then(
      () => undefined,
      // The caller is told; the queue only goes on.
      () => undefined,
    );
    return result;
  }
}

/** Once everything else that waits in the event loop has had its turn: nothing since. */
function afterTurn(): Promise<number> {
  return new Promise((resolve) => setImmediate(resolve, 0));
}
