import type { SyncBlock } from '../../src/index.ts';

/** Up to where good blocks have arrived without a gap, and since when that has not moved. */
export class Frontier {
  #height = 0;
  #movedAtMs = 0;
  readonly #arrived = new Set<number>();

  /** @returns how long the frontier had been waiting for just these; 0 when they are not the ones it waits for */
  arrived(blocks: readonly SyncBlock[], nowMs: number): number {
    for (const { height } of blocks) if (height > this.#height) this.#arrived.add(height);
    if (!this.#arrived.has(this.#height + 1)) return 0;
    while (this.#arrived.delete(this.#height + 1)) this.#height++;
    const waitedMs = nowMs - this.#movedAtMs;
    this.#movedAtMs = nowMs;
    return waitedMs;
  }
}
