import type { BlockStage } from '../../machines/block-request.ts';
import type { OperationMode, ServerMode } from '../../machines/operation-mode.ts';
import type { PeerLife } from '../../machines/peer.ts';
import type { RequestPurpose } from '../core/effects.ts';
import type { Facts, Peer } from '../core/facts.ts';
import { maps, workUnderWay } from '../core/facts.ts';
import { isSynced } from '../core/sync-api.ts';
import type { WhyNotSynced } from '../core/why.ts';
import { whyNotSynced } from '../core/why.ts';
import type { Claim, PeerId } from '../protocol/block.ts';
import type { OffenceLog, OffenceRecord } from './offence-log.ts';
import type { Progress } from './progress.ts';

/** A node at a glance. Plain data, which JSON holds as it is. */
export interface NodeStatus {
  readonly mode: OperationMode;
  readonly server: ServerMode;
  readonly minHeight: number;
  readonly maxHeight: number;
  readonly stateHash: string;
  readonly validator: boolean;
  /** The highest height that credible peers claim; null while unknown. */
  readonly target: number | null;
  readonly synced: boolean;
  readonly why: WhyNotSynced | null;
  readonly blocksPerSecond: number;
  readonly etaMs: number | null;
  readonly requestsInFlight: number;
  readonly bufferedBlocks: number;
  readonly bufferedBytes: number;
  readonly peers: readonly PeerStatus[];
  /** Those in flight, the one that is due first at the head. */
  readonly requests: readonly RequestStatus[];
  readonly window: WindowStatus;
  readonly served: ServedCounts;
}

export interface PeerStatus extends PeerLife {
  readonly id: PeerId;
  readonly claimed: Claim | null;
  readonly score: number;
  readonly latencyMs: number | null;
  readonly inFlight: number;
  readonly blocksServed: number;
  /** How often it was charged with something, and the last time; null: never, as far as is remembered. */
  readonly offences: OffenceRecord | null;
  readonly coolDowns: number;
  readonly bans: number;
  /** How often its claim proved wrong. */
  readonly refutations: number;
  /** When its cool-down or ban ends; null: it has none. */
  readonly forgivenInMs: number | null;
  /** When its refuted claim is tried again; null: it is not refuted, or is being tried. */
  readonly probeInMs: number | null;
}

export interface RequestStatus {
  readonly id: number;
  readonly peer: PeerId;
  readonly from: number;
  readonly to: number;
  readonly purpose: RequestPurpose;
  readonly ageMs: number;
  /** When it times out. */
  readonly dueInMs: number;
}

/** The heights from the next one on that are being dealt with. */
export interface WindowStatus {
  readonly from: number;
  /** The first height that nobody has thought of yet. */
  readonly frontier: number;
  /** How many heights are in each stage of the block-request chart; those with none are left out. */
  readonly stages: Readonly<Partial<Record<BlockStage, number>>>;
  /** What verifier, executor and store are doing. */
  readonly work: readonly WorkStatus[];
}

export interface WorkStatus {
  readonly kind: 'verify' | 'apply' | 'commit' | 'rollback';
  readonly from: number;
  readonly to: number;
}

/** What was sent to peers since the node was made. */
export interface ServedCounts {
  readonly answers: number;
  readonly blocks: number;
  readonly bytes: number;
}

/** What a status is made of beside the core's facts. */
export interface StatusSources {
  readonly progress: Progress;
  readonly offences: OffenceLog;
  readonly served: ServedCounts;
  /** The host's clock. */
  readonly now: number;
}

export function statusOf(facts: Facts, { progress, offences, served, now }: StatusSources): NodeStatus {
  const { control, local, aggregate, requests, window, peers } = facts;
  const coreNow = Math.max(facts.clock.now, now - facts.clock.skewMs);
  return {
    mode: control.mode,
    server: control.server,
    minHeight: local.minHeight,
    maxHeight: local.maxHeight,
    stateHash: local.tipId,
    validator: local.validator,
    target: aggregate?.maxHeight ?? null,
    synced: isSynced(facts),
    why: whyNotSynced(facts),
    blocksPerSecond: progress.blocksPerSecond,
    etaMs: progress.etaMs,
    requestsInFlight: requests.inFlight,
    bufferedBlocks: window.bufferedBlocks,
    bufferedBytes: window.bufferedBytes,
    peers: [...maps.peers.entries(peers.byId)].map(({ value }) => peerStatus(value, offences, coreNow)),
    requests: requestsOf(facts, coreNow),
    window: windowOf(facts),
    served: { ...served },
  };
}

function peerStatus(peer: Peer, offences: OffenceLog, now: number): PeerStatus {
  return {
    ...peer.life,
    id: peer.id,
    claimed: peer.claim,
    score: peer.score,
    latencyMs: peer.latencyMs,
    inFlight: peer.inFlight,
    blocksServed: peer.served,
    offences: offences.of(peer.id),
    coolDowns: peer.coolDowns,
    bans: peer.bans,
    refutations: peer.absences + peer.refutations,
    forgivenInMs: untilMs(peer.conductUntil, now),
    probeInMs: untilMs(peer.probeAt, now),
  };
}

function requestsOf({ requests }: Facts, now: number): RequestStatus[] {
  const inFlight: RequestStatus[] = [];
  for (const { key } of maps.deadlines.entries(requests.deadlines)) {
    const request = maps.requests.get(requests.byId, key[1]);
    if (request === undefined) continue;
    const { id, peer, from, to, purpose, sentAt } = request;
    const [dueAt] = key;
    inFlight.push({ id, peer, from, to, purpose, ageMs: now - sentAt, dueInMs: untilMs(dueAt, now) ?? 0 });
  }
  return inFlight;
}

function windowOf(facts: Facts): WindowStatus {
  const { window, local } = facts;
  const stages: Partial<Record<BlockStage, number>> = {};
  for (const { value } of maps.spans.entries(window.spans)) {
    stages[value.stage] = (stages[value.stage] ?? 0) + value.to - value.from + 1;
  }
  return {
    from: local.maxHeight + 1,
    frontier: window.frontier,
    stages,
    work: workUnderWay(facts).map(({ kind, from, to }) => ({ kind, from, to })),
  };
}

function untilMs(at: number | null, now: number): number | null {
  return at === null ? null : Math.max(0, at - now);
}
