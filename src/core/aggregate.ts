import type { Aggregate, Facts, PeersFacts } from './facts.ts';
import { maps } from './facts.ts';
import { LAST_ID } from './peers.ts';
import { inMode } from './turn.ts';

/** A staircase of claims is climbed this far at once; what is above it shows as the local height grows. */
const REACH_ROUNDS_MAX = 64;
/**
 * META-6, over the claims that count. In a settled mode only tested claims can say that there is more (META-10). A
 * claim whose start cannot be reached from here, through what others claim, says nothing about what this node lacks
 * (A03): it counts only when nobody claims the next height or less (SYNC-8).
 */
export function computeAggregate(facts: Facts): Aggregate | null {
  const { untested, tested } = facts.peers;
  const { maxHeight: local } = facts.local;
  const evidenceOnly = inMode(facts, 'settled') && !facts.config.trustClaims;
  const count = maps.claims.size(untested) + maps.claims.size(tested);
  if (count === 0) return null;

  let reach = local;
  let below = startingUpTo(facts, reach + 1);
  for (let round = 0; round < REACH_ROUNDS_MAX; round++) {
    const further = evidenceOnly ? below.tested.max : Math.max(below.tested.max, below.untested.max);
    if (further <= reach) break;
    reach = further;
    below = startingUpTo(facts, reach + 1);
  }

  const minHeight = lowestStart(facts.peers);
  const peers = below.tested.count + below.untested.count;
  if (peers > 0) {
    const untestedMax = evidenceOnly ? Math.min(below.untested.max, local) : below.untested.max;
    return { minHeight, maxHeight: Math.max(below.tested.max, untestedMax), peers, pruned: false };
  }
  if (evidenceOnly) return null;
  const maxHeight = Math.max(untested.root?.summary ?? 0, tested.root?.summary ?? 0);
  return { minHeight, maxHeight, peers: count, pruned: true };
}

function startingUpTo({ peers }: Facts, height: number) {
  return { tested: upTo(peers.tested, height), untested: upTo(peers.untested, height) };
}

function upTo(claims: PeersFacts['tested'], height: number) {
  const found = maps.claims.upTo(claims, [height, LAST_ID]);
  return { count: found?.size ?? 0, max: found?.summary ?? 0 };
}

function lowestStart({ untested, tested }: PeersFacts): number {
  const a = maps.claims.first(untested)?.key[0] ?? Infinity;
  const b = maps.claims.first(tested)?.key[0] ?? Infinity;
  return Math.min(a, b);
}
