import type { PeerAdversary } from './adversary.ts';

export const echo: PeerAdversary = {
  id: 'A33',
  name: 'echo',
  does: 'announces blocks again that the node has long had',
  peer: (scene) => ({
    everyMs: 500,
    act: () => {
      const height = scene.target.localMax - scene.random.whole(0, 3);
      if (!scene.chain.has(height)) return;
      scene.acted();
      scene.gossip({ type: 'newBlock', block: scene.chain.blockAt(height) });
    },
  }),
};
