import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import nacl from 'tweetnacl';
import { StateSyncError } from '../protocol/errors.ts';
import { compareBytes } from '../wire/canonical.ts';
import { addressOf } from './address.ts';

/** An ed25519 key pair. Holds the secret: never log it. */
export interface KeyPair {
  /** 32 bytes, the secret. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 40 lowercase hex characters. */
  readonly address: string;
}

/** Signs a message; 64 bytes. Every signer gives the same ones, since ed25519 is deterministic. */
export type SignMessage = (message: Uint8Array, keys: KeyPair) => Uint8Array;

export const SEED_BYTES = 32;
const PRIVATE_KEY_HEX = /^[0-9a-fA-F]{128}$/;

/** @throws StateSyncError KEY_INVALID when the seed is not 32 bytes */
export function keyPairFromSeed(seed: Uint8Array): KeyPair {
  if (seed.length !== SEED_BYTES) invalid(`a seed of ${String(seed.length)} bytes, not ${String(SEED_BYTES)}`);
  const { publicKey } = nacl.sign.keyPair.fromSeed(seed);
  return { seed: seed.slice(), publicKey, address: addressOf(publicKey) };
}

/**
 * Reads a private key as Pocket's configuration holds it: 128 hex characters, the seed and then the public key.
 * @throws StateSyncError KEY_INVALID, with no part of the key in its message
 */
export function parsePrivateKey(hex: string): KeyPair {
  if (!PRIVATE_KEY_HEX.test(hex)) invalid('not 128 hex characters');
  const bytes = hexToBytes(hex);
  const keys = keyPairFromSeed(bytes.subarray(0, SEED_BYTES));
  if (compareBytes(keys.publicKey, bytes.subarray(SEED_BYTES)) === 0) return keys;
  return invalid('its second half is not the public key of its first half');
}

/** The form that `parsePrivateKey` reads. */
export function formatPrivateKey({ seed, publicKey }: KeyPair): string {
  return bytesToHex(seed) + bytesToHex(publicKey);
}

/** The portable signer, a few milliseconds a signature. */
export const signMessage: SignMessage = (message, { seed, publicKey }) => {
  const secretKey = new Uint8Array(SEED_BYTES + publicKey.length);
  secretKey.set(seed);
  secretKey.set(publicKey, SEED_BYTES);
  return nacl.sign.detached(message, secretKey);
};

function invalid(problem: string): never {
  throw new StateSyncError('KEY_INVALID', `private key: ${problem}`);
}
