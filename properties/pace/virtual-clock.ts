import { pop, push } from '../simulation/event-heap.ts';
import type { Entry } from '../simulation/event-heap.ts';
import type { Clock } from '../../src/node/ports.ts';

/**
 * Time that jumps from one thing to the next: what takes an hour on a network takes a second here, and the same plan
 * gives the same run. Things due at the same moment happen in the order they were asked for. Unlike the simulation's
 * `VirtualTime` it counts fractions of a millisecond: to verify a block takes a tenth of one.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #asked = 0;
  readonly #heap: Entry[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const entry: Entry = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#asked++, callback };
    push(this.#heap, entry);
    return () => {
      entry.callback = null;
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.after(delayMs, resolve));
  }

  /** Lets time pass until `enough` says so, nothing is left to happen, or it is `untilMs`. */
  async run(untilMs: number, enough: () => boolean): Promise<void> {
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= untilMs && !enough(); next = this.#heap[0]) {
      pop(this.#heap);
      if (next.callback === null) continue;
      this.#nowMs = next.atMs;
      next.callback();
      await settled();
    }
  }
}

/**
 * A node resolves promises between two events, and may put things off with setImmediate: all of it, and what follows
 * from it, happens before time goes on.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
