import type { PeerAdversary } from './adversary.ts';

export const absentLiar: PeerAdversary = {
  id: 'A13',
  name: 'absent-liar',
  does: 'says that it does not have what it claims',
  peer: (scene) => ({
    answer: ({ requestId, from }) => {
      scene.acted();
      return [{ afterMs: 5, message: { type: 'noBlock', requestId, height: from } }];
    },
  }),
};
