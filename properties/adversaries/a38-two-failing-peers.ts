import type { PeerAdversary } from './adversary.ts';

export const twoFailingPeers: PeerAdversary = {
  id: 'A38',
  name: 'two-failing-peers',
  does: 'fails in turn with its accomplices: one is silent while another says that it has nothing',
  peer: (scene) => ({
    answer: ({ requestId, from }, replies) => {
      const turn = Math.floor(scene.nowMs / 7_000) + scene.self.length + (scene.self.charCodeAt(7) || 0);
      if (turn % 3 === 0) return replies;
      scene.acted();
      return turn % 3 === 1 ? [] : [{ afterMs: 50, message: { type: 'noBlock', requestId, height: from } }];
    },
  }),
};
