import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type { PeerId as Libp2pPeerId, PublicKey } from '@libp2p/interface';
import type { PeerId } from '../../protocol/block.ts';
import { StateSyncError } from '../../protocol/errors.ts';

const KEY_BYTES = 64;
const SEED_BYTES = 32;
const ADDRESS_BYTES = 20;
/** What PKCS #8 puts before an ed25519 seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The node's key as Pocket's configuration has it: seed, then public key.
 * @throws StateSyncError KEY_INVALID
 */
export function parsePrivateKey(key: Uint8Array | string): Uint8Array {
  const bytes = typeof key === 'string' ? Buffer.from(/^[0-9a-fA-F]{128}$/.test(key) ? key : '', 'hex') : key;
  if (bytes.length !== KEY_BYTES) throw new StateSyncError('KEY_INVALID', 'the private key is not 64 bytes long');
  const seed = bytes.subarray(0, SEED_BYTES);
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const derived = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-SEED_BYTES);
  if (!derived.equals(bytes.subarray(SEED_BYTES))) {
    throw new StateSyncError('KEY_INVALID', 'the public key in the private key is not that of its seed');
  }
  return Uint8Array.from(bytes);
}

/** The public half of a key that `parsePrivateKey` gave. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  return privateKey.subarray(SEED_BYTES);
}

/** Pocket's address of an ed25519 public key, which is the `PeerId` the node sees. */
export function addressOf(publicKey: Uint8Array): PeerId {
  return createHash('sha256').update(publicKey).digest().subarray(0, ADDRESS_BYTES).toString('hex');
}

/** The address behind a libp2p key; `null` for keys that Pocket does not know. */
export function addressOfKey(key: PublicKey | undefined): PeerId | null {
  return key?.type === 'Ed25519' ? addressOf(key.raw) : null;
}

/** An ed25519 peer id contains its public key, so this costs no look-up. */
export function addressOfPeer(peer: Libp2pPeerId): PeerId | null {
  return addressOfKey(peer.publicKey);
}
