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

  /** To be awaited between two pieces of work, where it is a promise: then it is time. */
  giveWay(): Promise<void> | undefined {
    if (this.#clock.giveWay === undefined || this.#clock.now() - this.#begunAtMs < WORK_MS_MAX) return undefined;
    return this.#clock.giveWay().then(() => {
      this.#begunAtMs = this.#clock.now();
    });
  }
}

/** Lets a number of things happen at once, and the others wait; of those, the one of the lowest rank comes first. */
export class Slots {
  #free: number;
  readonly #waiting: { readonly rank: number; readonly take: () => void }[] = [];

  constructor(atOnceMax: number) {
    this.#free = atOnceMax;
  }

  /** To be awaited where it is a promise; else the slot is taken. */
  take(rank: number): Promise<void> | undefined {
    if (this.#free === 0) return new Promise((take) => this.#waiting.push({ rank, take }));
    this.#free -= 1;
    return undefined;
  }

  give(): void {
    let next = this.#waiting[0];
    for (const waiting of this.#waiting) if (next === undefined || waiting.rank < next.rank) next = waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    next.take();
  }
}
