import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { keyPairFromSeed, type KeyPair } from '../../validation/keys.ts';

/** Keys made from a name: the same ones everywhere, and no secret at all. For tests and demos. */
export function seededKeys(name: string, count: number): KeyPair[] {
  return Array.from({ length: count }, (_, index) => keyPairFromSeed(sha256(utf8ToBytes(`${name}/${index}`))));
}
