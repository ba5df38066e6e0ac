import { nextRandom } from '../../src/core/random.ts';

/** How a peer that is not honest behaves; each claims the whole chain, and answers for metadata. */
export type Lie =
  /** Its blocks do not verify. */
  | 'tamper'
  /** It never answers for a block. */
  | 'silent'
  /** It says that it has none of the blocks. */
  | 'absent'
  /** It claims blocks above the chain's end, and is silent about those; the others it serves. */
  | 'inflate';

export const LIES: readonly Lie[] = ['tamper', 'silent', 'absent', 'inflate'];

export interface PeerPlan {
  readonly id: string;
  /** What its link carries; one message after the other. */
  readonly bytesPerMs: number;
  /** How long a request and the first byte of its answer are under way, together. */
  readonly roundTripMs: number;
  /** null: it is honest. */
  readonly lie: Lie | null;
  /** The shares of requests whose sending fails, that are answered with "no block", and that are not answered. */
  readonly fails: { readonly send: number; readonly absent: number; readonly silent: number };
}

export const NO_FAILURES: PeerPlan['fails'] = { send: 0, absent: 0, silent: 0 };

const BYTES_PER_MS = [500, 5_000] as const;
const ROUND_TRIP_MS = [5, 300] as const;

/** A link of 0.5 to 5 MB/s with a round trip of 5 to 300 ms. */
export function drawLink(draw: () => number): Pick<PeerPlan, 'bytesPerMs' | 'roundTripMs'> {
  const bytesPerMs = drawBetween(draw, BYTES_PER_MS);
  return { bytesPerMs, roundTripMs: drawBetween(draw, ROUND_TRIP_MS) };
}

/** Spread evenly by its logarithm. */
export function drawBetween(draw: () => number, [min, max]: readonly [number, number]): number {
  return min * (max / min) ** draw();
}

/** Draws from 0 to below 1. */
export function drawing(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    const drawn = nextRandom(state);
    state = drawn.state;
    return drawn.value;
  };
}
