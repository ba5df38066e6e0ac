import type { PeerAdversary } from './adversary.ts';

export const validatorEviction: PeerAdversary = {
  id: 'A49',
  name: 'validator-eviction',
  does: 'claims heights ahead to drive a validator out of Pacemaker, each time as somebody new',
  peer: (scene) => ({
    claim: ({ minHeight, maxHeight }) => {
      if (scene.target.mode === 'Consensus_Pacemaker' || scene.target.mode === 'Consensus_Synced') scene.acted();
      return { minHeight, maxHeight: maxHeight + 1 };
    },
    answer: ({ from }, replies) => (from > scene.chain.height ? [] : replies),
    everyMs: 12_000,
    act: () => {
      scene.comeAsSomebodyElse();
    },
  }),
};
