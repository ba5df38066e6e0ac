import type { PeerAdversary } from './adversary.ts';

export const wrongHeight: PeerAdversary = {
  id: 'A14',
  name: 'wrong-height',
  does: 'answers with another height than it was asked for, or with one more',
  peer: (scene) => ({
    answer: ({ requestId, from, to }, replies) => {
      if (scene.random.chance(0.3) && scene.chain.has(from) && scene.chain.has(to + 1)) {
        scene.acted();
        const blocks = Array.from({ length: to + 2 - from }, (_, i) => scene.chain.blockAt(from + i));
        return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks } }];
      }
      const other = from + scene.random.pick([-2, -1, 1, 2]);
      if (!scene.chain.has(other)) return replies;
      scene.acted();
      return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks: [scene.chain.blockAt(other)] } }];
    },
  }),
};
