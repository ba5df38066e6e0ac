import type { BlockCodec, BlockStore, StateChange } from '../node/ports.ts';
import type { Claim, SyncBlock } from '../protocol/block.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { EMPTY_RANGE, extendRange, pruneRange, requireInRange } from './committed-range.ts';

export interface MemoryStoreOptions {
  /** Keeps blocks as bytes, as a disk would. Without it the block objects themselves are kept. */
  readonly codec?: BlockCodec;
}

/**
 * A block store in memory, for tests and simulations. What is committed outlives `close` and `open` of the same
 * instance, and nothing else: it is not durable.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): BlockStore {
  return new MemoryStore(options.codec);
}

class MemoryStore implements BlockStore {
  readonly #codec: BlockCodec | undefined;
  /** Those of the range, in order. */
  readonly #blocks: (SyncBlock | Uint8Array)[] = [];
  readonly #state = new Map<string, Uint8Array>();
  #range: Claim = EMPTY_RANGE;
  #isOpen = false;

  constructor(codec: BlockCodec | undefined) {
    this.#codec = codec;
  }

  async open(): Promise<void> {
    this.#isOpen = true;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }

  range(): Claim {
    this.#requireOpen();
    return this.#range;
  }

  async read(height: number): Promise<SyncBlock> {
    this.#requireOpen();
    requireInRange(this.#range, height);
    const kept = this.#blocks[height - this.#range.minHeight];
    if (kept === undefined) throw new StateSyncError('STORE_CORRUPT', `block ${height} is missing`, { height });
    if (!(kept instanceof Uint8Array)) return kept;
    if (this.#codec === undefined) throw new StateSyncError('STORE_FAILED', 'the store has no codec', { height });
    return this.#codec.decodeBlock(kept);
  }

  async commit(blocks: readonly SyncBlock[], state: readonly StateChange[]): Promise<void> {
    this.#requireOpen();
    const { fresh, range } = extendRange(this.#range, blocks);
    if (fresh.length === 0) return;
    const codec = this.#codec;
    // Everything that can throw comes before the first change: all of it or nothing.
    const kept = codec === undefined ? fresh : fresh.map((block) => codec.encodeBlock(block));
    for (const block of kept) this.#blocks.push(block);
    for (const { key, value } of state) {
      if (value === null) this.#state.delete(key);
      else this.#state.set(key, value.slice());
    }
    this.#range = range;
  }

  async prune(minHeight: number): Promise<void> {
    this.#requireOpen();
    const pruned = pruneRange(this.#range, minHeight);
    this.#blocks.splice(0, pruned.minHeight - this.#range.minHeight);
    this.#range = pruned;
  }

  state(): AsyncIterable<readonly [key: string, value: Uint8Array]> {
    this.#requireOpen();
    return iterate([...this.#state].sort(([a], [b]) => compareKeys(a, b)));
  }

  #requireOpen(): void {
    if (!this.#isOpen) throw new StateSyncError('STORE_CLOSED', 'the store in memory is not open');
  }
}

async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const utf8 = new TextEncoder();

/** The order of the keys' UTF-8 bytes, which is LevelDB's. */
function compareKeys(a: string, b: string): number {
  const [left, right] = [utf8.encode(a), utf8.encode(b)];
  for (const [index, byte] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (byte !== other) return byte - other;
  }
  return left.length - right.length;
}
