import type { Transport, TransportListener } from '../../../src/node/index.ts';
import type { PeerMessage, SyncBlock } from '../../../src/index.ts';
import { StateSyncError } from '../../../src/index.ts';
import { drawing } from '../../../properties/links/peer-plan.ts';

export interface DirectPeers {
  readonly count: number;
  readonly height: number;
  readonly blocks: (from: number, to: number) => readonly SyncBlock[];
  /** 0: answers come in the next turn of the event loop. */
  readonly roundTripMs: number;
  /** The share of requests for blocks whose sending fails. */
  readonly failShare: number;
}

/**
 * The node's end of a network of honest peers, and nothing else: the peers are not connected to each other, so that
 * there may be thousands, and what is measured is the node.
 */
export class DirectTransport implements Transport {
  readonly self = 'node';
  readonly #peers: DirectPeers;
  readonly #draw = drawing(1);
  readonly #connected = new Set<string>();
  #listener: TransportListener | null = null;
  readonly #coming: (() => void)[] = [];

  constructor(peers: DirectPeers) {
    this.#peers = peers;
  }

  async start(listener: TransportListener): Promise<void> {
    this.#listener = listener;
    for (let i = 0; i < this.#peers.count; i++) this.#soon(() => this.#connect(`peer ${i}`));
  }

  async stop(): Promise<void> {
    this.#listener = null;
    this.#connected.clear();
  }

  async send(peer: string, message: PeerMessage): Promise<void> {
    if (!this.#connected.has(peer)) throw new StateSyncError('PEER_UNREACHABLE', `${peer} is gone`, { peer });
    if (message.type === 'metadataRequest') {
      this.#answer(peer, () => ({ type: 'metadata', minHeight: 1, maxHeight: this.#peers.height }));
    }
    if (message.type !== 'getBlocks') return;
    const { failShare } = this.#peers;
    if (failShare > 0 && this.#draw() < failShare) {
      throw new StateSyncError('PEER_UNREACHABLE', `sending to ${peer} failed`, { peer });
    }
    const { requestId, from, to } = message;
    this.#answer(peer, () => ({ type: 'blocks', requestId, blocks: this.#peers.blocks(from, to) }));
  }

  async publish(): Promise<void> {
    // The chain does not grow: there is nobody to tell of anything.
  }

  async disconnect(peer: string, refuseMs: number): Promise<void> {
    if (!this.#connected.delete(peer)) return;
    this.#soon(() => this.#listener?.peerDisconnected(peer));
    setTimeout(() => this.#connect(peer), refuseMs).unref();
  }

  #connect(peer: string): void {
    if (this.#listener === null) return;
    this.#connected.add(peer);
    this.#listener.peerConnected(peer, 'pocket-state-sync');
  }

  #answer(peer: string, message: () => PeerMessage): void {
    const deliver = (): void => {
      if (this.#connected.has(peer)) this.#listener?.message(peer, message());
    };
    const { roundTripMs } = this.#peers;
    if (roundTripMs > 0) setTimeout(deliver, roundTripMs);
    else this.#soon(deliver);
  }

  /** Each in a turn of the event loop of its own: a peer that takes its time is no pause of the node's. */
  #soon(happening: () => void): void {
    if (this.#coming.push(happening) === 1) setImmediate(this.#next);
  }

  readonly #next = (): void => {
    this.#coming[0]?.();
    this.#coming.shift();
    if (this.#coming.length > 0) setImmediate(this.#next);
  };
}
