import fc from 'fast-check';
import type { Adversary } from '../adversaries/index.ts';
import { ADVERSARIES, fullName } from '../adversaries/index.ts';
import type { PeerPlan } from '../simulation/plan.ts';

export interface PeerConstraints {
  readonly id: string;
  /** Who it may be; `[]`: it is honest. Default: all of this package's. */
  readonly adversaries?: readonly Adversary[];
  /** The highest height at which what it holds may begin. Default: 1, it has pruned nothing. */
  readonly minHeightMax?: number;
}

/** A peer with up to three behaviours laid over each other, or none. Shrinks towards an honest one that has all blocks. */
export function arbitraryPeer(constraints: PeerConstraints): fc.Arbitrary<PeerPlan> {
  const { id, adversaries = ADVERSARIES, minHeightMax = 1 } = constraints;
  const names = adversaries.filter((each) => 'peer' in each).map(fullName);
  return fc.record({
    id: fc.constant(id),
    wire: fc.constantFrom('pocket-state-sync' as const, 'pocket-state-sync' as const, 'pokt-background' as const),
    holdings: fc.record({
      minHeight: fc.integer({ min: 1, max: minHeightMax }),
      lagBlocks: names.length > 0 ? fc.constant(0) : fc.constantFrom(0, 0, 1, 5, 20),
      serveMsMax: fc.integer({ min: 1, max: 300 }),
    }),
    behaviours: names.length === 0 ? fc.constant([]) : fc.subarray(names, { minLength: 0, maxLength: 3 }),
  });
}
