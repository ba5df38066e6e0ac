import { StateSyncError } from '../protocol/errors.ts';
import type { BlockFault, BlockFaultCode } from '../protocol/errors.ts';
import type { BlockContent, PocketBlock } from '../wire/blocks.ts';
import { compareBytes } from '../wire/canonical.ts';
import { HOTSTUFF_STEP, decodeCertificate, encodeCertificate, voteBytes } from '../wire/hotstuff.ts';
import type { PartialSignature, QuorumCertificate } from '../wire/hotstuff.ts';
import type { SignatureVerifier } from './signature-verifier.ts';
import { isQuorum } from './validator-set.ts';
import type { ValidatorLookup } from './validator-set.ts';

/**
 * Checks a block's quorum certificate (APPLY-1), cheap checks first and signatures last: it must be there, decode, be of
 * step COMMIT, be bound to this block, name only distinct members of the set, more than 2/3 of it, and every signature
 * in it must verify.
 *
 * One foreign, repeated or invalid signature refuses the whole certificate, even among enough good ones: no honest
 * leader makes such a certificate, so whoever serves it has tampered with it.
 *
 * @param validators the set at the height before the block's
 * @param inFlightMax how many signatures are verified at once
 */
export async function checkCertificate(
  block: PocketBlock,
  validators: ValidatorLookup,
  verifier: SignatureVerifier,
  inFlightMax: number,
): Promise<BlockFault | null> {
  const { height } = block.header;
  const decoded = decodeCertificateOf(block);
  if ('fault' in decoded) return decoded.fault;
  const { certificate } = decoded;
  if (certificate.step !== HOTSTUFF_STEP.commit) {
    return fault(
      'CERTIFICATE_WRONG_STEP',
      `the certificate of block ${String(height)} is of step ${String(certificate.step)}`,
    );
  }
  return (
    checkBinding(block, certificate) ??
    checkSigners(certificate, validators, height) ??
    (await checkSignatures(certificate, validators, verifier, inFlightMax))
  );
}

function decodeCertificateOf(
  block: PocketBlock,
): { readonly certificate: QuorumCertificate } | { readonly fault: BlockFault } {
  const { height, quorumCertificate } = block.header;
  if (quorumCertificate.length === 0) {
    return { fault: fault('CERTIFICATE_MISSING', `block ${String(height)} has no certificate`) };
  }
  try {
    const certificate = decodeCertificate(quorumCertificate, block.encoded.length);
    // What no certificate needs would be kept and served on by everybody, at the sender's choice.
    if (encodeCertificate(certificate).length === quorumCertificate.length) return { certificate };
    const message = `the certificate of block ${String(height)} holds more than a certificate`;
    return { fault: fault('CERTIFICATE_MALFORMED', message) };
  } catch (thrown) {
    if (!(thrown instanceof StateSyncError)) throw thrown;
    return { fault: fault('CERTIFICATE_MALFORMED', `the certificate of block ${String(height)}: ${thrown.message}`) };
  }
}

function checkBinding(block: PocketBlock, certificate: QuorumCertificate): BlockFault | null {
  const different = differenceOf(block, certificate.block);
  const height = block.header.height;
  const problem = certificate.height === height ? different : 'the height of the certificate';
  if (problem === null) return null;
  return fault(
    'CERTIFICATE_UNBOUND',
    `the certificate of block ${String(height)} is of another block: ${problem} differs`,
  );
}

/** The first of the things a certificate binds in which two blocks differ. */
function differenceOf(block: BlockContent, voted: BlockContent): string | null {
  const [a, b] = [block.header, voted.header];
  if (a.height !== b.height) return 'height';
  if (a.stateHash !== b.stateHash) return 'stateHash';
  if (a.prevStateHash !== b.prevStateHash) return 'prevStateHash';
  if (compareBytes(a.proposerAddress, b.proposerAddress) !== 0) return 'proposerAddress';
  if (block.transactions.length !== voted.transactions.length) return 'the number of transactions';
  const differing = block.transactions.findIndex((transaction, index) => {
    const other = voted.transactions[index];
    return other === undefined || compareBytes(transaction, other) !== 0;
  });
  return differing === -1 ? null : `transaction ${String(differing)}`;
}

function checkSigners(certificate: QuorumCertificate, validators: ValidatorLookup, height: number): BlockFault | null {
  const seen = new Set<string>();
  for (const { address } of certificate.signatures) {
    if (!validators.publicKeys.has(address)) {
      const set = `the validator set of height ${String(height - 1)}`;
      return fault('CERTIFICATE_FOREIGN_SIGNER', `block ${String(height)}: signer "${address}" is not in ${set}`);
    }
    if (seen.has(address)) {
      return fault('CERTIFICATE_REPEATED_SIGNER', `block ${String(height)}: signer ${address} is there twice`);
    }
    seen.add(address);
  }
  if (isQuorum(seen.size, validators.size)) return null;
  const counts = `${String(seen.size)} of ${String(validators.size)} validators signed`;
  return fault('CERTIFICATE_NO_QUORUM', `block ${String(height)}: ${counts}, more than two thirds are needed`);
}

async function checkSignatures(
  certificate: QuorumCertificate,
  validators: ValidatorLookup,
  verifier: SignatureVerifier,
  inFlightMax: number,
): Promise<BlockFault | null> {
  const message = voteBytes(certificate);
  const verifyOne = async ({ address, signature }: PartialSignature): Promise<boolean> => {
    const publicKey = validators.publicKeys.get(address);
    return publicKey !== undefined && (await verifier.verify(message, signature, publicKey));
  };
  for (let start = 0; start < certificate.signatures.length; start += inFlightMax) {
    const batch = certificate.signatures.slice(start, start + inFlightMax);
    const verdicts = await Promise.all(batch.map(verifyOne));
    const bad = batch[verdicts.indexOf(false)];
    if (bad !== undefined) {
      const block = `block ${String(certificate.height)}`;
      return fault('CERTIFICATE_BAD_SIGNATURE', `${block}: the signature of ${bad.address} does not verify`);
    }
  }
  return null;
}

function fault(code: BlockFaultCode, message: string): BlockFault {
  return { code, message };
}
