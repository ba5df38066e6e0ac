import type { CreateHostToCheck } from '../contract/watched-host.ts';
import { createStateSyncNode } from '../simulation/host-under-test.ts';
import type { Bounds } from './bound.ts';
import { boundsOf } from './bound.ts';
import { opaqueChain } from '../links/chain.ts';
import { Frontier } from '../links/frontier.ts';
import { OpaqueExecutor, opaqueVerifier } from './host.ts';
import type { PeerRecord } from '../links/peer.ts';
import { VirtualPeer } from '../links/peer.ts';
import type { PeerPlan } from '../links/peer-plan.ts';
import type { NetworkPlan } from './network-plan.ts';
import { forgetfulStore } from './store.ts';
import { VirtualTransport } from '../links/transport.ts';
import { VirtualClock } from '../links/virtual-clock.ts';

export interface NetworkFigures extends Bounds {
  readonly plan: NetworkPlan;
  /** How far the node came; below the chain's height when it was given up. */
  readonly height: number;
  /** When the last block was committed, in virtual ms. */
  readonly totalMs: number;
  /** totalMs over the two bounds. */
  readonly overLower: number;
  readonly overReachable: number;
  /** Bytes that arrived, over the chain's. */
  readonly bytesRatio: number;
  /** How often nothing was committed for a second, and the longest such time. */
  readonly stalls: number;
  readonly longestStallMs: number;
  readonly bufferedBytesMax: number;
  readonly inFlightMax: number;
  /** What the node told as an error of its own, first; null: nothing. */
  readonly internalError: string | null;
  readonly peers: readonly (PeerRecord & { readonly plan: PeerPlan })[];
}

/** A run is given up after this many times its bound, and this much more. */
const GIVEN_UP_RATIO = 20;
const GIVEN_UP_MS = 60_000;
const STALL_MS = 1_000;

export interface RunNetworkOptions {
  /** How the node is made. Default: this package's `StateSyncNode`. */
  readonly createHost?: CreateHostToCheck;
  readonly observe?: CreateHostOptions['observe'];
}

type CreateHostOptions = Parameters<CreateHostToCheck>[0];

/** One node syncs the plan's chain over the plan's links, in virtual time: the same plan gives the same figures. */
export async function runNetwork(plan: NetworkPlan, options: RunNetworkOptions = {}): Promise<NetworkFigures> {
  const { createHost = createStateSyncNode, observe } = options;
  const clock = new VirtualClock();
  const chain = opaqueChain(plan.blockBytes);
  const frontier = new Frontier();
  const peers = plan.peers.map((peer, i) => new VirtualPeer(peer, clock, chain, frontier, plan.seed * 1_000 + i));
  const { applyMsPerBlock, verifyMsPerBlock, commitMs } = plan;
  const taking = (ms: number) => () => (ms === 0 ? undefined : clock.sleep(ms));
  const seen = { height: 0, atMs: 0, stalls: 0, longestStallMs: 0, bufferedBytesMax: 0, inFlightMax: 0 };
  const note: NonNullable<CreateHostOptions['observe']> = (event, effects, state, before) => {
    observe?.(event, effects, state, before);
    if (state.local.maxHeight === seen.height) return;
    const { window, requests, local } = state;
    seen.bufferedBytesMax = Math.max(seen.bufferedBytesMax, window.bufferedBytes);
    seen.inFlightMax = Math.max(seen.inFlightMax, requests.inFlight);
    const stallMs = clock.now() - seen.atMs;
    if (stallMs >= STALL_MS) seen.stalls++;
    seen.longestStallMs = Math.max(seen.longestStallMs, stallMs);
    seen.height = local.maxHeight;
    seen.atMs = clock.now();
  };
  let internalError: string | null = null;
  const node = createHost({
    transport: new VirtualTransport(peers, clock),
    store: forgetfulStore(taking(commitMs)),
    executor: new OpaqueExecutor(taking(applyMsPerBlock)),
    verifier: opaqueVerifier(taking(verifyMsPerBlock)),
    clock,
    seed: plan.seed,
    config: plan.config,
    observe: note,
    onInternalError: (error) => {
      internalError ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
    },
  });
  await node.start();
  const bounds = boundsOf(plan);
  const untilMs = bounds.lowerMs * GIVEN_UP_RATIO + GIVEN_UP_MS;
  await clock.run(untilMs, () => seen.height >= chain.height);
  const totalMs = seen.height >= chain.height ? seen.atMs : clock.now();
  const stopped = { value: false };
  void node.stop().then(() => (stopped.value = true));
  await clock.run(Infinity, () => stopped.value);
  const { height, stalls, longestStallMs, bufferedBytesMax, inFlightMax } = seen;
  const arrived = peers.reduce((sum, { record }) => sum + record.bytes, 0);
  return {
    ...bounds,
    plan,
    height,
    totalMs,
    overLower: height < chain.height ? Infinity : totalMs / bounds.lowerMs,
    overReachable: height < chain.height ? Infinity : totalMs / bounds.reachableMs,
    bytesRatio: arrived / chain.bytes,
    stalls,
    longestStallMs,
    bufferedBytesMax,
    inFlightMax,
    internalError,
    peers: peers.map(({ plan: peer, record }) => ({ ...record, plan: peer })),
  };
}
