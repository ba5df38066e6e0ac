import type { PeerAdversary } from './adversary.ts';

export const headWithholder: PeerAdversary = {
  id: 'A11',
  name: 'head-withholder',
  does: 'serves all but the newest block',
  peer: (scene) => ({
    answer: (asked, replies) => {
      if (asked.to < scene.chain.height) return replies;
      scene.acted();
      return [];
    },
  }),
};
