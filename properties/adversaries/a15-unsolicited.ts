import type { PeerAdversary } from './adversary.ts';

export const unsolicited: PeerAdversary = {
  id: 'A15',
  name: 'unsolicited',
  does: 'sends blocks that nobody asked it for',
  peer: (scene) => ({
    everyMs: 200,
    act: () => {
      const height = scene.target.next + scene.random.whole(-3, 20);
      if (!scene.chain.has(height)) return;
      scene.acted();
      scene.send({ type: 'blocks', requestId: null, blocks: [scene.chain.blockAt(height)] });
    },
  }),
};
