import { peerIdOf } from '../../adapters/libp2p/index.ts';
import type { KeyPair } from '../../validation/index.ts';

/** What may be known of a key by everybody. */
export interface KeyDescription {
  readonly address: string;
  readonly publicKey: string;
  /** Of libp2p: what follows `/p2p/` in a multiaddr. */
  readonly peerId: string;
}

export async function describeKey({ address, publicKey }: KeyPair): Promise<KeyDescription> {
  return { address, publicKey: Buffer.from(publicKey).toString('hex'), peerId: await peerIdOf(publicKey) };
}
