import type { Reply } from '../simulation/behaviour.ts';
import type { PeerAdversary } from './adversary.ts';

export const shortRange: PeerAdversary = {
  id: 'A37',
  name: 'short-range',
  does: 'answers a range with the first few of its blocks, and may say only afterwards that there are no more',
  needsRanges: true,
  peer: (scene) => ({
    answer: (_asked, replies) => {
      const all = replies.reduce(
        (sum, { message }) => sum + (message.type === 'blocks' ? message.blocks.length : 0),
        0,
      );
      if (all < 2) return replies;
      scene.acted();
      const few = firstOf(replies, scene.random.whole(1, all - 1));
      return scene.random.chance(0.3) ? endedWithNothing(few, scene.random.chance(0.5)) : few;
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

/** The same as parts of an answer, whose end is none or "I have none". Without a request id there are no parts. */
function endedWithNothing(few: readonly Reply[], isEmpty: boolean): readonly Reply[] {
  const last = few.at(-1);
  if (last?.message.type !== 'blocks' || last.message.requestId === null) return few;
  const { afterMs, message } = last;
  const { requestId, blocks } = message;
  const height = (blocks.at(-1)?.height ?? 0) + 1;
  return [
    ...few.slice(0, -1),
    { afterMs, message: { ...message, more: true } },
    { afterMs, message: isEmpty ? { type: 'blocks', requestId, blocks: [] } : { type: 'noBlock', requestId, height } },
  ];
}
