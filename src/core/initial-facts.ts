import type { Claim } from '../protocol/block.ts';
import type { SyncConfig } from '../protocol/config.ts';
import { resolveConfig } from '../protocol/config.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { operationModeChart } from './advance.ts';
import type { Facts, PeersFacts } from './facts.ts';
import { maps } from './facts.ts';

/** What a core starts from: what the store holds. */
export interface InitialState {
  readonly config?: Partial<SyncConfig>;
  readonly local: Claim & { readonly tipId: string; readonly validator?: boolean };
  /** Seeds jitter, tie-breaks and tree shapes: unpredictable in a node, fixed in a test. */
  readonly seed?: number;
}

/** @throws StateSyncError CONFIG_INVALID */
export function createFacts({ config: overrides, local, seed = 0 }: InitialState): Facts {
  const config = resolveConfig(overrides);
  checkLocal(local);
  const salt = seed >>> 0;
  return {
    config,
    control: operationModeChart.initial,
    clock: { now: 0, skewMs: 0, armed: { metadata: null, request: null, peer: null, host: null } },
    random: salt,
    nextId: 1,
    local: {
      minHeight: local.minHeight,
      maxHeight: local.maxHeight,
      tipId: local.tipId,
      validator: local.validator ?? false,
      recent: maps.recent.set(maps.recent.empty(salt), local.maxHeight, [local.tipId]),
    },
    peers: noPeers(salt),
    requests: {
      byId: maps.requests.empty(salt),
      deadlines: maps.deadlines.empty(salt),
      inFlight: 0,
      inFlightSync: 0,
      hedged: 0,
      inFlightBlocks: 0,
      inFlightBytes: 0,
    },
    window: {
      spans: maps.spans.empty(salt),
      wanted: maps.heights.empty(salt),
      unverified: maps.heights.empty(salt),
      appliedTo: local.maxHeight,
      blockBytes: null,
      frontier: local.maxHeight + 1,
      bufferedBlocks: 0,
      bufferedBytes: 0,
      spares: [],
      trouble: null,
    },
    work: { verifying: [], executing: null, committing: null, overtaken: false },
    proposals: [],
    host: { fault: null, failures: 0, failedIn: null, retryAt: null, rollbackTo: null },
    aggregate: null,
    serving: { byId: maps.serving.empty(salt), queue: maps.queued.empty(salt) },
    pace: {
      since: { at: 0, height: local.maxHeight, target: local.maxHeight },
      blocksPerSecond: null,
      targetPerSecond: null,
      outrun: 0,
    },
    strangers: { tokens: config.strangersBurst, at: 0 },
    serverChosen: false,
  };
}

/** A table of peers without any. */
export function noPeers(salt: number): PeersFacts {
  return {
    byId: maps.peers.empty(salt),
    available: maps.available.empty(salt),
    starts: maps.claims.empty(salt),
    untested: maps.claims.empty(salt),
    tested: maps.claims.empty(salt),
    asks: maps.byTime.empty(salt),
    conductEnds: maps.byTime.empty(salt),
    probes: maps.byTime.empty(salt),
    probesDue: maps.probesDue.empty(salt),
    departed: maps.byTime.empty(salt),
  };
}

function checkLocal({ minHeight, maxHeight }: Claim): void {
  const good = Number.isSafeInteger(minHeight) && Number.isSafeInteger(maxHeight) && 0 <= minHeight;
  if (!good || minHeight > maxHeight || (minHeight === 0 && maxHeight > 0)) {
    const range = `${String(minHeight)}..${String(maxHeight)}`;
    throw new StateSyncError('CONFIG_INVALID', `local heights ${range} are neither 0..0 nor a range from 1 on`);
  }
}
