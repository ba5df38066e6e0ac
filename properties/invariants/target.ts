import type { Facts } from '../../src/core/facts.ts';
import { claimCounts } from './counting.ts';
import { always, effectsOf } from './property.ts';

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
    const isSame =
      expected.minHeight === minHeight &&
      expected.maxHeight === maxHeight &&
      expected.peers === count &&
      expected.pruned === pruned;
    if (isSame) return true;
    const says = `${minHeight}..${maxHeight} of ${count}${pruned ? ', pruned' : ''}`;
    const is = `${expected.minHeight}..${expected.maxHeight} of ${expected.peers}${expected.pruned ? ', pruned' : ''}`;
    return `the aggregate is ${says}, but the claims that count make ${is}`;
  },
  { facts: ['peers', 'local', 'control'] },
);

export const targetsAreTold = always(
  'targets-are-told',
  ['META-6', 'SYNC-7'],
  'Whenever the target changes, or there is none any more, that is told.',
  (seen) => {
    const target = seen.after.aggregate?.maxHeight ?? null;
    const told = effectsOf(seen, 'targetChanged').at(-1);
    if (told !== undefined)
      return told.target === target ? true : `a target of ${told.target} is told, and it is ${target}`;
    const was = seen.before.aggregate?.maxHeight ?? null;
    return was === target ? undefined : `the target was ${was}, is ${target}, and nothing is told`;
  },
  { effects: ['targetChanged'], facts: ['aggregate'] },
);

function expectedAggregate({ peers, local, config, control }: Facts) {
  const settled = control.mode === 'Consensus_Synced' || control.mode === 'Consensus_Pacemaker';
  const evidenceOnly = settled && !config.trustClaims;
  const claims: Counting[] = [];
  collect(peers.byId.root, claims);
  if (claims.length === 0) return null;
  let reach = local.maxHeight;
  for (let climb = 0; climb < CLIMBS_MAX; climb++) {
    let further = reach;
    for (const { minHeight, maxHeight, tested } of claims) {
      if (minHeight <= reach + 1 && (tested || !evidenceOnly) && maxHeight > further) further = maxHeight;
    }
    if (further === reach) break;
    reach = further;
  }
  let lowest = Infinity;
  let highest = -Infinity;
  let highestReached = -Infinity;
  let reached = 0;
  for (const { minHeight, maxHeight, tested } of claims) {
    lowest = Math.min(lowest, minHeight);
    highest = Math.max(highest, maxHeight);
    if (minHeight > reach + 1) continue;
    reached++;
    const counts = tested || !evidenceOnly ? maxHeight : Math.min(maxHeight, local.maxHeight);
    highestReached = Math.max(highestReached, counts);
  }
  if (reached > 0) return { minHeight: lowest, maxHeight: highestReached, peers: reached, pruned: false };
  return evidenceOnly ? null : { minHeight: lowest, maxHeight: highest, peers: claims.length, pruned: true };
}

interface Counting {
  readonly minHeight: number;
  readonly maxHeight: number;
  readonly tested: boolean;
}

/** The claims that count now. By recursion: this is done after nearly every event, and for every peer. */
function collect(tree: Facts['peers']['byId']['root'], into: Counting[]): void {
  if (tree === null) return;
  collect(tree.left, into);
  const { claim, life } = tree.value;
  if (claim !== null && claimCounts(tree.value))
    into.push({ minHeight: claim.minHeight, maxHeight: claim.maxHeight, tested: life.claim === 'Credible' });
  collect(tree.right, into);
}
