import type { ValidatorIdentity } from '../protocol/block.ts';
import { compareUtf8, encodeCanonical } from '../wire/canonical.ts';
import { sha3Hex } from '../wire/hash.ts';
import { SCHEMA } from '../wire/schema.ts';

/** The hash of a `core.Transaction`'s bytes: SHA3-256 in lowercase hex. */
export function transactionHash(transaction: Uint8Array): string {
  return sha3Hex(transaction);
}

/**
 * What a header's `val_set_hash` and `next_val_set_hash` hold: SHA3-256, in lowercase hex, of the canonical
 * `core.ValidatorSet` sorted by address. The order of `validators` does not matter.
 */
export function validatorSetHash(validators: readonly ValidatorIdentity[]): string {
  const sorted = [...validators].sort((a, b) => compareUtf8(a.address, b.address));
  const fields = { validators: sorted.map(({ address, publicKey }) => ({ address, pub_key: publicKey })) };
  return sha3Hex(encodeCanonical(SCHEMA.validatorSet, fields));
}
