import type { Reply } from '../simulation/behaviour.ts';
import type { PeerAdversary } from './adversary.ts';

export const shortRange: PeerAdversary = {
  id: 'A37',
  name: 'short-range',
  does: 'answers a range with the first few of its blocks',
  needsRanges: true,
  peer: (scene) => ({
    answer: (_asked, replies) => {
      const all = replies.reduce(
        (sum, { message }) => sum + (message.type === 'blocks' ? message.blocks.length : 0),
        0,
      );
      if (all < 2) return replies;
      scene.acted();
      return firstOf(replies, scene.random.whole(1, all - 1));
    },
  }),
};

/** The first few blocks of an answer, which may be in parts; the last of them ends it. */
function firstOf(replies: readonly Reply[], few: number): readonly Reply[] {
  const kept: Reply[] = [];
  let left = few;
  for (const { afterMs, message } of replies) {
    if (message.type !== 'blocks' || left === 0) continue;
    const blocks = message.blocks.slice(0, left);
    left -= blocks.length;
    const { requestId } = message;
    kept.push({ afterMs, message: { type: 'blocks', requestId, blocks, ...(left > 0 ? { more: true } : {}) } });
  }
  return kept;
}
