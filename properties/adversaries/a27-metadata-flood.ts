import type { PeerAdversary } from './adversary.ts';

export const metadataFlood: PeerAdversary = {
  id: 'A27',
  name: 'metadata-flood',
  does: 'sends metadata that nobody asked for, hundreds a second',
  peer: (scene) => ({
    everyMs: 500,
    act: () => {
      const maxHeight = scene.chain.height;
      for (let i = 0; i < 100; i++) scene.send({ type: 'metadata', minHeight: Math.min(1, maxHeight), maxHeight });
      scene.acted(100);
    },
  }),
};
