import { ADVERSARIES, ENVIRONMENT_ADVERSARIES, PEER_ADVERSARIES, fullName } from '../adversaries/index.ts';
import { PROPERTIES, WITNESSES } from '../invariants/index.ts';
import type { Always } from '../invariants/index.ts';
import { livenessBoundMs } from '../invariants/liveness-bound.ts';
import type { Violation } from '../invariants/monitor.ts';
import { Monitor } from '../invariants/monitor.ts';
import type { NetworkCounts } from '../simulation/network.ts';
import type { HostFaultCounts } from '../simulation/host-faults.ts';
import type { CreateHost, SimNode } from '../simulation/node.ts';
import { createStateSyncNode } from '../simulation/node.ts';
import type { Plan, PlanOverrides } from '../simulation/plan.ts';
import { drawPlan } from '../simulation/plan.ts';
import { World } from '../simulation/world.ts';

export interface SimulateOptions {
  /** How the host under test is made. Default: this package's `StateSyncNode`. */
  readonly createHost?: CreateHost;
  /** Default: all of this package's. */
  readonly properties?: readonly Always[];
  /** Fixes parts of the plan that is else drawn from the seed. */
  readonly plan?: PlanOverrides;
}

export interface RunResult {
  readonly seed: number;
  readonly plan: Plan;
  readonly violation: Violation | null;
  /** Equal for equal runs: covers every event and effect of the nodes under test. */
  readonly digest: string;
  readonly events: number;
  readonly simulatedMs: number;
  readonly blocksCommitted: number;
  /** How often each adversary acted. */
  readonly acts: ReadonlyMap<string, number>;
  /** How often each property had something to check. */
  readonly checks: ReadonlyMap<string, number>;
  readonly witnessed: ReadonlyMap<string, number>;
  readonly network: Readonly<NetworkCounts>;
  readonly host: Readonly<HostFaultCounts>;
  /** How long the nodes took to reach the tip once faults had stopped, and how long they were allowed. */
  readonly recoveredMs: number | null;
  readonly boundMs: number;
}

export const CATALOGUE = { peer: PEER_ADVERSARIES.map(fullName), environment: ENVIRONMENT_ADVERSARIES.map(fullName) };

/** After the tip is reached, the chain grows again, liars lie on, and the node must not be moved by it. */
const SETTLED_MS = 60_000;
const SETTLED_BLOCK_MS_MIN = 2_000;
/** Answering, at most 340 ms both ways in calm, and 15 ms of work; with ample room. */
const BLOCK_MS_MAX = 1_000;

export const REACHES_THE_TIP = {
  name: 'reaches-the-tip-in-bounded-time',
  clauses: ['SYNC-4', 'SYNC-7', 'META-7', 'MODE-3'],
  says: 'Once faults stop, one honest peer with every block is enough to be synced within the bound, whoever else lies.',
} as const;

/** One run, all of it drawn from one seed: faults first, then calm in which the nodes must reach the tip. */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<RunResult> {
  const { createHost = createStateSyncNode, properties = PROPERTIES } = options;
  const plan = drawPlan(seed, CATALOGUE, options.plan);
  const faulty = new Set(plan.peers.filter(({ behaviours }) => behaviours.length > 0).map(({ id }) => id));
  const monitor = new Monitor({
    time: () => world.time,
    properties,
    witnesses: WITNESSES,
    isHonest: (peer) => !faulty.has(peer.split('#')[0] ?? peer),
    hasLocalFaults: plan.environment.some((name) => name.startsWith('A44')),
  });
  const world: World = new World({
    plan,
    createHost,
    observer: monitor,
    behaviourOf: (name) => {
      const adversary = PEER_ADVERSARIES.find((each) => fullName(each) === name);
      if (adversary === undefined) throw new Error(`there is no adversary "${name}"`);
      return { name, create: adversary.peer };
    },
    environmentOf: (name) => {
      const adversary = ENVIRONMENT_ADVERSARIES.find((each) => fullName(each) === name);
      if (adversary === undefined) throw new Error(`there is no adversary "${name}"`);
      return (environment) => adversary.environment(environment, (times) => environment.acted(name, times));
    },
  });
  const isBroken = () => monitor.violation !== null;
  const startHeight = plan.nodes.reduce((sum, { localHeight }) => sum + localHeight, 0);

  world.start();
  await world.time.run(plan.faultsMs, isBroken);
  const { recoveredMs, boundMs } = await recover(world, monitor);
  if (!isBroken()) {
    world.growsBlocks = true;
    world.blockIntervalMs = Math.max(plan.chain.blockIntervalMs, SETTLED_BLOCK_MS_MIN);
    await world.time.run(world.time.nowMs + SETTLED_MS, isBroken);
  }
  monitor.finish();
  return {
    seed,
    plan,
    violation: monitor.violation,
    digest: monitor.trace.digest,
    events: monitor.trace.events,
    simulatedMs: world.time.nowMs,
    blocksCommitted: world.nodes.reduce((sum, { localMax }) => sum + localMax, 0) - startHeight,
    acts: world.acts,
    checks: monitor.checks,
    witnessed: monitor.witnessed,
    network: world.network.counts,
    host: world.counts,
    recoveredMs,
    boundMs,
  };
}

/** The liveness phase. */
async function recover(world: World, monitor: Monitor): Promise<{ recoveredMs: number | null; boundMs: number }> {
  const { plan } = world;
  world.calmDown();
  const goal = world.chain.height - (plan.config.blocksBehindMin - 1);
  const lowest = Math.min(...world.nodes.map(({ localMax }) => localMax));
  const boundMs = livenessBoundMs({
    config: plan.config,
    faultyPeers: world.faulty.length,
    otherPeers: world.honest.length - 1 + world.nodes.length - 1,
    missingBlocks: Math.max(0, world.chain.height - lowest),
    blockMsMax: BLOCK_MS_MAX,
    tamperingShowsLate: plan.chain.binds === 'stateHash',
  });
  const waiting = new Set<SimNode>(world.nodes);
  const allThere = () => {
    if (monitor.violation !== null) return true;
    for (const node of waiting) if (isThere(node, goal)) waiting.delete(node);
    return waiting.size === 0;
  };
  const beganMs = world.time.nowMs;
  await world.time.run(beganMs + boundMs, allThere);
  if (monitor.violation !== null) return { recoveredMs: null, boundMs };
  for (const node of waiting) {
    const detail = `at ${node.localMax} of ${goal} in ${node.mode} after ${Math.round(boundMs / 1_000)} s`;
    monitor.fail(node.id, { ...REACHES_THE_TIP, detail });
  }
  return { recoveredMs: waiting.size === 0 ? world.time.nowMs - beganMs : null, boundMs };
}

function isThere(node: SimNode, goal: number): boolean {
  const { mode } = node;
  return (mode === 'Consensus_Synced' || mode === 'Consensus_Pacemaker') && node.localMax >= goal;
}

export const ADVERSARY_NAMES: readonly string[] = ADVERSARIES.map(fullName);
