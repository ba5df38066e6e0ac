import type { Reply } from '../simulation/behaviour.ts';
import type { PeerAdversary } from './adversary.ts';

export const slowDrip: PeerAdversary = {
  id: 'A12',
  name: 'slow-drip',
  does: 'answers just before each timeout, a range block by block, and at times never says that it is done',
  peer: (scene) => ({
    answer: (_asked, replies) => {
      if (replies.length === 0) return replies;
      scene.acted();
      const { requestTimeoutMsMax } = scene.target.config;
      const isEndless = scene.random.chance(0.3);
      let afterMs = 0;
      return replies
        .flatMap((reply) => inDrops(reply, isEndless))
        .map((reply) => {
          afterMs += requestTimeoutMsMax * scene.random.between(0.7, 0.98);
          return { ...reply, afterMs };
        });
    },
  }),
};

/** Without a request id there are no answers in parts. */
function inDrops(reply: Reply, isEndless: boolean): readonly Reply[] {
  const { message } = reply;
  if (message.type !== 'blocks' || message.requestId === null) return [reply];
  return message.blocks.map((block, i) => {
    const isLast = !isEndless && message.more !== true && i === message.blocks.length - 1;
    const { requestId } = message;
    return { ...reply, message: { type: 'blocks', requestId, blocks: [block], ...(isLast ? {} : { more: true }) } };
  });
}
