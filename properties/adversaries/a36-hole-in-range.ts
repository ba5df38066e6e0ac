import type { PeerAdversary } from './adversary.ts';

export const holeInRange: PeerAdversary = {
  id: 'A36',
  name: 'hole-in-range',
  does: 'answers a range with blocks that do not follow one another, or with more than was asked for',
  peer: (scene) => ({
    answer: ({ requestId, from, to }, replies) => {
      const last = Math.min(to, scene.chain.height);
      if (last <= from || !scene.chain.has(from)) return replies;
      scene.acted();
      const blocks = [];
      for (let height = from; height <= last; height++) blocks.push(scene.chain.blockAt(height));
      const at = scene.random.whole(1, blocks.length - 1);
      const spoil = scene.random.pick(['repeat', 'leave out', 'swap', 'add'] as const);
      if (spoil === 'repeat') blocks.splice(at, 1, ...blocks.slice(at - 1, at));
      if (spoil === 'leave out') blocks.splice(at - 1, 1);
      if (spoil === 'swap') blocks.reverse();
      if (spoil === 'add') blocks.push(...blocks.slice(-1));
      return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks } }];
    },
  }),
};
