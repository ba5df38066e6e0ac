import type { PeerAdversary } from './adversary.ts';
import { forged } from './forged-blocks.ts';

export const equivocator: PeerAdversary = {
  id: 'A22',
  name: 'equivocator',
  does: 'gives different blocks to different asks for the same height',
  peer: (scene) => {
    let asks = 0;
    return {
      answer: ({ requestId, from }, replies) => {
        if (++asks % 3 === 0) return replies;
        scene.acted();
        const block = forged(scene, from, 'CERTIFICATE_NO_QUORUM', `version ${asks} of ${scene.self}`);
        return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks: [block] } }];
      },
    };
  },
};
