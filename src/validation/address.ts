import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

const ADDRESS_BYTES = 20;

/** The address of a raw ed25519 public key: the first 20 bytes of its SHA-256, as 40 lowercase hex characters. */
export function addressOf(publicKey: Uint8Array): string {
  return bytesToHex(sha256(publicKey).subarray(0, ADDRESS_BYTES));
}
