import type { OperationModeValue } from '../../machines/operation-mode.ts';
import type { BlockStage } from '../../machines/block-request.ts';
import type { PeerLife } from '../../machines/peer.ts';
import type { Claim, PeerId, SyncBlock } from '../protocol/block.ts';
import type { SyncConfig } from '../protocol/config.ts';
import type { BlockFaultCode, ErrorCode, HostFault } from '../protocol/errors.ts';
import type { Offence } from '../protocol/offences.ts';
import type { RequestPurpose } from './effects.ts';
import type { TimerName } from './events.ts';
import { MapKind } from './ordered-map.ts';
import type { OrderedMap } from './ordered-map.ts';

/**
 * Everything the core knows: immutable, plain data, no functions. Times are on the core's own clock (`clock.ts`).
 * Each slice has one file that changes it.
 */
export interface Facts {
  readonly config: SyncConfig;
  /** What the operation-mode chart said last; the only copy, assigned in one place. */
  readonly control: OperationModeValue;
  readonly clock: ClockFacts;
  /** State of the random generator. */
  readonly random: number;
  readonly nextId: number;
  readonly local: LocalChain;
  readonly peers: PeersFacts;
  readonly requests: RequestsFacts;
  readonly window: WindowFacts;
  readonly work: WorkFacts;
  readonly proposals: readonly PendingProposal[];
  readonly host: HostFacts;
  readonly aggregate: Aggregate | null;
  readonly serving: ServingFacts;
  readonly pace: PaceFacts;
  /** What authors who are not connected may still announce. */
  readonly strangers: Bucket;
  /** Whether server mode was ever switched: then its last state outlives a stop. */
  readonly serverChosen: boolean;
}

export interface ClockFacts {
  readonly now: number;
  /** Host time minus the core's time: grows when the host's clock leaps forward, falls when it goes back. */
  readonly skewMs: number;
  /** When each timer is set to fire; null: not set. */
  readonly armed: Readonly<Record<TimerName, number | null>>;
}

/** What this node has committed (MODE-2's "local"). */
export interface LocalChain extends Claim {
  /** The id of the block at `maxHeight`: what the next block must name as its parent. */
  readonly tipId: string;
  /** Whether this node is an active validator at `maxHeight + 1`. */
  readonly validator: boolean;
  /** Ids of the newest committed heights, to judge late answers by: of each commit, from its first height on. */
  readonly recent: OrderedMap<number, readonly string[]>;
}

export interface Peer {
  readonly id: PeerId;
  readonly life: PeerLife;
  readonly rangeBlocksMax: number;
  readonly claim: Claim | null;

  /** Smoothed answer time and its deviation; null before the first answer. */
  readonly latencyMs: number | null;
  readonly deviationMs: number;
  /** How fast it delivers, and how much it may owe at a time. */
  readonly flow: Flow;
  /** Valid blocks that it served. */
  readonly served: number;
  readonly inFlight: number;
  /** Ids of its requests in flight and of the last few that timed out, whose late answers are still welcome. */
  readonly requests: readonly number[];
  /** How many timed-out requests are not remembered any more and may still be answered. */
  readonly forgotten: number;
  /** The request that tests or probes its claim. */
  readonly trial: number | null;

  readonly score: number;
  /** How often its claim was refuted by "I have none", and how often otherwise, less what its blocks took back (META-7). */
  readonly absences: number;
  readonly refutations: number;
  /** How many requests on end could not be sent to it. */
  readonly sendFailures: number;
  /** How often it left instead of answering since it last served a block. */
  readonly desertions: number;
  /** The lowest height of its claim that proved wrong. */
  readonly disputedFrom: number | null;
  /** When its refuted claim is to be probed; null while a probe is under way. */
  readonly probeAt: number | null;
  readonly probeDue: boolean;
  /** It was probed for what is disputed ahead of the head, and that decided nothing: next it is probed for the head. */
  readonly aheadInVain: boolean;
  readonly coolDowns: number;
  readonly bans: number;
  /** When its cool-down or ban ends. */
  readonly conductUntil: number | null;

  /** How often it was asked for metadata and has not answered yet. */
  readonly asksOpen: number;
  readonly heardAt: number | null;
  readonly askAt: number | null;
  readonly lastSeenAt: number;
  readonly metadataBucket: Bucket;
  readonly unsolicitedBucket: Bucket;
  readonly serveBucket: Bucket;
  /** Answers being read and sent to it, and its requests that wait for their turn. */
  readonly serving: number;
  readonly queued: number;
}

/** What a peer was seen to deliver (`flow.ts`). */
export interface Flow {
  /** How many requests it may owe at a time: grows by one, shrinks by a share. */
  readonly slots: number;
  /** Answers since `slots` grew last; -1 while it still grows with every answer. */
  readonly credit: number;
  /** When `slots` shrank last because answers waited in line; what was asked before then waits in that same line. */
  readonly shrunkAt: number | null;
  /** The quickest answer lately: what one takes that waits for no other. null before the first. */
  readonly quickestMs: number | null;
  readonly bytesPerMs: number | null;
  /** Whether that was counted over a while; before, single answers tell that it is at least so much. */
  readonly isMeasured: boolean;
  /** What it is still to deliver, as far as known when it was asked. */
  readonly owedBytes: number;
  /** The measurement under way: bytes since when; null when nothing was owed in between. */
  readonly sinceAt: number | null;
  readonly sinceBytes: number;
  /** When blocks came from it last; null when nothing was owed in between. */
  readonly heardAt: number | null;
  /** When that request was sent which was sent last of those it has answered; null when nothing was owed in between. */
  readonly answeredSentAt: number | null;
  /** How many answers came in the order of their requests, as far as that matters; below 0 after one that did not. */
  readonly inOrder: number;
}

/** A token bucket. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

type ByTime = OrderedMap<readonly [atMs: number, peer: PeerId], null>;

export interface PeersFacts {
  readonly byId: OrderedMap<PeerId, Peer>;
  /** Peers that may be asked for blocks now, best first, and what they claim; a summary reaches over all of its claims. */
  readonly available: OrderedMap<readonly [expectedMs: number, tieBreak: number, peer: PeerId], Claim, Claim>;
  /** The same peers by where their claims start; a summary is the highest maxHeight. */
  readonly starts: OrderedMap<readonly [minHeight: number, peer: PeerId], number, number>;
  /** Claims that count, untested and tested, by where they start; a summary is the highest maxHeight. */
  readonly untested: OrderedMap<readonly [minHeight: number, peer: PeerId], number, number>;
  readonly tested: OrderedMap<readonly [minHeight: number, peer: PeerId], number, number>;
  readonly asks: ByTime;
  readonly conductEnds: ByTime;
  /** Refuted claims by when they are to be probed, and those whose time has come: first who has served before. */
  readonly probes: ByTime;
  readonly probesDue: OrderedMap<readonly [unproven: number, atMs: number, peer: PeerId], null>;
  /** Disconnected peers that are remembered, longest ago first. */
  readonly departed: ByTime;
}

export interface Request {
  readonly id: number;
  readonly peer: PeerId;
  /** What is still owed: grows as parts of the answer come. */
  readonly from: number;
  readonly to: number;
  readonly purpose: RequestPurpose;
  readonly sentAt: number;
  /** How many bytes there is room kept for. */
  readonly bytesMax: number;
  /** How many it is expected to bring, and how long that should take. */
  readonly expectedBytes: number;
  readonly expectedMs: number;
  /** Parts of the answer have come. */
  readonly begun: boolean;
  /** It is overdue, and later requests to the same peer were answered before it. */
  readonly skipped: boolean;
  /** null once it timed out, or was given up. */
  readonly deadline: number | null;
}

export interface RequestsFacts {
  readonly byId: OrderedMap<number, Request>;
  readonly deadlines: OrderedMap<readonly [atMs: number, id: number], null>;
  readonly inFlight: number;
  readonly inFlightSync: number;
  /** Of those, blocks that somebody else owes too. */
  readonly hedged: number;
  readonly inFlightBlocks: number;
  readonly inFlightBytes: number;
}

/** Heights that live the same life together; a single height in the block-by-block strategies. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly stage: BlockStage;
  readonly requestId: number | null;
  /** The request that asks a second peer for it (OPT-1). */
  readonly hedgeId: number | null;
  /** The work that it is in. */
  readonly workId: number | null;
  /** It cannot be judged ahead: it waits until it follows the newest applied block. */
  readonly waits: boolean;
  /** Its first block was verified in its turn, with the validator set that it has; of all others the set is a guess. */
  readonly exact: boolean;
  /** Who sent the blocks; null until they are here. */
  readonly peer: PeerId | null;
  /** Whether the sender was asked for them: only then are they evidence of its claim (META-10). */
  readonly asked: boolean;
  readonly blocks: readonly SyncBlock[];
  /** Who failed to give these heights lately; asked again only when nobody else is left. */
  readonly avoid: readonly PeerId[];
}

export interface WindowFacts {
  /** Spans below `frontier`, by their first height. */
  readonly spans: OrderedMap<number, Span>;
  /** Those of them that are wanted. */
  readonly wanted: OrderedMap<number, null>;
  /** Those that are received and may be verified ahead. */
  readonly unverified: OrderedMap<number, null>;
  /** Heights up to here are applied, if not committed yet. */
  readonly appliedTo: number;
  /** What blocks weigh, by those that came: quick to grow, slow to shrink. null: none came yet. */
  readonly blockBytes: number | null;
  /** Heights from here on have no span yet. */
  readonly frontier: number;
  readonly bufferedBlocks: number;
  readonly bufferedBytes: number;
  /** Other copies of the block to be applied next, for when the one in work proves no good; one a peer, few. */
  readonly spares: readonly { readonly peer: PeerId; readonly block: SyncBlock; readonly asked: boolean }[];
  /** What went wrong at the height to be applied next, since its turn came. */
  readonly trouble: Trouble | null;
}

export interface Trouble {
  readonly height: number;
  readonly code: ErrorCode | 'TIMED_OUT' | 'NOT_AVAILABLE';
  readonly peers: readonly PeerId[];
  /** Certified copies that did not apply, and who sent them (APPLY-3). */
  readonly unapplied: readonly Unapplied[];
  /** Set when the fault is taken to be local. */
  readonly suspect: { readonly code: BlockFaultCode; readonly tries: number; readonly retryAt: number | null } | null;
}

/** A certified block that did not apply here. */
export interface Unapplied {
  readonly contentId: string;
  readonly peers: readonly PeerId[];
  /** Who was charged with it; given back if it proves to be the chain's own block after all. */
  readonly charged: readonly { readonly peer: PeerId; readonly offence: Offence }[];
}

/** What verifier, executor and store are doing (SYNC-2, OPT-1). */
export interface WorkFacts {
  /** Several at once, of different heights. */
  readonly verifying: readonly Work[];
  /** Apply or rollback. */
  readonly executing: Work | null;
  readonly committing: Work | null;
  /** Consensus has committed a height of it meanwhile: if the commit fails, what is applied above it is undone. */
  readonly overtaken: boolean;
}

export interface Work {
  readonly id: number;
  readonly kind: 'verify' | 'apply' | 'commit' | 'rollback';
  readonly from: number;
  readonly to: number;
  /** Its first block followed the newest applied one when it began (verify only). */
  readonly exact: boolean;
}

export interface PendingProposal {
  readonly workId: number;
  readonly peer: PeerId;
  readonly block: SyncBlock;
}

export interface HostFacts {
  readonly fault: HostFault | null;
  readonly failures: number;
  /** What failed last: only when that succeeds the failures are over. */
  readonly failedIn: Work['kind'] | null;
  readonly retryAt: number | null;
  /** What was applied above this height must be undone before anything else is applied; null: nothing. */
  readonly rollbackTo: number | null;
}

/** META-6, over the claims that count. */
export interface Aggregate extends Claim {
  /** Whose claims make it up. */
  readonly peers: number;
  /** Nobody's claim reaches down to the next height (SYNC-8). */
  readonly pruned: boolean;
}

export interface ServingFacts {
  /** Answers being read and sent, and to whom: of each one part is in memory at a time, at most a block's largest size. */
  readonly byId: OrderedMap<number, PeerId>;
  /** Requests that wait for room, oldest first (SERVE-4). */
  readonly queue: OrderedMap<number, QueuedRequest>;
}

export interface QueuedRequest {
  readonly peer: PeerId;
  /** The peer's own. */
  readonly requestId: number | null;
  readonly from: number;
  readonly to: number;
  readonly bytesMax: number;
}

/** How fast the local height and the target grow, over the last few seconds. */
export interface PaceFacts {
  readonly since: { readonly at: number; readonly height: number; readonly target: number };
  readonly blocksPerSecond: number | null;
  readonly targetPerSecond: number | null;
  /** For how many measurements on end the target grew at least as fast as we did. */
  readonly outrun: number;
}

/** All that verifier, executor and store are doing. */
export function workUnderWay({ work }: Pick<Facts, 'work'>): readonly Work[] {
  return [...work.verifying, work.executing, work.committing].filter((each) => each !== null);
}

/** From the lower start to the higher end: most often one of the two as it is. */
function reachOf(a: Claim, b: Claim): Claim {
  const minHeight = Math.min(a.minHeight, b.minHeight);
  const maxHeight = Math.max(a.maxHeight, b.maxHeight);
  if (a.minHeight === minHeight && a.maxHeight === maxHeight) return a;
  return b.minHeight === minHeight && b.maxHeight === maxHeight ? b : { minHeight, maxHeight };
}

export const maps = {
  peers: new MapKind<PeerId, Peer>(),
  available: new MapKind<readonly [number, number, PeerId], Claim, Claim>({
    of: (_key, claim) => claim,
    join: reachOf,
  }),
  claims: new MapKind<readonly [number, PeerId], number, number>({
    of: (_key, maxHeight) => maxHeight,
    join: (a, b) => Math.max(a, b),
  }),
  byTime: new MapKind<readonly [number, PeerId], null>(),
  probesDue: new MapKind<readonly [number, number, PeerId], null>(),
  requests: new MapKind<number, Request>(),
  deadlines: new MapKind<readonly [number, number], null>(),
  spans: new MapKind<number, Span>(),
  heights: new MapKind<number, null>(),
  recent: new MapKind<number, readonly string[]>(),
  serving: new MapKind<number, PeerId>(),
  queued: new MapKind<number, QueuedRequest>(),
};
