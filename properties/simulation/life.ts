import type { HostFaultCounts, HostFaultRates } from './host-faults.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What would take less is no work to wait for. */
const AT_ONCE_MS = 1;

/**
 * One life of a node's process, from its start to its crash or stop. What belongs to a life that is over never happens;
 * what comes while the process is frozen waits.
 */
export class Life {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly counts: HostFaultCounts;
  readonly rates: () => HostFaultRates;
  isOver = false;
  /** Where the node used a port in a way that the port does not allow. */
  readonly breaches: string[] = [];
  #frozen = false;
  readonly #waiting: (() => void)[] = [];

  constructor(time: VirtualTime, random: Random, counts: HostFaultCounts, rates: () => HostFaultRates) {
    this.time = time;
    this.random = random;
    this.counts = counts;
    this.rates = rates;
  }

  /** The way into the process, for everything. */
  enter(happening: () => void): void {
    if (this.isOver) return;
    if (this.#frozen) {
      this.#waiting.push(happening);
      return;
    }
    this.time.touch();
    happening();
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    for (const happening of this.#waiting.splice(0)) this.enter(happening);
  }

  /** How long verifier, executor or store takes for one call; 0: it is done at once. */
  workMs(): number {
    const workMs = this.random.between(0, this.rates().workMsMax);
    return workMs < AT_ONCE_MS ? 0 : workMs;
  }

  /** Resolves after `delayMs`, or never if the process is gone by then. */
  sleep(delayMs: number): Promise<void> {
    this.time.touch();
    return new Promise((resolve) => {
      this.time.after(delayMs, () => {
        this.enter(resolve);
      });
    });
  }

  /** @throws Error with this probability */
  mayThrow(probability: number, what: string): void {
    if (probability === 0 || !this.random.chance(probability)) return;
    this.counts.thrown++;
    throw new Error(`simulated fault: ${what}`);
  }
}
