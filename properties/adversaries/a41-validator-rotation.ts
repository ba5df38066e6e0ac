import type { PeerAdversary } from './adversary.ts';
import { forged, signedByFormerSet } from './forged-blocks.ts';

export const validatorRotation: PeerAdversary = {
  id: 'A41',
  name: 'validator-rotation',
  does: 'sends certificates of validators who are not in the set any more',
  peer: (scene) => ({
    answer: ({ requestId, from }, replies) => {
      if (!scene.chain.has(from)) return replies;
      scene.acted();
      const content = `old set, ${scene.self}`;
      const block =
        signedByFormerSet(scene, from, content) ?? forged(scene, from, 'CERTIFICATE_FOREIGN_SIGNER', content);
      return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks: [block] } }];
    },
  }),
};
