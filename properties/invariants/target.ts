import type { Facts, Peer } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { always } from './property.ts';

/** A staircase of claims longer than this is climbed as the local height grows. */
const CLIMBS_MAX = 64;

/** Works the aggregate out from the peers' own records, claim by claim. */
export const theTargetAddsUp = always(
  'the-target-adds-up',
  ['META-6', 'META-10', 'SYNC-8'],
  'The aggregate is the lowest minimum and the highest maximum that can be reached, over the claims that count now.',
  ({ before, after }) => {
    const { peers, local, control, aggregate } = after;
    const same = before.peers === peers && before.control === control && before.local === local;
    if (same || control.mode === 'Stopped') return undefined;
    const expected = expectedAggregate(after);
    if (expected === null) return aggregate === null ? true : `there is a target of ${aggregate.maxHeight} from nobody`;
    if (aggregate === null) return `there is no target, but claims up to ${expected.maxHeight} count`;
    const { minHeight, maxHeight, peers: count, pruned } = aggregate;
    const says = `${minHeight}..${maxHeight} of ${count}${pruned ? ', pruned' : ''}`;
    const is = `${expected.minHeight}..${expected.maxHeight} of ${expected.peers}${expected.pruned ? ', pruned' : ''}`;
    return says === is ? true : `the aggregate is ${says}, but the claims that count make ${is}`;
  },
);

interface Counting {
  readonly minHeight: number;
  readonly maxHeight: number;
  readonly tested: boolean;
}

function expectedAggregate({ peers, local, config, control }: Facts) {
  const settled = control.mode === 'Consensus_Synced' || control.mode === 'Consensus_Pacemaker';
  const evidenceOnly = settled && !config.trustClaims;
  const claims: Counting[] = [];
  let minHeight = Infinity;
  for (const { value: peer } of maps.peers.entries(peers.byId)) {
    const claim = countingClaim(peer);
    if (claim === null) continue;
    claims.push(claim);
    minHeight = Math.min(minHeight, claim.minHeight);
  }
  if (claims.length === 0) return null;
  let reach = local.maxHeight;
  for (let climb = 0; climb < CLIMBS_MAX; climb++) {
    let further = reach;
    for (const claim of claims) {
      if (claim.minHeight <= reach + 1 && (claim.tested || !evidenceOnly)) further = Math.max(further, claim.maxHeight);
    }
    if (further === reach) break;
    reach = further;
  }
  const reached = claims.filter((claim) => claim.minHeight <= reach + 1);
  if (reached.length === 0) {
    if (evidenceOnly) return null;
    const maxHeight = Math.max(...claims.map((claim) => claim.maxHeight));
    return { minHeight, maxHeight, peers: claims.length, pruned: true };
  }
  const maxHeight = Math.max(
    ...reached.map((claim) => {
      return claim.tested || !evidenceOnly ? claim.maxHeight : Math.min(claim.maxHeight, local.maxHeight);
    }),
  );
  return { minHeight, maxHeight, peers: reached.length, pruned: false };
}

function countingClaim({ claim, life }: Peer): Counting | null {
  if (claim === null || life.link !== 'Connected') return null;
  if (life.claim !== 'Untested' && life.claim !== 'Credible') return null;
  return { ...claim, tested: life.claim === 'Credible' };
}
