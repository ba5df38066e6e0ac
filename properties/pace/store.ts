import type { BlockStore, StateChange } from '../../src/node/ports.ts';
import type { Claim, SyncBlock } from '../../src/protocol/block.ts';
import type { Sleep } from './host.ts';

/** Keeps count of what it is given, forgets the blocks, and takes a disk's time for each commit. */
export class CountingStore implements BlockStore {
  readonly #commitMs: number;
  readonly #sleep: Sleep;
  #range: Claim = { minHeight: 0, maxHeight: 0 };

  constructor(commitMs: number, sleep: Sleep) {
    this.#commitMs = commitMs;
    this.#sleep = sleep;
  }

  async open(): Promise<void> {
    // Nothing is kept that could be opened.
  }

  async close(): Promise<void> {
    // Nor closed.
  }

  range(): Claim {
    return this.#range;
  }

  async read(height: number): Promise<SyncBlock> {
    throw new Error(`nobody asks this node for blocks, and yet ${height} is read`);
  }

  async commit(blocks: readonly SyncBlock[]): Promise<void> {
    if (this.#commitMs > 0) await this.#sleep(this.#commitMs);
    const last = blocks[blocks.length - 1]?.height ?? 0;
    this.#range = { minHeight: 1, maxHeight: Math.max(this.#range.maxHeight, last) };
  }

  async prune(): Promise<void> {
    // There is nothing to prune.
  }

  state(): AsyncIterable<readonly [key: string, value: Uint8Array]> {
    return none();
  }
}

async function* none(): AsyncGenerator<readonly [string, StateChange['value'] & Uint8Array]> {
  // No state is kept.
}
