import type { GossipSub, TopicValidatorResult } from '@libp2p/gossipsub';
import type { Identify } from '@libp2p/identify';
import type { ConnectionGater, Libp2p } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import { StateSyncError } from '../../protocol/errors.ts';
import { GOSSIP_TOPIC } from './gossip.ts';
import { STREAM_WINDOW_BYTES_MAX } from './limits.ts';
import type { Libp2pLimits } from './limits.ts';
import { guardMuxer } from './yamux-guard.ts';

export type Libp2pNode = Libp2p<{ identify: Identify; pubsub: GossipSub }>;

/** The libp2p packages, which are optional: they load when a transport starts, not when this module does. */
export interface Libp2pPackages {
  createNode(options: NodeOptions): Promise<Libp2pNode>;
  /** @throws StateSyncError CONFIG_INVALID */
  parseAddress(text: string): Multiaddr;
  readonly verdicts: typeof TopicValidatorResult;
}

export interface NodeOptions {
  readonly privateKey: Uint8Array;
  readonly listen: readonly string[];
  readonly limits: Libp2pLimits;
  readonly messageBytesMax: number;
  readonly gater: ConnectionGater;
}

const PACKAGES =
  'libp2p @libp2p/tcp @chainsafe/libp2p-noise @chainsafe/libp2p-yamux @libp2p/identify @libp2p/gossipsub @libp2p/crypto @multiformats/multiaddr';
/** Room for what gossipsub puts around a message. */
const GOSSIP_OVERHEAD_BYTES = 65_536;
/** An event loop that is busy with a block must not be taken for a dead peer. */
const PING_INTERVAL_MS = 30_000;
const PING_TIMEOUT_MS = 20_000;

/** @throws StateSyncError DEPENDENCY_MISSING */
export async function loadPackages(): Promise<Libp2pPackages> {
  const { libp2p, tcp, noise, yamux, identify, gossipsub, keys, multiaddr } = await importPackages();
  const streamMuxer = yamux.yamux({
    streamOptions: { maxStreamWindowSize: STREAM_WINDOW_BYTES_MAX, maxReadBufferLength: 2 * STREAM_WINDOW_BYTES_MAX },
  });
  return {
    verdicts: gossipsub.TopicValidatorResult,
    parseAddress(text) {
      try {
        return multiaddr.multiaddr(text);
      } catch (cause) {
        throw new StateSyncError('CONFIG_INVALID', `"${text}" is not a multiaddr`, { cause });
      }
    },
    createNode: ({ privateKey, listen, limits, messageBytesMax, gater }) =>
      libp2p.createLibp2p({
        start: false,
        privateKey: keys.privateKeyFromRaw(privateKey),
        addresses: { listen: [...listen] },
        transports: [tcp.tcp()],
        connectionEncrypters: [noise.noise()],
        streamMuxers: [() => guardMuxer(streamMuxer())],
        connectionGater: gater,
        connectionManager: {
          maxConnections: limits.connectionsMax,
          inboundConnectionThreshold: limits.inboundConnectionsPerSecond,
        },
        connectionMonitor: {
          pingInterval: PING_INTERVAL_MS,
          pingTimeout: { minTimeout: PING_TIMEOUT_MS, maxTimeout: PING_TIMEOUT_MS },
        },
        services: {
          identify: identify.identify(),
          pubsub: gossipsub.gossipsub({
            globalSignaturePolicy: gossipsub.StrictSign,
            allowPublishToZeroTopicPeers: true,
            allowedTopics: [GOSSIP_TOPIC],
            maxInboundDataLength: messageBytesMax + GOSSIP_OVERHEAD_BYTES,
            maxOutboundBufferSize: 4 * (messageBytesMax + GOSSIP_OVERHEAD_BYTES),
            // Several nodes behind one address are no attack here: identities are limited by other means.
            scoreParams: { IPColocationFactorWeight: 0 },
          }),
        },
      }),
  };
}

async function importPackages() {
  try {
    const [libp2p, tcp, noise, yamux, identify, gossipsub, keys, multiaddr] = await Promise.all([
      import('libp2p'),
      import('@libp2p/tcp'),
      import('@chainsafe/libp2p-noise'),
      import('@chainsafe/libp2p-yamux'),
      import('@libp2p/identify'),
      import('@libp2p/gossipsub'),
      import('@libp2p/crypto/keys'),
      import('@multiformats/multiaddr'),
    ]);
    return { libp2p, tcp, noise, yamux, identify, gossipsub, keys, multiaddr };
  } catch (cause) {
    throw new StateSyncError('DEPENDENCY_MISSING', `the libp2p transport needs: npm install ${PACKAGES}`, { cause });
  }
}

/** What a failed start was, in the port's words. */
export function startError(cause: unknown): StateSyncError {
  if (cause instanceof StateSyncError) return cause;
  // libp2p gathers what its listeners threw in the text of its own error.
  const text = cause instanceof Error ? cause.message : String(cause);
  const address = /^\s*(\/\S+):[^\n]*EADDRINUSE/m.exec(text)?.[1];
  if (address !== undefined) return new StateSyncError('ADDRESS_IN_USE', `${address} is taken`, { cause });
  return new StateSyncError('TRANSPORT_FAILED', `libp2p did not start: ${text}`, { cause });
}
