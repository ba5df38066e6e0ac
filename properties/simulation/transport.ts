import type { Transport, TransportListener, WireProtocol } from '../../src/node/ports.ts';
import type { PeerId, SyncBlock } from '../../src/protocol/block.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import type { GossipMessage, PeerMessage } from '../../src/protocol/messages.ts';
import type { Offence } from '../../src/protocol/offences.ts';
import type { Life } from './life.ts';
import type { Endpoint, Link, SimNetwork } from './network.ts';

/** Blocks sent to a peer. */
export interface ServedAnswer {
  readonly peer: PeerId;
  readonly requestId: number | null;
  readonly blocks: readonly SyncBlock[];
}

/** Of those that nobody takes. */
const SERVED_KEPT_MAX = 20_000;

/** The transport of one life of a node under test. Everything the network tells it goes in through that life. */
export class SimTransport implements Transport, Endpoint {
  readonly self: PeerId;
  readonly wire: WireProtocol;
  /** To be taken by who looks on. */
  readonly served: ServedAnswer[] = [];
  readonly #life: Life;
  readonly #network: SimNetwork;
  readonly #everybody: () => Iterable<PeerId>;
  readonly #onReady: () => void;
  readonly #peers = new Set<PeerId>();
  /** The connection to each peer that the process knows of. */
  readonly #told = new Map<PeerId, Link>();
  #listener: TransportListener | null = null;

  constructor(
    self: PeerId,
    wire: WireProtocol,
    life: Life,
    network: SimNetwork,
    everybody: () => Iterable<PeerId>,
    onReady: () => void,
  ) {
    this.self = self;
    this.wire = wire;
    this.#life = life;
    this.#network = network;
    this.#everybody = everybody;
    this.#onReady = onReady;
  }

  get id(): PeerId {
    return this.self;
  }

  async start(listener: TransportListener): Promise<void> {
    this.#listener = listener;
    this.#network.add(this);
    this.#onReady();
  }

  async stop(): Promise<void> {
    if (this.#listener === null) return;
    this.#listener = null;
    this.#network.cutOff(this.self);
    this.#network.remove(this.self);
  }

  async send(peer: PeerId, message: PeerMessage): Promise<void> {
    this.#life.time.touch();
    if (this.#life.isOver) return;
    if (message.type === 'blocks') {
      const { requestId, blocks } = message;
      this.served.push({ peer, requestId, blocks });
      if (this.served.length > SERVED_KEPT_MAX) this.served.shift();
    }
    // What a process that was frozen answers on a connection that is gone does not come out of the next one.
    const isStale = this.#told.get(peer) !== this.#network.linkOf(this.self, peer);
    if (isStale || !this.#network.send(this.self, peer, message)) {
      throw new StateSyncError('PEER_UNREACHABLE', `${peer} is not connected`, { peer });
    }
  }

  async publish(message: GossipMessage): Promise<void> {
    if (!this.#life.isOver) this.#network.gossip(this.self, this.#everybody(), message);
  }

  async disconnect(peer: PeerId, refuseMs: number): Promise<void> {
    this.#life.time.touch();
    if (this.#life.isOver) return;
    this.#network.refuse(this.self, peer, refuseMs);
    this.#network.disconnect(this.self, peer);
  }

  connected(peer: PeerId, wire: WireProtocol): void {
    this.#peers.add(peer);
    const link = this.#network.linkOf(this.self, peer);
    this.#tell((listener) => {
      if (link !== undefined) this.#told.set(peer, link);
      listener.peerConnected(peer, wire);
    });
  }

  disconnected(peer: PeerId): void {
    if (!this.#peers.delete(peer)) return;
    this.#tell((listener) => {
      this.#told.delete(peer);
      listener.peerDisconnected(peer);
    });
  }

  message(peer: PeerId, message: PeerMessage): void {
    this.#tell((listener) => {
      listener.message(peer, message);
    });
  }

  gossip(author: PeerId, message: GossipMessage): void {
    this.#tell((listener) => {
      listener.gossip(author, message);
    });
  }

  offence(peer: PeerId, offence: Offence, detail: string): void {
    if (!this.#peers.has(peer)) return;
    this.#tell((listener) => {
      listener.offence(peer, offence, detail);
    });
  }

  #tell(what: (listener: TransportListener) => void): void {
    this.#life.enter(() => {
      if (this.#listener !== null) what(this.#listener);
    });
  }
}
