import type { EnvironmentAdversary } from './adversary.ts';

export const prunedAhead: EnvironmentAdversary = {
  id: 'A08',
  name: 'pruned-ahead',
  does: 'every peer has pruned the next height',
  environment: ({ honest, faulty, nodes, chain }, acted) => {
    const localMax = Math.max(...nodes.map((node) => node.localMax));
    if (chain.height < localMax + 3) return;
    for (const peer of [...honest, ...faulty])
      peer.holdings = { ...peer.holdings, minHeight: localMax + 2, lagBlocks: 0 };
    acted();
  },
};
