import type { Clock } from '../node/ports.ts';

/** The longest delay that setTimeout takes; longer waits are done in pieces. */
const NATIVE_DELAY_MS_MAX = 2_147_483_647;

/**
 * The computer's monotonic clock: changes of the wall clock do not move it. Callbacks come in the order of their due
 * times, never early; those due together come in the order in which they were asked for.
 */
export function createSystemClock(): Clock {
  return new SystemClock();
}

interface Waiting {
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * One native timer for the earliest callback. setTimeout alone would not do: it rounds to whole milliseconds from the
 * event loop's cached time, and so may call early and out of order.
 */
class SystemClock implements Clock {
  /** By due time, then by the order of asking. */
  readonly #waiting: Waiting[] = [];
  #native: ReturnType<typeof setTimeout> | undefined;

  now(): number {
    return performance.now();
  }

  after(delayMs: number, callback: () => void): () => void {
    const waiting: Waiting = { dueMs: this.now() + Math.max(0, delayMs), callback };
    const later = this.#waiting.findIndex((other) => other.dueMs > waiting.dueMs);
    this.#waiting.splice(later === -1 ? this.#waiting.length : later, 0, waiting);
    this.#arm();
    return () => {
      const index = this.#waiting.indexOf(waiting);
      if (index === -1) return;
      this.#waiting.splice(index, 1);
      this.#arm();
    };
  }

  giveWay(): Promise<void> {
    return new Promise((resolve) => {
      if (typeof setImmediate === 'function') setImmediate(resolve);
      else setTimeout(resolve, 0);
    });
  }

  #arm(): void {
    clearTimeout(this.#native);
    this.#native = undefined;
    const first = this.#waiting[0];
    if (first === undefined) return;
    const delayMs = Math.min(Math.max(0, Math.ceil(first.dueMs - this.now())), NATIVE_DELAY_MS_MAX);
    this.#native = setTimeout(() => this.#fire(), delayMs);
  }

  #fire(): void {
    const nowMs = this.now();
    let first = this.#waiting[0];
    try {
      while (first !== undefined && first.dueMs <= nowMs) {
        this.#waiting.shift();
        first.callback();
        first = this.#waiting[0];
      }
    } finally {
      // A callback that throws must not take the others with it.
      this.#arm();
    }
  }
}
