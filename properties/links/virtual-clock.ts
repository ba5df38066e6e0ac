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
  /** Real work that is due and not done yet: time waits for it. */
  #awaited = 0;
  #goOn: (() => void) | null = null;

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

  /**
   * What real work comes to, `delayMs` from now. It goes on meanwhile, in real time; if it needs longer, virtual time stands
   * still for it, so that how quick the machine is makes no difference.
   */
  async takes<Result>(delayMs: number, work: Promise<Result>): Promise<Result> {
    // It may fail before anybody waits for it.
    work.catch(() => undefined);
    await this.sleep(delayMs);
    this.#awaited++;
    try {
      return await work;
    } finally {
      this.#awaited--;
      if (this.#awaited === 0) this.#goOn?.();
    }
  }

  /** Lets time pass until `enough` says so, nothing is left to happen, or it is `untilMs`. */
  async run(untilMs: number, enough: () => boolean): Promise<void> {
    await this.#settled();
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= untilMs && !enough(); next = this.#heap[0]) {
      pop(this.#heap);
      if (next.callback === null) continue;
      this.#nowMs = next.atMs;
      next.callback();
      await this.#settled();
    }
  }

  async #settled(): Promise<void> {
    await turns();
    while (this.#awaited > 0) {
      await new Promise<void>((resolve) => (this.#goOn = resolve));
      this.#goOn = null;
      await turns();
    }
  }
}

/**
 * A node resolves promises between two events, and may put things off with setImmediate: all of it, and what follows
 * from it, happens before time goes on.
 */
function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
