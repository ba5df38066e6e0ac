import type { EnvironmentAdversary } from './adversary.ts';

export const eclipse: EnvironmentAdversary = {
  id: 'A46',
  name: 'eclipse',
  does: 'all peers collude on a shorter chain',
  environment: ({ honest, faulty, random, chain }, acted) => {
    const lagBlocks = random.whole(1, Math.max(1, chain.height));
    for (const peer of [...honest, ...faulty]) peer.holdings = { ...peer.holdings, lagBlocks };
    acted();
  },
};
