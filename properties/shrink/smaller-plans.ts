import { resolveConfig } from '../../src/protocol/config.ts';
import { CALM } from '../simulation/conditions.ts';
import type { PeerPlan, Plan } from '../simulation/plan.ts';

/** Worlds with less in them than `plan`, those with much less first. Each keeps the honest peers that it takes. */
export function* smallerPlans(plan: Plan): Generator<Plan> {
  const { nodes, peers, environment, config, chain } = plan;
  const quiet: Plan = { ...plan, harshness: 0, conditions: CALM, environment: [] };
  const fewest = Math.max(1, config.minPeers);
  if (peers.length > fewest || environment.length > 0) {
    yield { ...quiet, nodes: nodes.slice(0, 1), peers: peers.slice(0, fewest) };
  }
  if (nodes.length > 1) yield { ...plan, nodes: nodes.slice(0, 1) };
  for (const fewer of withoutSome(peers.slice(fewest))) yield { ...plan, peers: [...peers.slice(0, fewest), ...fewer] };
  for (const fewer of withoutSome(environment)) yield { ...plan, environment: fewer };
  for (const [i, peer] of peers.entries()) {
    if (peer.behaviours.length < 2) continue;
    for (const behaviours of withoutSome(peer.behaviours)) {
      if (behaviours.length > 0) yield withPeer(plan, i, { ...peer, behaviours });
    }
  }
  if (plan.conditions !== CALM || plan.harshness > 0) yield { ...plan, harshness: 0, conditions: CALM };
  yield* simplerConfigs(plan);
  yield* simplerChains(plan);
  for (const [i, peer] of peers.entries()) {
    const plain: PeerPlan = {
      ...peer,
      wire: 'pocket-state-sync',
      holdings: { minHeight: 1, lagBlocks: 0, serveMsMax: Math.min(50, peer.holdings.serveMsMax) },
    };
    if (JSON.stringify(plain) !== JSON.stringify(peer)) yield withPeer(plan, i, plain);
  }
  if (nodes.some(({ wire }) => wire !== 'pocket-state-sync')) {
    yield { ...plan, nodes: nodes.map((node) => ({ ...node, wire: 'pocket-state-sync' })) };
  }
  for (const faultsMs of [
    1_000,
    Math.floor(plan.faultsMs / 4_000) * 1_000,
    Math.floor(plan.faultsMs / 2_000) * 1_000,
  ]) {
    if (faultsMs >= 1_000 && faultsMs < plan.faultsMs) yield { ...plan, faultsMs };
  }
  if (chain.blockIntervalMs < 10_000) yield { ...plan, chain: { ...chain, blockIntervalMs: 10_000 } };
}

/** The list without its halves, its quarters, and so on down to each single item. */
function* withoutSome<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let size = items.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < items.length; from += size) {
      yield [...items.slice(0, from), ...items.slice(from + size)];
    }
  }
}

function* simplerConfigs(plan: Plan): Generator<Plan> {
  const defaults = resolveConfig();
  if (JSON.stringify(plan.config) === JSON.stringify(defaults)) return;
  yield { ...plan, config: defaults };
  for (const key of Object.keys(defaults) as (keyof typeof defaults)[]) {
    if (plan.config[key] === defaults[key]) continue;
    const config = { ...plan.config, [key]: defaults[key] };
    if (isAllowed(config)) yield { ...plan, config };
  }
}

function* simplerChains(plan: Plan): Generator<Plan> {
  const { chain } = plan;
  const plain = { ...chain, rotateEveryBlocks: 0, nodesAreValidators: false, binds: 'everything' as const };
  if (JSON.stringify(plain) !== JSON.stringify(chain)) {
    yield { ...plan, chain: plain };
    if (chain.rotateEveryBlocks > 0) yield { ...plan, chain: { ...chain, rotateEveryBlocks: 0 } };
    if (chain.nodesAreValidators) yield { ...plan, chain: { ...chain, nodesAreValidators: false } };
    if (chain.binds === 'stateHash') yield { ...plan, chain: { ...chain, binds: 'everything' } };
  }
  if (plan.nodes.some(({ minHeight }) => minHeight > 1))
    yield { ...plan, nodes: plan.nodes.map((node) => ({ ...node, minHeight: 1 })) };
  const { startHeight } = chain;
  for (const height of [3, 10, Math.floor(startHeight / 2)]) {
    if (height >= startHeight) continue;
    const nodes = plan.nodes.map((node) => {
      const localHeight = Math.max(0, height - (startHeight - node.localHeight));
      return { ...node, localHeight, minHeight: Math.max(1, Math.min(node.minHeight, localHeight)) };
    });
    yield { ...plan, chain: { ...chain, startHeight: height }, nodes };
  }
}

function isAllowed(config: Plan['config']): boolean {
  try {
    resolveConfig(config);
    return true;
  } catch {
    return false;
  }
}

function withPeer(plan: Plan, index: number, peer: PeerPlan): Plan {
  return { ...plan, peers: plan.peers.map((each, i) => (i === index ? peer : each)) };
}
