import type { Claim } from '../protocol/block.ts';
import type { Facts } from './facts.ts';
import { standing } from './mode.ts';

/** META-9, META-6: over the claims that count now; null while nothing is known. Carries no peer's address. */
export function getAggregatedStateSyncMetadata(facts: Facts): Claim | null {
  const { aggregate } = facts;
  return aggregate === null ? null : { minHeight: aggregate.minHeight, maxHeight: aggregate.maxHeight };
}

/** META-9: whether nothing is missing, as far as enough credible peers say. Unknown is not synced (META-8). */
export function isSynced(facts: Facts): boolean {
  return standing(facts) === 'synced';
}
