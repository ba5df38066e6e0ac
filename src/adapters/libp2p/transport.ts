import type { Connection, ConnectionGater, PeerId as Libp2pPeerId, Stream } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Transport, TransportListener, WireCodec, WireProtocol } from '../../node/ports.ts';
import type { PeerId } from '../../protocol/block.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import type { GossipMessage, PeerMessage } from '../../protocol/messages.ts';
import { Refusals } from '../refusals.ts';
import { Dialer } from './dialer.ts';
import { GOSSIP_TOPIC, gossipValidator } from './gossip.ts';
import { addressOfPeer } from './identity.ts';
import { loadPackages, startError } from './libp2p-node.ts';
import type { Libp2pNode, Libp2pPackages } from './libp2p-node.ts';
import type { Libp2pLimits } from './limits.ts';
import { PeerSession } from './peer-session.ts';
import { POCKET_PROTOCOL } from './pocket-wire.ts';
import { STATE_SYNC_PROTOCOL } from './state-sync-wire.ts';
import { newCounters } from './stats.ts';
import type { Libp2pStats } from './stats.ts';
import { abortStream } from './streams.ts';

const CONFIGURED_PEER_VALUE = 100;

export interface TransportSettings {
  readonly self: PeerId;
  readonly privateKey: Uint8Array;
  readonly listen: readonly string[];
  readonly peers: readonly string[];
  readonly codec: WireCodec;
  readonly limits: Libp2pLimits;
  readonly now: () => number;
}

/** Everything that exists only between `start` and `stop`. */
interface Running {
  readonly node: Libp2pNode;
  readonly listener: TransportListener;
  readonly dialers: readonly Dialer[];
}

export class Libp2pTransport implements Transport {
  readonly self: PeerId;
  readonly #settings: TransportSettings;
  readonly #counters = newCounters();
  readonly #refusals: Refusals;
  readonly #sessions = new Map<PeerId, PeerSession>();
  #running: Running | null = null;
  /** The start or stop under way: they take turns. */
  #turn: Promise<void> = Promise.resolve();

  constructor(settings: TransportSettings) {
    this.self = settings.self;
    this.#settings = settings;
    this.#refusals = new Refusals(settings.limits.refusalsMax, settings.now);
  }

  start(listener: TransportListener): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running !== null) throw new StateSyncError('TRANSPORT_FAILED', 'the transport is started already');
      const packages = await loadPackages();
      try {
        await this.#start(packages, listener);
      } catch (cause) {
        this.#running = null;
        throw startError(cause);
      }
    });
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      const running = this.#running;
      if (running === null) return;
      this.#running = null;
      for (const dialer of running.dialers) dialer.stop();
      for (const session of this.#sessions.values()) session.close('the transport is stopped');
      this.#sessions.clear();
      try {
        await running.node.stop();
      } catch (cause) {
        throw new StateSyncError('TRANSPORT_FAILED', 'libp2p did not stop cleanly', { cause });
      }
    });
  }

  send(peer: PeerId, message: PeerMessage): Promise<void> {
    const session = this.#sessions.get(peer);
    if (session !== undefined) return session.send(message);
    return Promise.reject(new StateSyncError('PEER_UNREACHABLE', `${peer} is not connected`, { peer }));
  }

  async publish(message: GossipMessage): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    const bytes = this.#settings.codec.encodeGossip(message);
    if (bytes.length > this.#settings.codec.messageBytesMax) {
      throw new StateSyncError('OVERSIZE_MESSAGE', `a ${message.type} message of ${bytes.length} bytes`);
    }
    try {
      await running.node.services.pubsub.publish(GOSSIP_TOPIC, bytes);
      this.#counters.gossipOut += 1;
    } catch (cause) {
      throw new StateSyncError('TRANSPORT_FAILED', `publishing a ${message.type} message failed`, { cause });
    }
  }

  disconnect(peer: PeerId, refuseMs: number): Promise<void> {
    this.#refusals.refuse(peer, refuseMs);
    const session = this.#sessions.get(peer);
    this.#sessions.delete(peer);
    session?.close('the node disconnected it');
    return Promise.resolve();
  }

  /** The multiaddrs this node listens on, each with its peer id; none when it is not started. */
  addresses(): string[] {
    return this.#running?.node.getMultiaddrs().map(String) ?? [];
  }

  /** Which wire a connected peer speaks. @throws StateSyncError PEER_UNREACHABLE */
  wire(peer: PeerId): WireProtocol {
    const wire = this.#sessions.get(peer)?.wire ?? null;
    if (wire === null) throw new StateSyncError('PEER_UNREACHABLE', `${peer} is not connected`, { peer });
    return wire;
  }

  stats(): Libp2pStats {
    let peers = 0;
    let connections = 0;
    for (const session of this.#sessions.values()) {
      if (session.wire !== null) peers += 1;
      connections += session.connections.size;
    }
    return { ...this.#counters, peers, connections };
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #start(packages: Libp2pPackages, told: TransportListener): Promise<void> {
    const { privateKey, listen, peers, codec, limits, now, self } = this.#settings;
    const counters = this.#counters;
    const addresses = peers.map((peer) => packages.parseAddress(peer));
    for (const address of listen) packages.parseAddress(address);
    const gater = this.#gater();
    const node = await packages.createNode({
      privateKey,
      listen,
      limits,
      messageBytesMax: codec.messageBytesMax,
      gater,
    });
    const listener = this.#whileRunning(told, node);
    const host = { self, codec, limits, now, counters, listener };
    const dial = async (address: Multiaddr, signal: AbortSignal): Promise<Connection> => {
      const connection = await node.dial(address, { signal });
      // When there are too many connections, libp2p closes those of the lowest value.
      await node.peerStore.merge(connection.remotePeer, {
        tags: { 'pocket-state-sync': { value: CONFIGURED_PEER_VALUE } },
      });
      return connection;
    };
    const dialers = addresses.map((address) => new Dialer(address, { limits, counters, now, dial }));
    this.#running = { node, listener, dialers };

    node.addEventListener('connection:open', ({ detail }) => {
      this.#opened(detail, () => new PeerSession(addressOfPeer(detail.remotePeer) ?? '', host));
    });
    node.addEventListener('peer:identify', ({ detail }) => {
      this.#identified(detail.peerId, detail.protocols);
    });
    await node.handle(
      STATE_SYNC_PROTOCOL,
      this.#accept((session, stream) => session.acceptStateSync(stream)),
      {
        maxInboundStreams: 2,
      },
    );
    await node.handle(
      POCKET_PROTOCOL,
      this.#accept((session, stream) => session.acceptPocket(stream)),
      {
        maxInboundStreams: limits.pocketInboundStreamsMax,
      },
    );
    const { pubsub } = node.services;
    pubsub.topicValidators.set(
      GOSSIP_TOPIC,
      gossipValidator(
        {
          self,
          codec,
          counters,
          listener,
          admits: (neighbour) => this.#sessionOf(neighbour)?.gossipBucket.take() ?? false,
          refuses: (author) => this.#refusals.has(author),
        },
        packages.verdicts,
      ),
    );
    await node.start();
    pubsub.subscribe(GOSSIP_TOPIC);
    for (const dialer of dialers) dialer.start();
  }

  /** Stopped means silent: what libp2p still says while it shuts down is not told. */
  #whileRunning(listener: TransportListener, node: Libp2pNode): TransportListener {
    const running = (): boolean => this.#running?.node === node;
    return {
      peerConnected: (peer, wire) => {
        if (running()) listener.peerConnected(peer, wire);
      },
      peerDisconnected: (peer) => {
        if (running()) listener.peerDisconnected(peer);
      },
      message: (peer, message) => {
        if (running()) listener.message(peer, message);
      },
      gossip: (author, message) => {
        if (running()) listener.gossip(author, message);
      },
      offence: (peer, offence, detail) => {
        if (running()) listener.offence(peer, offence, detail);
      },
    };
  }

  /** Refuses keys that Pocket does not know, refused identities, and too many connections of one identity. */
  #gater(): ConnectionGater {
    const denied = (remote: Libp2pPeerId): boolean => {
      const peer = addressOfPeer(remote);
      if (peer === null || this.#refusals.has(peer)) return true;
      return (this.#sessions.get(peer)?.connections.size ?? 0) >= this.#settings.limits.connectionsPerPeerMax;
    };
    return {
      denyDialPeer: denied,
      denyInboundEncryptedConnection: denied,
      denyOutboundEncryptedConnection: denied,
      denyDialMultiaddr: () => false,
    };
  }

  #opened(connection: Connection, createSession: () => PeerSession): void {
    const peer = addressOfPeer(connection.remotePeer);
    // One that closed while it was set up has told its close already.
    if (connection.status !== 'open') return;
    if (this.#running === null || peer === null || this.#refusals.has(peer)) {
      connection.abort(new Error('the peer is refused'));
      return;
    }
    const session = this.#sessions.get(peer) ?? createSession();
    this.#sessions.set(peer, session);
    session.connections.add(connection);
    connection.addEventListener('close', () => {
      session.connections.delete(connection);
      if (session.connections.size > 0) return;
      if (this.#sessions.get(peer) === session) this.#sessions.delete(peer);
      session.close('its connection closed');
    });
  }

  #identified(remote: Libp2pPeerId, protocols: readonly string[]): void {
    const session = this.#sessionOf(remote);
    if (protocols.includes(STATE_SYNC_PROTOCOL)) session?.establish('pocket-state-sync');
    else if (protocols.includes(POCKET_PROTOCOL)) session?.establish('pokt-background');
    else session?.hangUp('it speaks neither protocol');
  }

  #accept(take: (session: PeerSession, stream: Stream) => void): (stream: Stream, connection: Connection) => void {
    return (stream, connection) => {
      const session = this.#sessionOf(connection.remotePeer);
      if (session === undefined) abortStream(stream, 'the peer is not connected');
      else take(session, stream);
    };
  }

  #sessionOf(remote: Libp2pPeerId): PeerSession | undefined {
    const peer = addressOfPeer(remote);
    return peer === null ? undefined : this.#sessions.get(peer);
  }
}
