/**
 * Verifies ed25519 signatures with the verdicts of Go's crypto/ed25519, which Pocket's nodes run: S must be below L; the
 * equation is the cofactorless one, with R compared as bytes (so a non-canonical R never passes); the public key is
 * decoded leniently (y >= p and a negative zero x are taken), and points of small order are not refused.
 */
export interface SignatureVerifier {
  /**
   * False for anything that is not a valid signature, wrong lengths included.
   * @throws only when the verifier itself is broken
   */
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean | Promise<boolean>;
}

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** The order of ed25519's prime subgroup, 2^252 + 27742317777372353535851937790883648493, little-endian. */
const L = Uint8Array.of(
  ...[0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14],
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10],
);

/** What every verifier demands before any arithmetic: the lengths, and S < L (else S + L would pass as well: A21). */
export function isWellFormedSignature(signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false;
  for (let index = L.length - 1; index >= 0; index -= 1) {
    const difference = (signature[PUBLIC_KEY_BYTES + index] ?? 0) - (L[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
