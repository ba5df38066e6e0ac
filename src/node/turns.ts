import type { Clock } from './ports.ts';

/** How long work goes on before everything else has its turn: well below what a peer or a timer would notice. */
const WORK_MS_MAX = 10;

/** Keeps the work for the chain, whose promises may all be settled already, from holding up the event loop. */
export class Turns {
  readonly #clock: Clock;
  #begunAtMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be awaited between two pieces of work. */
  async giveWay(): Promise<void> {
    if (this.#clock.giveWay === undefined || this.#clock.now() - this.#begunAtMs < WORK_MS_MAX) return;
    await this.#clock.giveWay();
    this.#begunAtMs = this.#clock.now();
  }
}

/** Lets a number of things happen at once, and the others wait, the first come first. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnceMax: number) {
    this.#free = atOnceMax;
  }

  take(): Promise<void> | undefined {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
    return undefined;
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
