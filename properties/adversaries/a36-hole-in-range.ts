import type { PeerAdversary } from './adversary.ts';

/** One range in so many is spoiled: the others, served fast, are why it is asked for more. */
const SPOILED_EVERY = 3;

export const holeInRange: PeerAdversary = {
  id: 'A36',
  name: 'hole-in-range',
  does: 'answers a range with blocks that do not follow one another, or with more than was asked for',
  needsRanges: true,
  peer: (scene) => {
    let ranges = 0;
    return {
      answer: ({ requestId, from, to }, replies) => {
        const last = Math.min(to, scene.chain.height);
        const blocks = [];
        for (let height = Math.max(1, from); height <= last; height++) blocks.push(scene.chain.blockAt(height));
        if (blocks.length === 0) return replies;
        if (blocks.length > 1 && ranges++ % SPOILED_EVERY === 0) {
          scene.acted();
          const at = scene.random.whole(1, blocks.length - 1);
          const spoil = scene.random.pick(['repeat', 'repeat', 'leave out', 'swap', 'add'] as const);
          if (spoil === 'repeat') blocks.splice(at, 1, ...blocks.slice(at - 1, at));
          if (spoil === 'leave out') blocks.splice(at - 1, 1);
          if (spoil === 'swap') blocks.reverse();
          if (spoil === 'add') blocks.push(...blocks.slice(-1));
        }
        return [{ afterMs: 1, message: { type: 'blocks', requestId, blocks } }];
      },
    };
  },
};
