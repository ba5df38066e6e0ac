import type { BlockStore, StateChange } from '../../src/node/ports.ts';
import type { Claim, SyncBlock } from '../../src/protocol/block.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import type { SimDisk } from './disk.ts';
import type { Life } from './life.ts';

/** The block store of one life over a disk that outlives it. */
export class SimStore implements BlockStore {
  readonly #life: Life;
  readonly #disk: SimDisk;
  #isOpen = false;
  #committing = false;
  /** Stores may or may not be able to read many at once: those of every other node are. */
  readonly readMany?: (from: number, to: number, bytesMax: number) => Promise<readonly SyncBlock[]>;

  constructor(life: Life, disk: SimDisk) {
    this.#life = life;
    this.#disk = disk;
    if (life.random.fork('read many').chance(0.5)) this.readMany = (...asked) => this.#readMany(...asked);
  }

  async open(): Promise<void> {
    this.#isOpen = true;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }

  range(): Claim {
    this.#requireOpen();
    return this.#disk.range;
  }

  get isIdle(): boolean {
    return !this.#committing;
  }

  async read(height: number): Promise<SyncBlock> {
    this.#requireOpen();
    await this.#life.sleep(this.#life.workMs());
    this.#life.mayThrow(this.#life.rates().readThrows, 'the store, reading');
    const block = this.#disk.blocks.get(height);
    if (block === undefined) throw new StateSyncError('BLOCK_NOT_STORED', `no block ${height}`, { height });
    return block;
  }

  /** From `from` on: one at least, and then as many as there are and fit. */
  async #readMany(from: number, to: number, bytesMax: number): Promise<readonly SyncBlock[]> {
    const blocks = [await this.read(from)];
    let bytesLeft = bytesMax - (blocks[0]?.bytes ?? 0);
    for (let height = from + 1; height <= to; height++) {
      const block = this.#disk.blocks.get(height);
      if (block === undefined || block.bytes > bytesLeft) break;
      blocks.push(block);
      bytesLeft -= block.bytes;
    }
    return blocks;
  }

  async commit(blocks: readonly SyncBlock[], state: readonly StateChange[]): Promise<void> {
    this.#requireOpen();
    const life = this.#life;
    if (this.#committing) life.breaches.push('commit while another one is under way');
    const { maxHeight } = this.#disk.range;
    const fresh = blocks.filter((block) => block.height > maxHeight);
    const first = fresh[0];
    if (first === undefined) return;
    if (first.height !== maxHeight + 1) {
      life.breaches.push(`committed height ${first.height} after ${maxHeight}`);
      throw new StateSyncError('STORE_FAILED', `a gap after ${maxHeight}`);
    }
    const rates = life.rates();
    this.#committing = true;
    try {
      this.#disk.begin({ blocks: fresh, state });
      await life.sleep(life.workMs() + rates.commitMs);
      if (life.random.chance(rates.commitThrows)) {
        this.#disk.crash(false);
        life.counts.thrown++;
        throw new StateSyncError('STORE_DISK_FULL', 'simulated fault: the disk is full');
      }
      this.#disk.sync();
      if (life.random.chance(rates.commitOutcomeLost)) {
        life.counts.outcomesLost++;
        throw new StateSyncError('STORE_FAILED', 'simulated fault: the outcome of the commit is lost');
      }
    } finally {
      this.#committing = false;
    }
  }

  async prune(_minHeight: number): Promise<void> {
    this.#requireOpen();
  }

  async *state(): AsyncGenerator<readonly [key: string, value: Uint8Array]> {
    this.#requireOpen();
    yield* [...this.#disk.state].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #requireOpen(): void {
    if (!this.#isOpen) throw new StateSyncError('STORE_CLOSED', 'the simulated store is not open');
  }
}
