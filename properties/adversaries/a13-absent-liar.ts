import type { PeerAdversary } from './adversary.ts';

export const absentLiar: PeerAdversary = {
  id: 'A13',
  name: 'absent-liar',
  does: 'says that it does not have what it claims',
  peer: (scene) => ({
    answer: ({ requestId, from }) => {
      scene.acted();
      // Two ways to say it.
      if (scene.random.chance(0.5)) return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks: [] } }];
      return [{ afterMs: 5, message: { type: 'noBlock', requestId, height: from } }];
    },
  }),
};
