import type { KeyPair, SignMessage } from '../../validation/keys.ts';
import { createPocketBlock, type BlockContent, type PocketBlock } from '../../wire/blocks.ts';
import { encodeCertificate, HOTSTUFF_STEP, voteBytes, type PartialSignature } from '../../wire/hotstuff.ts';

/** Who signs a certificate, and on what. */
export interface Certification {
  readonly signers: readonly KeyPair[];
  readonly sign: SignMessage;
  /** COMMIT unless told otherwise. */
  readonly step?: number;
  readonly round?: number;
  /** The block's own unless told otherwise. */
  readonly height?: number;
}

/**
 * The block with a quorum certificate of these signers. What they sign is the proposal, that is the block without a
 * certificate. Nothing is checked: this makes bad certificates as well as good ones.
 */
export function certify(content: BlockContent, certification: Certification): PocketBlock {
  const { signers, sign, step = HOTSTUFF_STEP.commit, round = 0, height = content.header.height } = certification;
  const block = withCertificate(content, new Uint8Array());
  const message = voteBytes({ height, step, round, block });
  const signatures: PartialSignature[] = signers.map((keys) => ({
    signature: sign(message, keys),
    address: keys.address,
  }));
  return withCertificate(content, encodeCertificate({ height, round, step, block, signatures }));
}

/** The block with these bytes as its certificate; without bytes it is a proposal. */
export function withCertificate(content: BlockContent, quorumCertificate: Uint8Array): PocketBlock {
  const { header, transactions } = content;
  return createPocketBlock({ header: { ...header, quorumCertificate }, transactions });
}
