import type { Verdict } from '../node/ports.ts';
import { StateSyncError } from '../protocol/errors.ts';
import type { BlockFaultCode } from '../protocol/errors.ts';
import type { BlockContent, PocketBlock } from '../wire/blocks.ts';
import { compareBytes } from '../wire/canonical.ts';
import { HOTSTUFF_STEP, certificateAndVoteBytes, decodeCertificate, voteBytes } from '../wire/hotstuff.ts';
import type { PartialSignature, QuorumCertificate } from '../wire/hotstuff.ts';
import { addressOf } from './address.ts';
import type { SignatureVerifier } from './signature-verifier.ts';
import { isQuorum } from './validator-set.ts';
import type { ValidatorLookup } from './validator-set.ts';

type Fault = Verdict & { readonly valid: false };

/** A certificate as far as it can be judged without a validator set. */
interface Certificate {
  readonly certificate: QuorumCertificate;
  /** What its signatures sign; `null` once they are all verified, since it is as long as the block. */
  message: Uint8Array | null;
  readonly verified: Map<string, VerifiedSignature>;
}

interface VerifiedSignature {
  readonly publicKey: Uint8Array;
  readonly valid: Promise<boolean>;
}

/**
 * Checks blocks' quorum certificates (APPLY-1), cheap checks first and signatures last: a certificate must be there,
 * decode, be of step COMMIT, be bound to its block, name only distinct members of the set, more than 2/3 of it, and
 * every signature in it must verify.
 *
 * One foreign, repeated or invalid signature refuses the whole certificate, even among enough good ones: no honest
 * leader makes such a certificate, so whoever serves it has tampered with it.
 *
 * What does not depend on the validator set, each signature under its key among it, is found out once a block, however
 * often and under whatever sets it is asked about.
 */
export class CertificateChecks {
  readonly #signatures: SignatureVerifier;
  readonly #inFlightMax: number;
  readonly #read = new WeakMap<PocketBlock, Certificate | Fault>();

  /** @param inFlightMax how many signatures of one certificate are verified at once */
  constructor(signatures: SignatureVerifier, inFlightMax: number) {
    this.#signatures = signatures;
    this.#inFlightMax = inFlightMax;
  }

  /** @param validators the set at the height before the block's */
  async check(block: PocketBlock, validators: ValidatorLookup): Promise<Verdict> {
    const read = this.#readOnce(block);
    if ('fault' in read) return read;
    return checkSigners(read.certificate, validators) ?? (await this.#checkSignatures(read, validators));
  }

  #readOnce(block: PocketBlock): Certificate | Fault {
    const known = this.#read.get(block);
    if (known !== undefined) return known;
    const read = readCertificate(block);
    this.#read.set(block, read);
    return read;
  }

  async #checkSignatures(read: Certificate, validators: ValidatorLookup): Promise<Verdict> {
    const { certificate } = read;
    const { length } = certificate.signatures;
    for (let start = 0; start < length; start += this.#inFlightMax) {
      const batch = certificate.signatures.slice(start, start + this.#inFlightMax);
      const verdicts = await Promise.all(batch.map((one) => this.#verify(read, one, validators)));
      const bad = batch[verdicts.indexOf(false)];
      if (bad !== undefined) return badSignature(certificate, bad, validators);
    }
    read.message = null;
    return VALID;
  }

  async #verify(
    read: Certificate,
    { address, signature }: PartialSignature,
    validators: ValidatorLookup,
  ): Promise<boolean> {
    const publicKey = validators.publicKeys.get(address);
    if (publicKey === undefined) return false;
    const known = read.verified.get(address);
    if (known !== undefined && compareBytes(known.publicKey, publicKey) === 0) return known.valid;
    read.message ??= voteBytes(read.certificate);
    const valid = (async () => this.#signatures.verify(read.message ?? NOTHING, signature, publicKey))();
    read.verified.set(address, { publicKey, valid });
    // That the verifier broke says nothing about the signature.
    valid.catch(() => read.verified.delete(address));
    return valid;
  }
}

const VALID: Verdict = { valid: true };
const NOTHING = new Uint8Array();

/** All checks that need no validator set; what they find holds under every one. */
function readCertificate(block: PocketBlock): Certificate | Fault {
  const { height, quorumCertificate } = block.header;
  if (quorumCertificate.length === 0) {
    return always('CERTIFICATE_MISSING', `block ${String(height)} has no certificate`);
  }
  let certificate: QuorumCertificate;
  try {
    certificate = decodeCertificate(quorumCertificate, block.encoded.length);
  } catch (thrown) {
    if (!(thrown instanceof StateSyncError)) throw thrown;
    return always('CERTIFICATE_MALFORMED', `the certificate of block ${String(height)}: ${thrown.message}`);
  }
  const { encoded, vote } = certificateAndVoteBytes(certificate);
  // What no certificate needs would be kept and served on by everybody, at the sender's choice.
  if (encoded.length !== quorumCertificate.length) {
    return always('CERTIFICATE_MALFORMED', `the certificate of block ${String(height)} holds more than a certificate`);
  }
  if (certificate.step !== HOTSTUFF_STEP.commit) {
    const step = String(certificate.step);
    return always('CERTIFICATE_WRONG_STEP', `the certificate of block ${String(height)} is of step ${step}`);
  }
  const fault = checkBinding(block, certificate) ?? checkRepeats(certificate);
  return fault ?? { certificate, message: vote, verified: new Map() };
}

function checkBinding(block: PocketBlock, certificate: QuorumCertificate): Fault | null {
  const different = differenceOf(block, certificate.block);
  const height = block.header.height;
  const problem = certificate.height === height ? different : 'the height of the certificate';
  if (problem === null) return null;
  return always(
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

function checkRepeats({ height, signatures }: QuorumCertificate): Fault | null {
  const seen = new Set<string>();
  for (const { address } of signatures) {
    if (seen.has(address)) {
      return always('CERTIFICATE_REPEATED_SIGNER', `block ${String(height)}: signer ${address} is there twice`);
    }
    seen.add(address);
  }
  return null;
}

/** The signers are distinct already. */
function checkSigners({ height, signatures }: QuorumCertificate, validators: ValidatorLookup): Fault | null {
  for (const { address } of signatures) {
    if (!validators.publicKeys.has(address)) {
      const set = `the validator set of height ${String(height - 1)}`;
      return underThisSet(
        'CERTIFICATE_FOREIGN_SIGNER',
        `block ${String(height)}: signer "${address}" is not in ${set}`,
      );
    }
  }
  if (isQuorum(signatures.length, validators.size)) return null;
  const counts = `${String(signatures.length)} of ${String(validators.size)} validators signed`;
  return underThisSet('CERTIFICATE_NO_QUORUM', `block ${String(height)}: ${counts}, more than two thirds are needed`);
}

/** An address is the hash of its key: every set that has the address has that key. */
function badSignature(certificate: QuorumCertificate, bad: PartialSignature, validators: ValidatorLookup): Fault {
  const { address } = bad;
  const publicKey = validators.publicKeys.get(address);
  const message = `block ${String(certificate.height)}: the signature of ${address} does not verify`;
  const named = publicKey !== undefined && addressOf(publicKey) === address;
  return (named ? always : underThisSet)('CERTIFICATE_BAD_SIGNATURE', message);
}

/** A fault that no validator set would cure. */
function always(code: BlockFaultCode, message: string): Fault {
  return { valid: false, fault: { code, message }, always: true };
}

function underThisSet(code: BlockFaultCode, message: string): Fault {
  return { valid: false, fault: { code, message } };
}
