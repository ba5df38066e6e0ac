import { hexToBytes } from '@noble/hashes/utils.js';
import type { ValidatorIdentity } from '../protocol/block.ts';
import { validatorSetHash } from './hashes.ts';

/** A validator set in the form that checking a block needs. */
export interface ValidatorLookup {
  readonly hash: string;
  readonly size: number;
  /** Raw public keys by address. */
  readonly publicKeys: ReadonlyMap<string, Uint8Array>;
}

/** Sets change rarely while blocks come by the thousand: each set, by identity, is hashed once. */
const known = new WeakMap<readonly ValidatorIdentity[], ValidatorLookup>();

/** `validators` must not be changed afterwards. */
export function lookupOf(validators: readonly ValidatorIdentity[]): ValidatorLookup {
  const found = known.get(validators);
  if (found !== undefined) return found;
  const lookup = {
    hash: validatorSetHash(validators),
    size: validators.length,
    publicKeys: new Map(validators.map(({ address, publicKey }) => [address, hexToBytes(publicKey)])),
  };
  known.set(validators, lookup);
  return lookup;
}

/** More than two thirds, by number and not by stake (APPLY-1). */
export function isQuorum(signers: number, validators: number): boolean {
  return 3 * signers > 2 * validators;
}
