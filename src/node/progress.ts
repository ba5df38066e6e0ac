/** How far back speed is measured, and how often a point of it is kept. */
const WINDOW_MS = 10_000;
const SAMPLE_MS = 250;
/** A speed measured over less than this says nothing yet about the time to go. */
const MEASURED_MS_MIN = 2_000;
/** The target grows by this at most at once when blocks are made; more means that somebody new was heard of. */
const TARGET_STEP_MAX = 4;

interface Sample {
  readonly at: number;
  readonly height: number;
  readonly target: number | null;
}

/**
 * Speed and time to go, over the last seconds. The time to go counts with the target's own growth, and is unknown
 * rather than wild when the target is not being gained on.
 */
export class Progress {
  readonly #kept: Sample[] = [];
  #latest: Sample = { at: 0, height: 0, target: null };

  /** Forgets everything: a new run begins. */
  reset(): void {
    this.#kept.length = 0;
    this.#latest = { at: 0, height: 0, target: null };
  }

  note(now: number, height: number, target: number | null): void {
    // Speed counts from when there was something to go for.
    const isNew = target !== null && this.#latest.target === null;
    // What was measured before the clock was set back (A43) would last until it shows that time again.
    if (isNew || now < this.#latest.at) this.#kept.length = 0;
    this.#latest = { at: now, height, target };
    const newest = this.#kept.at(-1);
    if (newest !== undefined && now - newest.at < SAMPLE_MS) return;
    this.#kept.push(this.#latest);
    while (this.#kept.length > 2 && now - (this.#kept[1]?.at ?? now) > WINDOW_MS) this.#kept.shift();
  }

  get blocksPerSecond(): number {
    const [oldest = this.#latest] = this.#kept;
    return this.#perSecond(this.#latest.height - oldest.height);
  }

  /** Milliseconds until the target is reached at the present speed; null when that cannot be told. */
  get etaMs(): number | null {
    const { target, height } = this.#latest;
    if (target === null) return null;
    if (target <= height) return 0;
    if (this.#latest.at - (this.#kept[0]?.at ?? this.#latest.at) < MEASURED_MS_MIN) return null;
    const gain = this.blocksPerSecond - this.#perSecond(this.#targetGrowth());
    return gain > 0 ? ((target - height) / gain) * 1_000 : null;
  }

  #targetGrowth(): number {
    const targets = [...this.#kept, this.#latest].map(({ target }) => target ?? 0);
    return targets.reduce((grown, target, i) => {
      const step = target - (targets[i - 1] ?? target);
      return step > 0 && step <= TARGET_STEP_MAX ? grown + step : grown;
    }, 0);
  }

  #perSecond(amount: number): number {
    const [oldest = this.#latest] = this.#kept;
    const seconds = (this.#latest.at - oldest.at) / 1_000;
    return seconds > 0 ? amount / seconds : 0;
  }
}
