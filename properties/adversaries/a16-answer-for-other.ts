import type { PeerAdversary } from './adversary.ts';
import { tampered } from './forged-blocks.ts';

export const answerForOther: PeerAdversary = {
  id: 'A16',
  name: 'answer-for-other',
  does: 'answers requests that were made to others',
  peer: (scene) => ({
    everyMs: 300,
    act: () => {
      for (const { peer, requestId, from } of scene.target.requests()) {
        if (peer === scene.self || !scene.chain.has(from)) continue;
        const block = scene.chain.blockAt(from);
        const bad = scene.random.chance(0.5) ? tampered(block, `by ${scene.self}`) : block;
        scene.acted();
        scene.send({ type: 'blocks', requestId: scene.random.chance(0.5) ? requestId : null, blocks: [bad] });
      }
    },
  }),
};
