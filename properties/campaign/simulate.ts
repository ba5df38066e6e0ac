import type { Adversary } from '../adversaries/index.ts';
import { ADVERSARIES, fullName } from '../adversaries/index.ts';
import type { CreateHostToCheck } from '../contract/watched-host.ts';
import { underContract } from '../contract/watched-host.ts';
import type { ContractRule } from '../contract/rules.ts';
import { CONTRACT_RULES } from '../contract/rules.ts';
import { PROPERTIES, WITNESSES } from '../invariants/index.ts';
import type { Always, Sometimes } from '../invariants/index.ts';
import { livenessBoundMs } from '../invariants/liveness-bound.ts';
import type { Violation } from '../invariants/monitor.ts';
import { Monitor } from '../invariants/monitor.ts';
import { endingOf } from '../report/ending.ts';
import type { Story } from '../report/story.ts';
import type { NetworkCounts } from '../simulation/network.ts';
import type { HostFaultCounts } from '../simulation/host-faults.ts';
import type { CreateHost } from '../simulation/host-under-test.ts';
import { createStateSyncNode } from '../simulation/host-under-test.ts';
import type { NodeObserver, SimNode } from '../simulation/node.ts';
import type { Catalogue, Plan, PlanOverrides } from '../simulation/plan.ts';
import { drawPlan } from '../simulation/plan.ts';
import { World } from '../simulation/world.ts';

export interface SimulateOptions {
  /** How the host under test is made. Default: this package's `StateSyncNode`. */
  readonly createHost?: CreateHostToCheck;
  /** Default: all of this package's. */
  readonly properties?: readonly Always[];
  readonly witnesses?: readonly Sometimes[];
  /** Who plans are drawn from. Default: all of this package's. */
  readonly adversaries?: readonly Adversary[];
  /** Fixes parts of the plan that is else drawn from the seed. */
  readonly plan?: PlanOverrides;
  /**
   * Whether the host is held to the contract (docs/host-contract.md) as well. Default: `true`. `'not its core'`: the host
   * runs another `step` than this package's, so what comes of an event is not compared.
   */
  readonly contract?: boolean | 'not its core';
  /** Where the bound of a recovery is longer than this, in virtual ms, none is tried. Default: however long it is. */
  readonly recoveryMsMax?: number;
  /** Keeps what happens, to be told. */
  readonly story?: Story;
  /** Runs whatever belongs to the host. */
  readonly within?: <Result>(call: () => Result) => Result;
  /** Asked as the run goes on: what the host did wrong outside of its ports, in words. */
  readonly outside?: () => Outside | null;
}

/** Something that a host did wrong where neither core nor ports can see it. */
export type Outside = Pick<Always, 'name' | 'clauses' | 'says'> & { readonly detail: string };

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
  /** How things stood when the run broke, in words; empty when it did not. */
  readonly ending: readonly string[];
}

export function catalogueOf(adversaries: readonly Adversary[]): Catalogue {
  return {
    peer: adversaries.filter((each) => 'peer' in each).map(fullName),
    environment: adversaries.filter((each) => 'environment' in each).map(fullName),
    needRanges: adversaries.filter((each) => 'peer' in each && each.needsRanges === true).map(fullName),
    needRotation: adversaries.filter((each) => 'peer' in each && each.needsRotation === true).map(fullName),
  };
}

export const CATALOGUE = catalogueOf(ADVERSARIES);

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
  return simulatePlan(drawPlan(seed, catalogueOf(options.adversaries ?? ADVERSARIES), options.plan), options);
}

/** One run of a given plan: the same plan gives the same run. */
export async function simulatePlan(plan: Plan, options: SimulateOptions = {}): Promise<RunResult> {
  const { contract = true, createHost = createStateSyncNode, recoveryMsMax = Infinity } = options;
  const { properties = PROPERTIES, witnesses = WITNESSES, adversaries = ADVERSARIES, story } = options;
  const faulty = new Set(plan.peers.filter(({ behaviours }) => behaviours.length > 0).map(({ id }) => id));
  const monitor = new Monitor({
    time: () => world.time,
    properties,
    witnesses,
    isHonest: (peer) => !faulty.has(peer.split('#')[0] ?? peer),
    hasLocalFaults: plan.environment.some((name) => name.startsWith('A44')),
  });
  const contractChecks = new Map(CONTRACT_RULES.map((rule) => [rule, { times: 0 }]));
  const observer: NodeObserver = {
    began: (node) => {
      story?.began(world.time.nowMs, node.id);
      monitor.began(node);
    },
    observed: (node, event, effects, state) => {
      if (contract === false) story?.observed(world.time.nowMs, node.id, event, effects);
      monitor.observed(node, event, effects, state);
    },
    failed: (node, error) => {
      monitor.failed(node, error);
    },
  };
  const named = <Kind extends 'peer' | 'environment'>(kind: Kind, name: string) => {
    const adversary = adversaries.find((each) => kind in each && fullName(each) === name);
    if (adversary === undefined) throw new Error(`there is no adversary "${name}" among those given`);
    return adversary as Extract<Adversary, Record<Kind, unknown>>;
  };
  const watched = underContract(createHost, {
    nowMs: () => world.time.nowMs,
    broken: (node, { name, clauses, says }, detail) => {
      monitor.fail(node, { name, clauses, says, detail });
    },
    held: (rule) => {
      const checks = contractChecks.get(rule);
      if (checks !== undefined) checks.times++;
    },
    ownCore: contract !== 'not its core',
    heard: (node, event, effects) => story?.observed(world.time.nowMs, node, event, effects),
    note: (node, words) => story?.noted(world.time.nowMs, node, words),
    within: options.within ?? ((call) => call()),
  });
  const world: World = new World({
    plan,
    createHost: contract === false ? (createHost as CreateHost) : watched,
    observer,
    behaviourOf: (name) => ({ name, create: named('peer', name).peer }),
    environmentOf: (name) => (environment) => {
      named('environment', name).environment(environment, (times) => environment.acted(name, times));
    },
  });
  let ending: readonly string[] = [];
  const isBroken = () => {
    const outside = options.outside?.() ?? null;
    if (outside !== null) monitor.fail(world.nodes[0]?.id ?? 'the host', outside);
    if (monitor.violation !== null && ending.length === 0) ending = endingOf(world);
    return monitor.violation !== null;
  };
  const startHeight = plan.nodes.reduce((sum, { localHeight }) => sum + localHeight, 0);

  world.start();
  await world.time.run(plan.faultsMs, isBroken);
  const { recoveredMs, boundMs } = isBroken() ? NOT_TRIED : await recover(world, monitor, recoveryMsMax, isBroken);
  if (!isBroken()) {
    world.growsBlocks = true;
    world.blockIntervalMs = Math.max(plan.chain.blockIntervalMs, SETTLED_BLOCK_MS_MIN);
    await world.time.run(world.time.nowMs + SETTLED_MS, isBroken);
  }
  isBroken();
  monitor.finish();
  return {
    seed: plan.seed,
    plan,
    violation: monitor.violation,
    digest: monitor.trace.digest,
    events: monitor.trace.events,
    simulatedMs: world.time.nowMs,
    blocksCommitted: world.nodes.reduce((sum, { localMax }) => sum + localMax, 0) - startHeight,
    acts: world.acts,
    checks: new Map([...monitor.checks, ...timesOf(contractChecks)]),
    witnessed: monitor.witnessed,
    network: world.network.counts,
    host: world.counts,
    recoveredMs,
    boundMs,
    ending,
  };
}

const NOT_TRIED = { recoveredMs: null, boundMs: Infinity };

/** The liveness phase. */
async function recover(
  world: World,
  monitor: Monitor,
  boundMsMax: number,
  isBroken: () => boolean,
): Promise<{ recoveredMs: number | null; boundMs: number }> {
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
  if (boundMs > boundMsMax) return NOT_TRIED;
  const waiting = new Set<SimNode>(world.nodes);
  const allThere = () => {
    if (isBroken()) return true;
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

function timesOf(checks: ReadonlyMap<ContractRule, { readonly times: number }>): [string, number][] {
  return [...checks].flatMap(([{ name }, { times }]) => (times > 0 ? [[name, times]] : []));
}

function isThere(node: SimNode, goal: number): boolean {
  const { mode } = node;
  return (mode === 'Consensus_Synced' || mode === 'Consensus_Pacemaker') && node.localMax >= goal;
}

export const ADVERSARY_NAMES: readonly string[] = ADVERSARIES.map(fullName);
export const CONTRACT_NAMES: readonly string[] = CONTRACT_RULES.map(({ name }) => name);
