import { StateSyncError } from '../../protocol/errors.ts';

/**
 * The libp2p peer id of a raw ed25519 public key: what follows `/p2p/` in the multiaddr of the node that has it.
 * @throws StateSyncError DEPENDENCY_MISSING
 */
export async function peerIdOf(publicKey: Uint8Array): Promise<string> {
  const { publicKeyFromRaw } = await loadKeys();
  // libp2p writes a key as the peer id made from it.
  return publicKeyFromRaw(publicKey).toString();
}

async function loadKeys() {
  try {
    return await import('@libp2p/crypto/keys');
  } catch (cause) {
    throw new StateSyncError('DEPENDENCY_MISSING', 'libp2p peer ids need: npm install @libp2p/crypto', { cause });
  }
}
