/** What a status tells of it. */
interface SpeedTold {
  readonly blocksPerSecond: number;
  readonly etaMs: number | null;
}

interface Sample {
  readonly at: number;
  readonly height: number;
  readonly target: number | null;
}

/** A speed is that of the last ten seconds, measured somewhat longer or shorter. */
const SHORTEST_MS = 9_000;
const WINDOW_MS = 10_000;
const LONGEST_MS = 12_000;
/** Heights may be kept that seldom. */
const SPACING_MS = 500;
/** Of a speed that is measured since there is something to go for. */
const TOLERANCE = 1.25;
const SAMPLES_MAX = 2_000;
/** A speed measured over less says nothing about the time to go. */
const MEASURED_MS_MIN = 2_000;

/** Which speed and time to go a status may tell, by the heights that the core was seen at. */
export class SpeedSeen {
  #samples: Sample[] = [];

  observed(at: number, height: number, target: number | null): void {
    const latest = this.#samples.at(-1);
    // Speed counts from when there is something to go for; a clock that is set back begins anew.
    const isNew = latest === undefined || at < latest.at || (target !== null && latest.target === null);
    if (isNew) this.#samples = [];
    this.#samples.push({ at, height, target });
    if (this.#samples.length > SAMPLES_MAX) this.#forgetBefore(at - 2 * LONGEST_MS);
  }

  wrongIn({ blocksPerSecond, etaMs }: SpeedTold): string | null {
    const [first] = this.#samples;
    const latest = this.#samples.at(-1);
    if (first === undefined || latest === undefined) return null;
    const [slowest, fastest] = this.#speeds(first, latest);
    if (blocksPerSecond < slowest || blocksPerSecond > fastest)
      return `${blocksPerSecond} blocks a second, by what was committed lately it is ${slowest} to ${fastest}`;
    const { target, height } = latest;
    if (target === null || target <= height || latest.at - first.at < MEASURED_MS_MIN) return null;
    const isStill = this.#since(latest.at - this.#longestMs(first, latest)).every((sample) => sample.target === target);
    const wantedMs = blocksPerSecond > 0 ? ((target - height) / blocksPerSecond) * 1_000 : null;
    const isRight = isStill ? isClose(etaMs, wantedMs) : etaMs === null || (wantedMs !== null && etaMs >= wantedMs - 1);
    return isRight ? null : `${etaMs} ms to go for ${target - height} blocks at ${blocksPerSecond} a second`;
  }

  #speeds(first: Sample, latest: Sample): readonly [number, number] {
    const grownSince = (at: number) => latest.height - (this.#since(at)[0] ?? latest).height;
    const wholeMs = latest.at - first.at;
    if (wholeMs <= WINDOW_MS) {
      const speed = wholeMs > 0 ? ((latest.height - first.height) * 1_000) / wholeMs : 0;
      return [speed / TOLERANCE, speed * TOLERANCE];
    }
    return [
      (grownSince(latest.at - SHORTEST_MS) * 1_000) / this.#longestMs(first, latest),
      (grownSince(latest.at - this.#longestMs(first, latest)) * 1_000) / SHORTEST_MS,
    ];
  }

  /** Events may be rare: the speed is measured from one of them on. */
  #longestMs(first: Sample, latest: Sample): number {
    const from = this.#since(latest.at - WINDOW_MS - SPACING_MS)[0] ?? first;
    return Math.max(LONGEST_MS, latest.at - from.at + LONGEST_MS - WINDOW_MS);
  }

  /** Of what lay before a leap of the clock, all is kept that a speed may be measured from. */
  #forgetBefore(at: number): void {
    const from = this.#since(at)[0]?.at ?? at;
    this.#samples = [...this.#since(from - SPACING_MS)];
  }

  /** What was seen from that time on, and the last before it. */
  #since(at: number): readonly Sample[] {
    const from = this.#samples.findIndex((sample) => sample.at > at);
    return this.#samples.slice(from < 0 ? -1 : Math.max(0, from - 1));
  }
}

function isClose(ms: number | null, wantedMs: number | null): boolean {
  if (ms === null || wantedMs === null) return ms === wantedMs;
  return Math.abs(ms - wantedMs) <= 1 + wantedMs / 1_000;
}
