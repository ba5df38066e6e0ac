/** One line of the list of what peers have done to block sync. */
export interface CatalogueEntry {
  readonly id: string;
  readonly name: string;
  readonly mustHappen: string;
  /** The properties that would break if it did not, by name. All others hold besides. */
  readonly properties: readonly string[];
}

const TIP = 'reaches-the-tip-in-bounded-time';
const END = 'sync-ends-at-the-honest-tip';
const REFUTED = 'refuted-claims-do-not-count';
const PROBED = 'refuted-peers-are-only-probed';
const EVIDENCE = 'settled-leaves-only-on-evidence';
const UNCHARGED = 'honest-peers-are-never-charged';
const UNBANNED = 'honest-peers-are-never-banned';
const KEPT_AWAY = 'banned-peers-are-kept-away';
const CERTIFIED = 'only-the-certified-block-commits';
const CHECKED = 'only-checked-blocks-commit';
const STATE = 'local-state-is-the-chains';
const BY_ONE = 'height-grows-by-one';
const UNASKED = 'unasked-blocks-are-not-stored';
const SLOTS = 'slots-come-back';
const BUFFER = 'buffer-is-bounded';
const TABLES = 'tables-are-bounded';
const SERVING = 'serving-is-bounded';
const CLAIMED = 'asks-only-what-is-claimed';
const REASON = 'every-wait-has-a-reason';
const SYNCED = 'synced-means-nothing-is-missing';
const BEST = 'the-best-is-asked';
const SECOND = 'second-requests-go-to-those-who-answer';
const PROPOSALS = 'proposals-reach-consensus-checked';
const PORTS = 'ports-are-used-as-promised';

/** What each adversary must come to. In every row: no honest peer is harmed. A47 and A48 come with what they attack. */
export const CATALOGUE_ENTRIES: readonly CatalogueEntry[] = [
  row(
    'A01',
    'inflated-height',
    'its claim is tested and refuted; Sync ends in bounded time at the honest tip',
    REFUTED,
    TIP,
    END,
  ),
  row('A02', 'high-then-low', 'the claim is dropped and charged, and the target computed anew', REFUTED, END),
  row('A03', 'inflated-base', 'it is never chosen and never keeps the node in Sync', CLAIMED, TIP),
  row('A04', 'inverted-range', 'it is charged, and the claim ignored', CLAIMED, TIP),
  row('A05', 'silent-guardian', 'every claim that holds the node in Sync gets tested', REFUTED, TIP),
  row('A06', 'staggered-liars', 'each identity costs a bounded delay, and progress goes on throughout', TIP, EVIDENCE),
  row('A07', 'ban-then-repeat', 'each ban is longer than the one before', KEPT_AWAY),
  row('A08', 'pruned-ahead', 'the node is not synced, and says why', REASON, SYNCED),
  row('A09', 'lagging-friend', 'no false "behind"; unknown, or synced by MODE-3', SYNCED, END),
  row('A10', 'mute', 'it times out, and others are used', BEST, SECOND, SLOTS, TIP, UNBANNED),
  row('A11', 'head-withholder', 'the newest block is asked elsewhere within one timeout', TIP),
  row('A12', 'slow-drip', 'faster peers are preferred; the total time is bounded', BEST, TIP),
  row(
    'A13',
    'absent-liar',
    'the slot is free at once, the block is asked elsewhere, the claim is refuted',
    SLOTS,
    REFUTED,
    PROBED,
  ),
  row('A14', 'wrong-height', 'the block is not stored, and its sender is charged', UNASKED, BY_ONE),
  row('A15', 'unsolicited', 'the blocks are not stored, and charged beyond a rate', UNASKED, BUFFER),
  row('A16', 'answer-for-other', 'the answer is not stored, and the real request survives', UNASKED, SLOTS),
  row('A17', 'duplicate', 'it is stored once, and does no harm', CHECKED, UNCHARGED),
  row('A18', 'late-answer', 'it is used or ignored, and never charged', UNCHARGED, UNBANNED),
  row('A19', 'bad-state-hash', 'it is rolled back, asked elsewhere, and charged', STATE, CERTIFIED),
  row('A20', 'forged-certificate', 'it is refused before it is applied, and charged', CERTIFIED, CHECKED),
  row(
    'A21',
    'malleated-signature',
    "the verdict is that of Go's crypto/ed25519, the same from every verifier",
    CERTIFIED,
  ),
  row('A22', 'equivocator', 'only the certified block is committed', CERTIFIED, STATE),
  row('A23', 'other-chain', 'it is refused by networkId or prevStateHash', CERTIFIED, STATE),
  row('A24', 'broken-link', 'it is refused and charged', STATE, CERTIFIED),
  row('A25', 'oversize', 'it is refused before it is decoded or held', BUFFER),
  row('A26', 'garbage', 'a clear error and a charge; nothing is thrown out of the node', PORTS, UNCHARGED),
  row('A27', 'metadata-flood', 'it is held to a rate, memory stays flat, and the node still syncs', TABLES, TIP),
  row('A28', 'request-flood', 'the work is bounded, and our own sync goes on', SERVING, TIP),
  row('A29', 'churn', 'what was in flight is asked again, and nothing leaks', SLOTS, 'slots-add-up'),
  row('A30', 'vanish-with-blocks', 'what it sent stays of use', UNCHARGED, TIP),
  row('A31', 'restart-all', 'the node resumes by itself', TIP, REASON),
  row('A32', 'spoofed-address', 'nothing is reflected, and it is charged', UNCHARGED),
  row('A33', 'echo', 'what comes back to us is ignored', CHECKED, UNCHARGED),
  row('A34', 'future-flood', 'the buffer is bounded, and what is needed is not pushed out', BUFFER, UNASKED),
  row('A35', 'eviction', 'the good copies stay', 'answers-come-before-announcements', BUFFER, TIP),
  row('A36', 'hole-in-range', 'the answer is refused whole', 'offences-are-charged', 'the-window-adds-up', UNASKED),
  row(
    'A37',
    'short-range',
    'it is taken, the rest is asked again, and credit is in proportion',
    'asks-are-disjoint',
    TIP,
  ),
  row('A38', 'two-failing-peers', 'neither is asked without end; the next event is the next try', PROBED, REASON),
  row('A39', 'send-failure', 'the heights are asked again, and nothing is skipped', SLOTS, BY_ONE),
  row('A40', 'greedy-claim', 'peers are chosen by what they have served, not by what they claim', BEST, TIP),
  row('A41', 'validator-rotation', 'each block is checked against the set of the height before it', CERTIFIED),
  row('A42', 'target-runs-away', 'the node converges when it can, and says so when it cannot', REASON, TIP),
  row('A43', 'clock-jump', 'no timeouts in a mass are charged to peers', UNCHARGED, 'timers-are-set'),
  row('A44', 'local-fault', 'LOCAL_STATE_SUSPECT, and no peer is banned for it', UNBANNED, STATE),
  row('A45', 'store-fault', 'the node resumes at a block boundary, and nothing is lost', STATE, BY_ONE, PORTS),
  row('A46', 'eclipse', 'what is committed stays consistent; more is no guarantee, hence minPeers', STATE, CERTIFIED),
  row('A49', 'validator-eviction', 'a claim without evidence never ends Pacemaker', EVIDENCE),
  row('A50', 'false-proposals', 'consensus is handed none of them; they are refused, and charged', PROPOSALS, CHECKED),
];

function row(id: string, name: string, mustHappen: string, ...properties: string[]): CatalogueEntry {
  return { id, name, mustHappen, properties };
}
