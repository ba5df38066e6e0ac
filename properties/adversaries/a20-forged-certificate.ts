import type { PeerAdversary } from './adversary.ts';
import { forged } from './forged-blocks.ts';

const FLAWS = [
  'CERTIFICATE_MISSING',
  'CERTIFICATE_MALFORMED',
  'CERTIFICATE_WRONG_STEP',
  'CERTIFICATE_UNBOUND',
  'CERTIFICATE_FOREIGN_SIGNER',
  'CERTIFICATE_REPEATED_SIGNER',
  'CERTIFICATE_BAD_SIGNATURE',
  'CERTIFICATE_NO_QUORUM',
  'VALIDATOR_SET_MISMATCH',
] as const;

export const forgedCertificate: PeerAdversary = {
  id: 'A20',
  name: 'forged-certificate',
  does: 'forges certificates: too few, repeated, foreign, invalid signatures, another step or block',
  peer: (scene) => ({
    answer: ({ requestId, from }) => {
      scene.acted();
      const block = forged(scene, from, scene.random.pick(FLAWS), `forged by ${scene.self}`);
      return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks: [block] } }];
    },
  }),
};
