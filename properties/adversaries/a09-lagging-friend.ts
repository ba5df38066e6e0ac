import type { EnvironmentAdversary } from './adversary.ts';

export const laggingFriend: EnvironmentAdversary = {
  id: 'A09',
  name: 'lagging-friend',
  does: 'the only honest peer is behind the node',
  environment: ({ honest, nodes, chain }, acted) => {
    const localMax = Math.min(...nodes.map((node) => node.localMax));
    honest.forEach((peer, i) => {
      peer.isHidden = i > 0;
      peer.holdings = { ...peer.holdings, lagBlocks: chain.height - localMax + 3 };
    });
    acted();
  },
};
