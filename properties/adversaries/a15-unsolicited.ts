import type { PeerAdversary } from './adversary.ts';

export const unsolicited: PeerAdversary = {
  id: 'A15',
  name: 'unsolicited',
  does: 'sends blocks that nobody asked it for, now and then a hundred at once',
  peer: (scene) => ({
    everyMs: 200,
    act: () => {
      const height = scene.target.next + scene.random.whole(-3, 20);
      if (!scene.chain.has(height)) return;
      const times = scene.random.chance(0.02) ? 100 : 1;
      scene.acted(times);
      for (let i = 0; i < times; i++)
        scene.send({ type: 'blocks', requestId: null, blocks: [scene.chain.blockAt(height)] });
    },
  }),
};
