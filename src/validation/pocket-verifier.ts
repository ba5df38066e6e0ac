import { bytesToHex } from '@noble/hashes/utils.js';
import type { BlockVerifier, ChainTip, Verdict } from '../node/ports.ts';
import type { BlockFaultCode } from '../protocol/errors.ts';
import { blockOf } from '../wire/blocks.ts';
import type { PocketBlock } from '../wire/blocks.ts';
import { CertificateChecks } from './certificate.ts';
import type { SignatureVerifier } from './signature-verifier.ts';
import { lookupOf } from './validator-set.ts';
import type { ValidatorLookup } from './validator-set.ts';

export interface PocketVerifierOptions {
  /** The network's name, as in every header. */
  readonly networkId: string;
  /** max_block_bytes of the genesis. */
  readonly blockBytesMax: number;
  readonly signatures: SignatureVerifier;
  /** How many signatures of a certificate are verified at once; default 16. */
  readonly signaturesInFlightMax?: number;
}

const SIGNATURES_IN_FLIGHT_MAX = 16;

/**
 * Pocket's rules for a block before it is applied (APPLY-1). Two of them live elsewhere: that prevStateHash is the
 * parent's state hash is checked by the core, and that next_val_set_hash is the hash of the set which the block leads
 * to can only be checked by the executor, after execution.
 *
 * A bad block gives a verdict. A rejection means that the host is at fault: the signature verifier broke, or the block
 * is none that the codec made.
 */
export function createPocketVerifier(options: PocketVerifierOptions): BlockVerifier {
  const { signatures, signaturesInFlightMax = SIGNATURES_IN_FLIGHT_MAX } = options;
  const certificates = new CertificateChecks(signatures, signaturesInFlightMax);
  return {
    async verify(block, parent, certified): Promise<Verdict> {
      const pocketBlock = blockOf(block);
      const validators = lookupOf(parent.validators);
      const fault = checkHeader(pocketBlock, parent, validators, options, certified);
      if (fault !== null) return fault;
      return certified ? await certificates.check(pocketBlock, validators) : { valid: true };
    },
  };
}

/** All that needs no certificate, and so holds for proposals too (LIVE-3). */
function checkHeader(
  { header, encoded }: PocketBlock,
  parent: ChainTip,
  validators: ValidatorLookup,
  { networkId, blockBytesMax }: PocketVerifierOptions,
  certified: boolean,
): (Verdict & { readonly valid: false }) | null {
  // What a Pocket leader fills in only when it commits may be missing from a proposal, but not be wrong.
  const differs = (value: string, expected: string) => value !== expected && (certified || value !== '');
  const block = `block ${String(header.height)}`;
  if (header.height !== parent.height + 1) {
    return fault('WRONG_HEIGHT', `${block} does not follow height ${String(parent.height)}`);
  }
  if (encoded.length > blockBytesMax) {
    const sizes = `${String(encoded.length)} bytes, the limit is ${String(blockBytesMax)}`;
    return { ...fault('BLOCK_TOO_LARGE', `${block} has ${sizes}`), always: true };
  }
  if (differs(header.networkId, networkId)) {
    const names = `"${header.networkId}", not "${networkId}"`;
    return { ...fault('NETWORK_MISMATCH', `${block} is of network ${names}`), always: true };
  }
  if (differs(header.valSetHash, validators.hash)) {
    const hashes = `val_set_hash "${header.valSetHash}", the set of height ${String(parent.height)} has ${validators.hash}`;
    return fault('VALIDATOR_SET_MISMATCH', `${block}: ${hashes}`);
  }
  const proposer = bytesToHex(header.proposerAddress);
  if (!validators.publicKeys.has(proposer)) {
    const problem = `proposer "${proposer}" is not in the validator set of height ${String(parent.height)}`;
    return fault('VALIDATOR_SET_MISMATCH', `${block}: ${problem}`);
  }
  return null;
}

function fault(code: BlockFaultCode, message: string) {
  return { valid: false, fault: { code, message } } as const;
}
