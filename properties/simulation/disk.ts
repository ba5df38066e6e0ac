import type { StateChange } from '../../src/node/ports.ts';
import type { Claim, SyncBlock } from '../../src/protocol/block.ts';
import type { ChainView } from './chain.ts';
import { tipRecord } from './executor.ts';

interface Batch {
  readonly blocks: readonly SyncBlock[];
  readonly state: readonly StateChange[];
}

/** What survives a crash. A batch is written whole or not at all, as a database's atomic batch is. */
export class SimDisk {
  readonly blocks = new Map<number, SyncBlock>();
  readonly state = new Map<string, Uint8Array>();
  #range: Claim = { minHeight: 0, maxHeight: 0 };
  /** Handed over, and not durable yet. */
  #unsynced: Batch | null = null;

  get range(): Claim {
    return this.#range;
  }

  get isWriting(): boolean {
    return this.#unsynced !== null;
  }

  begin(batch: Batch): void {
    this.#unsynced = batch;
  }

  /** The batch under way is durable. */
  sync(): void {
    const batch = this.#unsynced;
    this.#unsynced = null;
    if (batch !== null) this.write(batch);
  }

  /** At once, beside a batch under way. Blocks that are there already are skipped, with the state that came of them. */
  write({ blocks, state }: Batch): void {
    const { maxHeight } = this.#range;
    for (const block of blocks) {
      if (block.height !== this.#range.maxHeight + 1) continue;
      this.blocks.set(block.height, block);
      const minHeight = this.#range.minHeight === 0 ? block.height : this.#range.minHeight;
      this.#range = { minHeight, maxHeight: block.height };
    }
    if (this.#range.maxHeight === maxHeight) return;
    for (const { key, value } of state) {
      if (value === null) this.state.delete(key);
      else this.state.set(key, value);
    }
  }

  /** What a crash makes of the batch under way. @returns what became of it, null when there was none */
  crash(keeps: boolean): 'kept' | 'lost' | null {
    if (this.#unsynced === null) return null;
    if (keeps) this.sync();
    this.#unsynced = null;
    return keeps ? 'kept' : 'lost';
  }

  /** A disk that holds the chain up to `height`, all of it from `minHeight` on. */
  fill(chain: ChainView, height: number, minHeight: number): void {
    for (let h = Math.max(1, minHeight); h <= height; h++) this.blocks.set(h, chain.blockAt(h));
    this.#range = height === 0 ? this.#range : { minHeight: Math.max(1, minHeight), maxHeight: height };
    const { key, value } = tipRecord(chain.tipAt(height));
    if (value !== null) this.state.set(key, value);
  }
}
