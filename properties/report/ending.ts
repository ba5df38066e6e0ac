import { workUnderWay } from '../../src/core/facts.ts';
import { whyNotSynced } from '../../src/core/why.ts';
import { connectedCount } from '../../src/core/why.ts';
import type { SimNode } from '../simulation/node.ts';
import type { World } from '../simulation/world.ts';
import { duration } from './words.ts';

/** How things stand in a world: the chain, and each node under test. */
export function endingOf(world: World): readonly string[] {
  const calm = world.isCalm() ? 'faults have stopped' : 'faults are still at work';
  return [`the chain is at height ${world.chain.height}; ${calm}`, ...world.nodes.map(nodeInWords)];
}

function nodeInWords(node: SimNode): string {
  if (!node.isUp) return `${node.id}: its process is down, its disk holds ${node.localMax}`;
  const state = stateOf(node);
  if (state === null) return `${node.id}: no event was told yet`;
  const { control, local, aggregate, requests } = state;
  const work = workUnderWay(state);
  const why = whyNotSynced(state);
  const next =
    why?.nextTryInMs == null ? 'nothing is tried again by itself' : `next try in ${duration(why.nextTryInMs)}`;
  return [
    `${node.id}: ${control.mode}, local height ${local.maxHeight} (its disk holds ${node.localMax})`,
    `target ${aggregate?.maxHeight ?? 'unknown'}`,
    `${connectedCount(state)} peers, ${requests.inFlight} requests in flight`,
    work.length === 0
      ? 'no work under way'
      : `waits for ${work.map(({ kind, from, id }) => `${kind} of ${from} (work ${id})`).join(', ')}`,
    why === null ? 'synced' : `not synced: ${why.code}, ${next}`,
  ].join('; ');
}

function stateOf(node: SimNode) {
  try {
    return node.state;
  } catch {
    return null;
  }
}
