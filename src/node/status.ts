import type { OperationMode, ServerMode } from '../../machines/operation-mode.ts';
import type { PeerLife } from '../../machines/peer.ts';
import type { Facts } from '../core/facts.ts';
import { maps } from '../core/facts.ts';
import { isSynced } from '../core/sync-api.ts';
import type { WhyNotSynced } from '../core/why.ts';
import { whyNotSynced } from '../core/why.ts';
import type { Claim, PeerId } from '../protocol/block.ts';
import type { Progress } from './progress.ts';

/** A node at a glance. */
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
}

export interface PeerStatus extends PeerLife {
  readonly id: PeerId;
  readonly claimed: Claim | null;
  readonly score: number;
  readonly latencyMs: number | null;
  readonly inFlight: number;
  readonly blocksServed: number;
}

export function statusOf(facts: Facts, progress: Progress): NodeStatus {
  const { control, local, aggregate, requests, window, peers } = facts;
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
    peers: [...maps.peers.entries(peers.byId)].map(({ value }) => ({
      ...value.life,
      id: value.id,
      claimed: value.claim,
      score: value.score,
      latencyMs: value.latencyMs,
      inFlight: value.inFlight,
      blocksServed: value.served,
    })),
  };
}
