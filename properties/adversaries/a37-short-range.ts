import type { PeerAdversary } from './adversary.ts';

export const shortRange: PeerAdversary = {
  id: 'A37',
  name: 'short-range',
  does: 'answers a range with the first few of its blocks',
  needsRanges: true,
  peer: (scene) => ({
    answer: (_asked, replies) => {
      return replies.map((reply) => {
        if (reply.message.type !== 'blocks' || reply.message.blocks.length < 2) return reply;
        scene.acted();
        const few = scene.random.whole(1, reply.message.blocks.length - 1);
        return { ...reply, message: { ...reply.message, blocks: reply.message.blocks.slice(0, few) } };
      });
    },
  }),
};
