import type { PeerAdversary } from './adversary.ts';
import { bodyOf, withCertificate } from '../simulation/chain.ts';
import { holdsBlocks, withBlocks } from './forged-blocks.ts';

export const malleatedSignature: PeerAdversary = {
  id: 'A21',
  name: 'malleated-signature',
  does: 'sends certificates with signatures that only a lax verifier accepts',
  peer: (scene) => ({
    answer: (_asked, replies) => {
      if (!holdsBlocks(replies)) return replies;
      scene.acted();
      return withBlocks(replies, (block) => {
        const { certificate } = bodyOf(block);
        // A copy of the token is not the token, as a signature of S + L is not the signature of S.
        return withCertificate(block, certificate && { ...certificate, flaw: 'CERTIFICATE_BAD_SIGNATURE' });
      });
    },
  }),
};
