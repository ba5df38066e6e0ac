import type { Transport, WireCodec, WireProtocol } from '../../node/ports.ts';
import type { PeerId } from '../../protocol/block.ts';
import { addressOf, parsePrivateKey, publicKeyOf } from './identity.ts';
import { DEFAULT_LIBP2P_LIMITS } from './limits.ts';
import type { Libp2pLimits } from './limits.ts';
import type { Libp2pStats } from './stats.ts';
import { Libp2pTransport } from './transport.ts';

export { GOSSIP_TOPIC } from './gossip.ts';
export { DEFAULT_LIBP2P_LIMITS } from './limits.ts';
export type { Libp2pLimits } from './limits.ts';
export { peerIdOf } from './peer-id.ts';
export { POCKET_PROTOCOL } from './pocket-wire.ts';
export { STATE_SYNC_PROTOCOL } from './state-sync-wire.ts';
export type { Libp2pStats } from './stats.ts';

export interface Libp2pTransportOptions {
  /** The node's ed25519 key: seed, then public key; 64 bytes or 128 hex characters. */
  readonly privateKey: Uint8Array | string;
  readonly codec: WireCodec;
  /** Multiaddrs to listen on; none makes a node that only dials. Default: a free port of 127.0.0.1. */
  readonly listen?: readonly string[];
  /** Multiaddrs to keep connected, best with `/p2p/<peer id>`, without which whoever answers there is accepted. */
  readonly peers?: readonly string[];
  readonly limits?: Partial<Libp2pLimits>;
  /** Milliseconds from any fixed origin; default: this process's monotonic clock. */
  readonly now?: () => number;
}

export interface Libp2pNodeTransport extends Transport {
  /** The multiaddrs this node listens on, each with its peer id; none when it is not started. */
  addresses(): string[];
  /** Which wire a connected peer speaks. @throws StateSyncError PEER_UNREACHABLE */
  wire(peer: PeerId): WireProtocol;
  stats(): Libp2pStats;
}

/**
 * Pocket's network over libp2p: TCP, noise, yamux, identify, gossipsub. A peer's identity is the Pocket address of the
 * ed25519 key that its connection proved (META-1). The libp2p packages load at `start`.
 *
 * `start` throws StateSyncError ADDRESS_IN_USE, TRANSPORT_FAILED, DEPENDENCY_MISSING, CONFIG_INVALID (an address).
 * @throws StateSyncError KEY_INVALID
 */
export function createLibp2pTransport(options: Libp2pTransportOptions): Libp2pNodeTransport {
  const privateKey = parsePrivateKey(options.privateKey);
  return new Libp2pTransport({
    self: addressOf(publicKeyOf(privateKey)),
    privateKey,
    listen: options.listen ?? ['/ip4/127.0.0.1/tcp/0'],
    peers: options.peers ?? [],
    codec: options.codec,
    limits: { ...DEFAULT_LIBP2P_LIMITS, ...options.limits },
    now: options.now ?? (() => performance.now()),
  });
}
