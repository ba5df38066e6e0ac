import type { PeerAdversary } from './adversary.ts';
import { forged } from './forged-blocks.ts';

export const eviction: PeerAdversary = {
  id: 'A35',
  name: 'eviction',
  does: 'sends and announces junk for the very heights that are wanted, to crowd out good copies',
  peer: (scene) => ({
    everyMs: 400,
    act: () => {
      const { next } = scene.target;
      const junk = forged(scene, next, 'CERTIFICATE_NO_QUORUM', `junk of ${scene.self} at ${scene.nowMs}`);
      scene.gossip({ type: 'newBlock', block: junk });
      for (let height = next; height < next + 4; height++) {
        scene.send({
          type: 'blocks',
          requestId: null,
          blocks: [forged(scene, height, 'CERTIFICATE_NO_QUORUM', 'junk')],
        });
      }
      scene.acted(5);
    },
  }),
};
