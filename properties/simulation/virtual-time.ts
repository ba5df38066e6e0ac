import { pop, push } from './event-heap.ts';
import type { Entry } from './event-heap.ts';

/**
 * Virtual time: a queue of things to happen, and a clock that jumps from one to the next. Things due at the same
 * moment happen in the order they were put in.
 *
 * Ports are asynchronous, so whatever reaches the node under test may leave promise jobs behind. They are all run
 * before time goes on: a run depends on nothing but what is in the queue.
 */
export class VirtualTime {
  #nowMs = 0;
  #count = 0;
  #handled = 0;
  #unsettled = false;
  #settled = 0;
  readonly #heap: Entry[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many queued things have happened. */
  get handled(): number {
    return this.#handled;
  }

  /** Calls back after `delayMs` of virtual time, in whole milliseconds, never early; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void {
    const entry: Entry = { atMs: Math.ceil(this.#nowMs + Math.max(0, delayMs)), order: this.#count++, callback };
    push(this.#heap, entry);
    return () => {
      entry.callback = null;
    };
  }

  /** To be called whenever foreign code was run that may have left promise jobs behind. */
  touch(): void {
    this.#unsettled = true;
  }

  /** Lets time pass up to `untilMs`, or until `enough` says so. */
  async run(untilMs: number, enough: () => boolean = () => false): Promise<void> {
    await Promise.resolve();
    await this.#settle();
    while (!enough()) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, Math.floor(untilMs));
        return;
      }
      pop(this.#heap);
      const { callback } = next;
      if (callback === null) continue;
      this.#nowMs = next.atMs;
      this.#handled++;
      callback();
      if (this.#unsettled) await this.#settle();
    }
  }

  /** Resolves when no promise job is left, however deep the chain of them. To be called from a promise job. */
  #settle(): Promise<void> {
    this.#unsettled = false;
    // Ticks that a promise job asks for begin only when all jobs are done, and are much cheaper than a turn of the
    // event loop; but with ticks alone the process would get to nothing else.
    return new Promise((resolve) => {
      if (++this.#settled % TICKS_AT_ONCE === 0) setImmediate(resolve);
      else process.nextTick(resolve);
    });
  }
}

const TICKS_AT_ONCE = 1_000;
