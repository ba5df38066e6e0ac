import type { PeerAdversary } from './adversary.ts';
import { forged } from './forged-blocks.ts';

export const futureFlood: PeerAdversary = {
  id: 'A34',
  name: 'future-flood',
  does: 'announces and sends many blocks far above what is next',
  peer: (scene) => ({
    everyMs: 1_000,
    act: () => {
      for (let i = 0; i < 20; i++) {
        const block = forged(
          scene,
          scene.target.next + scene.random.whole(2, 500),
          'CERTIFICATE_BAD_SIGNATURE',
          `${i}`,
        );
        scene.gossip({ type: 'newBlock', block });
        if (i === 0) scene.send({ type: 'blocks', requestId: null, blocks: [block] });
      }
      scene.acted(20);
    },
  }),
};
