import type { Random } from './random.ts';

/** What the network does to messages now. Changed while a run goes on. */
export interface LinkConditions {
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly bytesPerMs: number;
  readonly lossRatio: number;
  /** At most one repeated answer a second and link, which is what a peer may send unasked without an offence. */
  readonly duplicateRatio: number;
  /** Answers may overtake each other; metadata never does, it would look like a chain that shrinks. */
  readonly reorders: boolean;
}

export const CALM: LinkConditions = {
  latencyMs: 20,
  jitterMs: 20,
  bytesPerMs: 100_000,
  lossRatio: 0,
  duplicateRatio: 0,
  reorders: false,
};

export function drawConditions(random: Random, harshness: number): LinkConditions {
  return {
    latencyMs: Math.round(random.between(1, 50 + 500 * harshness)),
    jitterMs: Math.round(random.between(0, 20 + 800 * harshness)),
    bytesPerMs: Math.round(10 ** random.between(5 - 3 * harshness, 6)),
    lossRatio: random.chance(harshness) ? random.between(0, 0.25 * harshness) : 0,
    duplicateRatio: random.chance(harshness) ? random.between(0, 0.3 * harshness) : 0,
    reorders: random.chance(harshness),
  };
}
