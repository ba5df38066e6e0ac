import { readFileSync } from 'node:fs';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/**
 * Edge cases of ed25519 verification: among them the twelve of ed25519-speccheck (Chalkias, Garillot, Nikolaenko, "Taming
 * the many EdDSAs"). `go` is what Go 1.19.8's crypto/ed25519 said when `ed25519-corpus/verdicts.go` was run over them.
 */
export interface Ed25519Case {
  readonly name: string;
  readonly why: string;
  readonly go: boolean;
  /** Hex, like the next two. */
  readonly message: string;
  readonly publicKey: string;
  readonly signature: string;
}

export const ED25519_CASES = JSON.parse(
  readFileSync(new URL('ed25519-corpus/cases.json', import.meta.url), 'utf8'),
) as Ed25519Case[];

/** The order of the prime subgroup. */
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The signature with S + L in the place of S: the same equation, other bytes. */
export function addL(signature: Uint8Array): Uint8Array {
  const scalar = BigInt(`0x${bytesToHex(signature.slice(32).reverse())}`) + L;
  return Uint8Array.of(...signature.subarray(0, 32), ...littleEndian(scalar));
}

/** 32 bytes. */
export function littleEndian(scalar: bigint): Uint8Array {
  return hexToBytes(scalar.toString(16).padStart(64, '0')).reverse();
}
