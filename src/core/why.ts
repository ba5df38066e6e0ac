import type { PeerId } from '../protocol/block.ts';
import { blockRequestChart } from './advance.ts';
import { lower } from './clock.ts';
import type { Facts, Peer, Span, Trouble } from './facts.ts';
import { maps } from './facts.ts';
import { standing } from './mode.ts';
import { knownPeer, knownRequest, peerIs } from './peers.ts';
import { bestPeer, mayGive } from './best-peer.ts';
import { inMode, nextHeight } from './turn.ts';
import { spanHolding } from './window.ts';

/** Why a node does not count itself as synced; a closed list, most telling first. */
export const REASONS = {
  NODE_STOPPED: 'The node is stopped.',
  LOCAL_STATE_SUSPECT:
    'Two peers sent the same certified block and it does not apply here: the local state is suspect.',
  HOST_FAULT: 'The executor or the store failed.',
  NO_PEERS: 'No peer is connected.',
  BOOTSTRAPPING: 'The transport is still looking for its first peers.',
  WAITING_FOR_METADATA: 'No peer has said yet what it holds.',
  ALL_CLAIMS_REFUTED: 'No peer made good what it claims to hold.',
  TOO_FEW_PEERS: 'Fewer peers than minPeers have a claim that counts.',
  NEXT_HEIGHT_PRUNED: 'Every peer has pruned the next height; a snapshot (fast sync) is needed, or an archive peer.',
  NEXT_HEIGHT_UNAVAILABLE: 'No peer that may be asked has the next height.',
  TARGET_OUTRUNS_SYNC: 'The chain grows as fast as blocks are applied here.',
  CATCHING_UP: 'Blocks are being fetched and applied.',
} as const satisfies Record<string, string>;

export type ReasonCode = keyof typeof REASONS;

export interface WhyNotSynced {
  readonly code: ReasonCode;
  /** The reason in words, with its heights. */
  readonly message: string;
  /** The height that is next. */
  readonly height: number;
  /** The aggregate's maximum; null when unknown. */
  readonly target: number | null;
  /** What went wrong last at this height. */
  readonly lastErrorCode: Trouble['code'] | null;
  /** Who was asked for this height and did not give a good block. */
  readonly peersTried: readonly PeerId[];
  /** When something is tried again by itself; null when only an event from outside can help. */
  readonly nextTryInMs: number | null;
}

/** The reason, or null when the node is synced. */
export function whyNotSynced(facts: Facts): WhyNotSynced | null {
  if (standing(facts) === 'synced' && inMode(facts, 'running')) return null;
  const code = reasonOf(facts);
  const height = nextHeight(facts);
  const target = facts.aggregate?.maxHeight ?? null;
  // While blocks wait for their commit, what goes wrong goes wrong above them.
  const trouble = facts.window.trouble?.height === height ? facts.window.trouble : null;
  const retryAt = nextTryAt(facts, code);
  return {
    code,
    message: messageOf(facts, code),
    height,
    target,
    lastErrorCode: code === 'HOST_FAULT' ? (facts.host.fault?.code ?? null) : (trouble?.code ?? null),
    peersTried: trouble?.peers ?? [],
    nextTryInMs: retryAt === null ? null : Math.max(0, retryAt - facts.clock.now),
  };
}

function reasonOf(facts: Facts): ReasonCode {
  const { aggregate, peers, host, window, config } = facts;
  if (!inMode(facts, 'running')) return 'NODE_STOPPED';
  if (window.trouble?.suspect != null) return 'LOCAL_STATE_SUSPECT';
  if (host.fault !== null) return 'HOST_FAULT';
  if (connectedCount(facts) === 0) return 'NO_PEERS';
  if (!inMode(facts, 'takesBlocks')) return 'BOOTSTRAPPING';
  if (aggregate === null) {
    // Claims there are, but they all start above the next height.
    if (maps.claims.size(peers.untested) + maps.claims.size(peers.tested) > 0) return 'NEXT_HEIGHT_PRUNED';
    const waiting = maps.byTime.size(peers.probes) + maps.probesDue.size(peers.probesDue);
    return waiting > 0 || isProbing(facts) ? 'ALL_CLAIMS_REFUTED' : 'WAITING_FOR_METADATA';
  }
  if (standing(facts) === 'unknown' && aggregate.peers < config.minPeers) return 'TOO_FEW_PEERS';
  if (aggregate.pruned) return 'NEXT_HEIGHT_PRUNED';
  if (!underWay(facts)) return 'NEXT_HEIGHT_UNAVAILABLE';
  return outrun(facts) ? 'TARGET_OUTRUNS_SYNC' : 'CATCHING_UP';
}

function messageOf(facts: Facts, code: ReasonCode): string {
  const { aggregate, host, config, local } = facts;
  const at = `local height ${local.maxHeight}, next ${nextHeight(facts)}`;
  const target = aggregate === null ? '' : `, target ${aggregate.maxHeight}`;
  const more: Partial<Record<ReasonCode, string>> = {
    HOST_FAULT: ` ${host.fault?.message ?? ''}`,
    TOO_FEW_PEERS: ` ${aggregate?.peers ?? 0} of ${config.minPeers}.`,
    NEXT_HEIGHT_PRUNED: ` The lowest height on offer is ${lowestOnOffer(facts)}.`,
  };
  return `${REASONS[code]}${more[code] ?? ''} (${at}${target})`;
}

function lowestOnOffer({ peers: { untested, tested } }: Facts): number {
  const [a, b] = [maps.claims.first(untested)?.key[0], maps.claims.first(tested)?.key[0]];
  return Math.min(a ?? Infinity, b ?? Infinity);
}

/** Whether a refuted claim is being probed; a trial may also be of a claim that was dropped since. */
function isProbing(facts: Facts): boolean {
  return askedPeers(facts).some((peer) => peer.claim !== null && peerIs(peer, 'claimRefuted'));
}

/** The connected peers that owe an answer in time. */
function askedPeers(facts: Facts): Peer[] {
  const { deadlines } = facts.requests;
  return Array.from(maps.deadlines.entries(deadlines), ({ key }) => knownPeer(facts, knownRequest(facts, key[1]).peer));
}

/** Whether the next height is here, or asked for, or only waits for a free slot of a peer that claims it. */
function underWay(facts: Facts): boolean {
  const next = nextHeight(facts);
  const span = spanHolding(facts, next);
  if (span !== undefined && (stageIs(span, 'held') || stageIs(span, 'inFlight'))) return true;
  if (bestPeer(facts, next, []) !== null) return true;
  return askedPeers(facts).some((peer) => mayGive(peer, next));
}

function stageIs(span: Span, tag: 'held' | 'inFlight'): boolean {
  return blockRequestChart.hasTag(span.stage, tag);
}

/** Two measurements on end: one may be a peer that was only just heard of. */
function outrun({ pace }: Facts): boolean {
  return pace.outrun >= 2;
}

function nextTryAt({ peers, requests, host, window, clock }: Facts, code: ReasonCode): number | null {
  const moving = code === 'CATCHING_UP' || code === 'TARGET_OUTRUNS_SYNC';
  const times = [
    host.retryAt,
    window.trouble?.suspect?.retryAt ?? null,
    moving ? (maps.deadlines.first(requests.deadlines)?.key[0] ?? null) : null,
    maps.byTime.first(peers.conductEnds)?.key[0] ?? null,
    maps.byTime.first(peers.probes)?.key[0] ?? null,
    maps.byTime.first(peers.asks)?.key[0] ?? null,
  ];
  return times.reduce<number | null>(
    (first, time) => lower(first, time !== null && time < clock.now ? clock.now : time),
    null,
  );
}

export function connectedCount({ peers }: Pick<Facts, 'peers'>): number {
  return maps.peers.size(peers.byId) - maps.byTime.size(peers.departed);
}
