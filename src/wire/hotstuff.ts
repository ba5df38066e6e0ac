import { StateSyncError } from '../protocol/errors.ts';
import { blockContentOf, blockFields } from './blocks.ts';
import type { BlockContent } from './blocks.ts';
import { encodeCanonical } from './canonical.ts';
import type { Fields } from './canonical.ts';
import { decodeMessage, toNumber } from './decode.ts';
import { SCHEMA } from './schema.ts';
import type { QuorumCertificateShape } from './schema.ts';

/** `consensus.HotstuffStep`; an unknown number is kept as it came. */
export const HOTSTUFF_STEP = { unknown: 0, newRound: 1, prepare: 2, precommit: 3, commit: 4, decide: 5 } as const;

/** `consensus.HotstuffMessageType`. */
export const HOTSTUFF_MESSAGE = { unknown: 0, propose: 1, vote: 2 } as const;

/** `consensus.PartialSignature`: one validator's signature. */
export interface PartialSignature {
  readonly signature: Uint8Array;
  /** 40 lowercase hex characters, as it came: not checked here. */
  readonly address: string;
}

/** `consensus.QuorumCertificate`. */
export interface QuorumCertificate {
  readonly height: number;
  readonly round: number;
  /** One of `HOTSTUFF_STEP`; COMMIT in a certificate that finalizes a block. */
  readonly step: number;
  /** The block as it was voted on. */
  readonly block: BlockContent;
  readonly signatures: readonly PartialSignature[];
}

/** What a validator votes on. */
export interface Vote {
  readonly height: number;
  readonly step: number;
  readonly round: number;
  readonly block: BlockContent;
}

/** The bytes that a vote signs: the canonical HotstuffMessage without type and justification. */
export function voteBytes(vote: Vote): Uint8Array {
  const { height, step, round, block } = vote;
  return encodeCanonical(SCHEMA.hotstuffMessage, { height, step, round, block: blockFields(block) });
}

export function encodeCertificate(certificate: QuorumCertificate): Uint8Array {
  return encodeCanonical(SCHEMA.quorumCertificate, certificateFields(certificate));
}

/** What `encodeCertificate` and `voteBytes` give, the block in them encoded once. */
export function certificateAndVoteBytes(certificate: QuorumCertificate): {
  readonly encoded: Uint8Array;
  readonly vote: Uint8Array;
} {
  const { height, round, step, signatures } = certificate;
  const block = encodeCanonical(SCHEMA.block, blockFields(certificate.block));
  return {
    encoded: encodeCanonical(SCHEMA.quorumCertificate, {
      height,
      round,
      step,
      block,
      threshold_signature: { signatures },
    }),
    vote: encodeCanonical(SCHEMA.hotstuffMessage, { height, step, round, block }),
  };
}

export function certificateFields(certificate: QuorumCertificate): Fields {
  const { height, round, step, block, signatures } = certificate;
  return { height, round, step, block: blockFields(block), threshold_signature: { signatures } };
}

/**
 * @param bytesMax the longest certificate that is looked at; the size of the block around it is a sound limit
 * @throws StateSyncError OVERSIZE_MESSAGE, MALFORMED_MESSAGE, HEIGHT_OUT_OF_RANGE
 */
export function decodeCertificate(bytes: Uint8Array, bytesMax: number): QuorumCertificate {
  return certificateOf(decodeMessage(SCHEMA.quorumCertificate, bytes, bytesMax));
}

export function certificateOf(shape: QuorumCertificateShape): QuorumCertificate {
  if (shape.block === null) throw new StateSyncError('MALFORMED_MESSAGE', 'a certificate without a block');
  const signatures = shape.threshold_signature?.signatures ?? [];
  return {
    height: toNumber(shape.height),
    round: toNumber(shape.round),
    step: shape.step,
    block: blockContentOf(shape.block),
    signatures: signatures.map(({ signature, address }) => ({ signature, address })),
  };
}
