import { sha256Hex } from '../wire/hash.ts';

const ADDRESS_HEX_LENGTH = 40;

/** The address of a raw ed25519 public key: the first 20 bytes of its SHA-256, as 40 lowercase hex characters. */
export function addressOf(publicKey: Uint8Array): string {
  return sha256Hex(publicKey).slice(0, ADDRESS_HEX_LENGTH);
}
