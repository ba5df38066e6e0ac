import type { PeerAdversary } from './adversary.ts';

export const wrongHeight: PeerAdversary = {
  id: 'A14',
  name: 'wrong-height',
  does: 'answers with another height than it was asked for',
  peer: (scene) => ({
    answer: ({ requestId, from }, replies) => {
      const other = from + scene.random.pick([-2, -1, 1, 2]);
      if (!scene.chain.has(other)) return replies;
      scene.acted();
      return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks: [scene.chain.blockAt(other)] } }];
    },
  }),
};
