import type { WireProtocol } from '../../src/node/ports.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import { resolveConfig } from '../../src/protocol/config.ts';
import type { LinkConditions } from './conditions.ts';
import { drawConditions } from './conditions.ts';
import { drawLimits } from './limit-values.ts';
import type { Holdings } from './peer.ts';
import { Random } from './random.ts';
import type { CertificateBinds } from './verifier.ts';

export interface PeerPlan {
  readonly id: string;
  readonly wire: WireProtocol;
  readonly holdings: Holdings;
  /** Names of the behaviours laid over it; none: honest. */
  readonly behaviours: readonly string[];
}

export interface NodePlan {
  readonly id: string;
  readonly wire: WireProtocol;
  readonly localHeight: number;
  /** It has pruned what is below. */
  readonly minHeight: number;
}

/** Everything a run is made of, drawn from its seed. */
export interface Plan {
  readonly seed: number;
  /** 0 calm .. 1 vicious. */
  readonly harshness: number;
  readonly config: SyncConfig;
  readonly nodes: readonly NodePlan[];
  readonly peers: readonly PeerPlan[];
  readonly environment: readonly string[];
  readonly conditions: LinkConditions;
  readonly chain: {
    readonly startHeight: number;
    readonly blockIntervalMs: number;
    readonly rotateEveryBlocks: number;
    readonly nodesAreValidators: boolean;
    readonly binds: CertificateBinds;
  };
  /** How long faults go on; then they stop, and the node must reach the tip. */
  readonly faultsMs: number;
}

export interface Catalogue {
  readonly peer: readonly string[];
  readonly environment: readonly string[];
  /** Those of `peer` who can act only where ranges of blocks are asked for. */
  readonly needRanges: readonly string[];
  /** Those of `peer` who can act only where the validator set changes. */
  readonly needRotation: readonly string[];
}

/**
 * Who is certain to be in the run of this seed, besides those drawn: seeds take turns, so that a row of `turnsOf` seeds
 * has everybody in it, and one run with only those drawn (null).
 */
export function featuredIn(seed: number, catalogue: Catalogue): string | null {
  return [...catalogue.peer, ...catalogue.environment][(seed >>> 0) % turnsOf(catalogue)] ?? null;
}

/** After how many seeds in a row everybody has had a turn. */
export function turnsOf({ peer, environment }: Catalogue): number {
  return peer.length + environment.length + 1;
}

export interface PlanOverrides {
  readonly nodes?: number;
  readonly honest?: number;
  readonly faulty?: number;
  readonly faultsMs?: number;
  readonly blockIntervalMs?: number;
  readonly behaviours?: readonly string[];
  readonly environment?: readonly string[];
}

/** Draws a run: some are calm, some are vicious. `overrides` fix what a caller wants fixed. */
export function drawPlan(seed: number, catalogue: Catalogue, overrides: PlanOverrides = {}): Plan {
  const random = new Random(seed).fork('plan');
  const harshness = random.pick([0, 0.3, 0.6, 1]);
  const { star, fault, asksRanges, asksRotation } = castOf(seed, catalogue, overrides);
  const drawn = drawConfig(random, asksRanges);
  const nodeCount = overrides.nodes ?? (random.chance(0.15) ? 2 : 1);
  const honestCount = overrides.honest ?? random.whole(Math.max(1, drawn.minPeers), 4);
  const drawnCount = random.chance(0.15) ? 0 : random.whole(1, 7 - honestCount);
  const faultyCount = overrides.faulty ?? Math.max(star === null ? 0 : 1, drawnCount);
  // Too few places for everybody who may come; but not for those without whom nothing could be promised.
  const places = honestCount + nodeCount - 1 + random.whole(0, faultyCount);
  const config = random.chance(0.1) ? { ...drawn, peersMax: Math.max(1, places) } : drawn;
  // Far enough behind that not all of it is asked of whoever connects first.
  const startHeight = Math.max(asksRanges ? 80 : 0, random.chance(0.1) ? 0 : random.whole(1, 150));
  const wire = (): WireProtocol => (random.chance(0.3) ? 'pokt-background' : 'pocket-state-sync');
  const holdings = (): Holdings => ({
    minHeight: random.chance(0.2) ? random.whole(1, 1 + Math.floor(startHeight / 2)) : 1,
    lagBlocks: random.chance(0.3) ? random.whole(1, 20) : 0,
    serveMsMax: random.chance(0.2) ? random.whole(100, 100 + 3_000 * harshness) : random.whole(1, 100),
  });
  const honest = Array.from({ length: honestCount }, (_, i): PeerPlan => {
    // One of them has everything: without it nothing could be promised.
    const full: Holdings = { minHeight: 1, lagBlocks: 0, serveMsMax: random.whole(1, 300) };
    const isFull = i < Math.max(1, drawn.minPeers);
    return { id: `honest-${i}`, wire: wire(), holdings: isFull ? full : holdings(), behaviours: [] };
  });
  const faulty = Array.from({ length: faultyCount }, (_, i): PeerPlan => {
    const sampled = overrides.behaviours ?? random.sample(catalogue.peer, random.pick([1, 1, 1, 2, 2, 3]));
    // Alone on its peer, or nothing it does might come through what the others do.
    const behaviours = star !== null && i === 0 ? [star] : sampled;
    const spoken = wire();
    const needsRanges = behaviours.some((name) => catalogue.needRanges.includes(name));
    return {
      id: `faulty-${i}`,
      wire: needsRanges ? 'pocket-state-sync' : spoken,
      holdings: { ...holdings(), minHeight: 1, lagBlocks: 0 },
      behaviours,
    };
  });
  const environmentCount = harshness === 0 ? 0 : random.whole(0, Math.ceil(4 * harshness));
  const environment = random.sample(catalogue.environment, environmentCount);
  if (fault !== null && !environment.includes(fault)) environment.push(fault);
  return {
    seed,
    harshness,
    config,
    nodes: Array.from({ length: nodeCount }, (_, i): NodePlan => {
      const wireOfNode = random.chance(0.2) && !asksRanges ? 'pokt-background' : 'pocket-state-sync';
      const isAtTip = random.chance(0.3) && !asksRanges;
      const localHeight = isAtTip ? startHeight : random.whole(0, asksRanges ? 20 : startHeight);
      const minHeight = random.chance(0.2) ? random.whole(1, Math.max(1, localHeight)) : 1;
      return { id: `node-${i}`, wire: wireOfNode, localHeight, minHeight };
    }),
    peers: [...honest, ...faulty],
    environment: overrides.environment ?? environment,
    conditions: drawConditions(random, harshness),
    chain: {
      startHeight,
      blockIntervalMs: overrides.blockIntervalMs ?? Math.round(10 ** random.between(3, 4.5)),
      rotateEveryBlocks: asksRotation ? random.whole(1, 8) : random.chance(0.5) ? random.whole(1, 20) : 0,
      nodesAreValidators: random.chance(0.5),
      binds: random.chance(0.3) ? 'stateHash' : 'everything',
    },
    faultsMs: overrides.faultsMs ?? random.whole(30, 600) * 1_000,
  };
}

/** Who features in the run, if the caller leaves that open: a peer's behaviour, or a fault of the environment. */
function castOf(seed: number, catalogue: Catalogue, overrides: PlanOverrides) {
  const featured = featuredIn(seed, catalogue);
  const of = (names: readonly string[]) => (featured !== null && names.includes(featured) ? featured : null);
  const star = overrides.behaviours === undefined ? of(catalogue.peer) : null;
  const named = overrides.behaviours ?? (star === null ? [] : [star]);
  return {
    star,
    fault: of(catalogue.environment),
    /** Whether the run must have ranges, because somebody in it is about them. */
    asksRanges: named.some((name) => catalogue.needRanges.includes(name)),
    /** The same of changes of the validator set. */
    asksRotation: named.some((name) => catalogue.needRotation.includes(name)),
  };
}

function drawConfig(random: Random, asksRanges: boolean): SyncConfig {
  const blockBytesMax = random.pick([1_000, 50_000, 4_000_000]);
  const inFlightMax = Math.max(asksRanges ? 8 : 1, random.pick([1, 2, 8, 16, 16]));
  const bufferBlocksMax = Math.max(asksRanges ? 4 : 1, random.pick([1, 4, 32, 256, 256]));
  const requestBlocksMax = Math.max(asksRanges ? 4 : 1, random.pick([1, 3, 16]));
  return resolveConfig({
    ...drawLimits(random.fork('limits')),
    strategy: random.chance(0.25) ? 'synchronous' : 'asynchronous',
    minPeers: random.chance(0.2) ? 2 : 1,
    blocksBehindMin: random.chance(0.2) ? random.whole(2, 4) : 1,
    trustClaims: random.chance(0.1),
    requestTimeoutMsMax: random.pick([3_000, 10_000, 10_000]),
    inFlightMax,
    inFlightPerPeerMax: Math.min(inFlightMax, random.pick([1, 4, 4])),
    requestBlocksMax: Math.min(requestBlocksMax, bufferBlocksMax),
    blockBytesMax,
    commitBytesMax: Math.max(blockBytesMax, random.pick([5_000, 524_288, 524_288])),
    bufferBlocksMax,
    bufferBytesMax: blockBytesMax * Math.max(asksRanges ? 16 : 1, random.pick([1, 3, 16, 256])),
    serveBytesPerPeerMax: Math.max(16 * 1_048_576, blockBytesMax),
    recentBlocksMax: random.pick([4, 1_024]),
    peersMax: random.pick([12, 10_000, 10_000]),
    serverEnabled: random.chance(0.9),
    hedgesMax: random.pick([0, 1, 4, 4]),
  });
}

/** The run in a few lines. */
export function describePlan(plan: Plan): readonly string[] {
  const { config, chain, conditions, peers } = plan;
  const { latencyMs, jitterMs, lossRatio, duplicateRatio, reorders } = conditions;
  const rotation =
    chain.rotateEveryBlocks === 0 ? 'fixed validators' : `validators move every ${chain.rotateEveryBlocks}`;
  return [
    `seed ${plan.seed}: harshness ${plan.harshness}, faults for ${plan.faultsMs / 1_000} s, ${config.strategy}, ` +
      `minPeers ${config.minPeers}, blocksBehindMin ${config.blocksBehindMin}, trustClaims ${config.trustClaims}, ` +
      `inFlight ${config.inFlightMax}/${config.inFlightPerPeerMax}, ranges of ${config.requestBlocksMax}, ` +
      `buffer ${config.bufferBlocksMax}`,
    `chain: ${chain.startHeight} blocks, one more every ${chain.blockIntervalMs} ms, ${rotation}, certificates bind ` +
      chain.binds,
    `network: ${latencyMs}+${jitterMs} ms, loss ${percent(lossRatio)}, repeats ${percent(duplicateRatio)}` +
      `${reorders ? ', reorders' : ''}; environment: ${plan.environment.join(', ') || 'quiet'}`,
    ...plan.nodes.map(({ id, localHeight, minHeight, wire }) => {
      return `${id}: local height ${localHeight}${minHeight > 1 ? `, pruned below ${minHeight}` : ''}, ${wire}`;
    }),
    ...peers.map(({ id, wire, behaviours, holdings }) => {
      const { minHeight, lagBlocks } = holdings;
      return `${id}: ${behaviours.join(' + ') || `from ${minHeight}, ${lagBlocks} behind`}, ${wire}`;
    }),
  ];
}

function percent(ratio: number): string {
  return `${Math.round(100 * ratio)} %`;
}
