import { generateKeyPairSync } from 'node:crypto';
import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import { gossipsub } from '@libp2p/gossipsub';
import type { GossipSub } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Libp2p, PrivateKey, Stream } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { createLibp2pTransport } from '../../src/adapters/libp2p/index.ts';
import type { Libp2pNodeTransport, Libp2pTransportOptions } from '../../src/adapters/libp2p/index.ts';
import { addressOf } from '../../src/adapters/libp2p/identity.ts';
import { TransportRecorder } from '../../properties/ports/transport-recorder.ts';
import { createTestCodec } from './test-codec.ts';

/** A key as Pocket's configuration has it: seed, then public key. */
export function newPrivateKey(): Uint8Array {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const last32 = (der: Buffer): Buffer => der.subarray(-32);
  return Buffer.concat([
    last32(privateKey.export({ format: 'der', type: 'pkcs8' })),
    last32(publicKey.export({ format: 'der', type: 'spki' })),
  ]);
}

export type RawNode = Libp2p<{ pubsub: GossipSub }>;

export interface RawNodeOptions {
  /** The node says that it speaks these, and hands their streams to `onStream`. */
  readonly protocols?: readonly string[];
  readonly privateKey?: PrivateKey;
  readonly onStream?: (stream: Stream) => void;
  /** `false`: the node keeps its protocols to itself. */
  readonly identifies?: boolean;
}

/** Starts nodes for one test, and stops them after it. */
export class NodesUnderTest {
  readonly #started: { stop(): unknown }[] = [];

  /** A transport with a recorder that listens to it. Quick to dial again. */
  async transport(options: Partial<Libp2pTransportOptions> = {}) {
    const transport = createLibp2pTransport({
      privateKey: newPrivateKey(),
      codec: createTestCodec(),
      ...options,
      limits: { redialMsMin: 20, redialMsMax: 100, ...options.limits },
    });
    const told = new TransportRecorder();
    this.#started.push(transport);
    await transport.start(told);
    return { transport, told };
  }

  /** A plain libp2p node, for all that a transport of ours would never do. */
  async raw({ protocols = [], privateKey, onStream, identifies = true }: RawNodeOptions = {}) {
    const key = privateKey ?? privateKeyFromRaw(newPrivateKey());
    const node: RawNode = await createLibp2p({
      privateKey: key,
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify(), pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }) },
    });
    this.#started.push(node);
    if (!identifies) await node.unhandle('/ipfs/id/1.0.0');
    for (const protocol of protocols) await node.handle(protocol, (stream) => onStream?.(stream));
    return { node, peer: addressOf(key.publicKey.raw) };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#started.splice(0).map((node) => node.stop()));
  }
}

/** The transport's first address. */
export function addressOfTransport(transport: Libp2pNodeTransport): string {
  const [address] = transport.addresses();
  if (address === undefined) throw new Error('the transport does not listen');
  return address;
}

export function dial(node: Libp2p, transport: Libp2pNodeTransport) {
  return node.dial(multiaddr(addressOfTransport(transport)));
}
