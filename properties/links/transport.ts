import type { Transport, TransportListener } from '../../src/node/ports.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import type { VirtualPeer } from './peer.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The node's end of all its links. */
export class VirtualTransport implements Transport {
  readonly self = 'node';
  readonly #peers: ReadonlyMap<string, VirtualPeer>;
  readonly #clock: VirtualClock;
  #listener: TransportListener | null = null;

  constructor(peers: readonly VirtualPeer[], clock: VirtualClock) {
    this.#peers = new Map(peers.map((peer) => [peer.plan.id, peer]));
    this.#clock = clock;
  }

  async start(listener: TransportListener): Promise<void> {
    this.#listener = listener;
    for (const peer of this.#peers.values()) this.#clock.after(0, () => this.#connect(peer));
  }

  async stop(): Promise<void> {
    this.#listener = null;
    for (const peer of this.#peers.values()) peer.disconnect();
  }

  async send(to: string, message: PeerMessage): Promise<void> {
    const peer = this.#peers.get(to);
    if (peer === undefined || !peer.connected || !peer.receive(message)) {
      throw new StateSyncError('PEER_UNREACHABLE', `sending to ${to} failed`, { peer: to });
    }
  }

  async publish(): Promise<void> {
    // Nobody is told of new blocks here: the chain does not grow.
  }

  async disconnect(id: string, refuseMs: number): Promise<void> {
    const peer = this.#peers.get(id);
    if (peer?.connected !== true) return;
    peer.disconnect();
    this.#clock.after(0, () => this.#listener?.peerDisconnected(id));
    this.#clock.after(refuseMs, () => this.#connect(peer));
  }

  #connect(peer: VirtualPeer): void {
    if (this.#listener === null || peer.connected) return;
    const { id } = peer.plan;
    peer.connect((message) => this.#listener?.message(id, message));
    this.#listener.peerConnected(id, 'pocket-state-sync');
  }
}
