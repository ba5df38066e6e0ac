import type { Transport, TransportListener } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';

export interface ServedAnswer {
  readonly blocks: readonly SyncBlock[];
  readonly isNone: boolean;
}

const CLIENT = 'client';

/** A transport with one more peer at its other end, who has nothing and asks the node for blocks. */
export class ClientBeside implements Transport {
  readonly #transport: Transport;
  readonly #waiting = new Map<number, (answer: ServedAnswer) => void>();
  readonly #arrived = new Map<number, SyncBlock[]>();
  #listener: TransportListener | null = null;
  #asked = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get self(): string {
    return this.#transport.self;
  }

  async start(listener: TransportListener): Promise<void> {
    this.#listener = listener;
    await this.#transport.start(listener);
  }

  async stop(): Promise<void> {
    this.#listener = null;
    await this.#transport.stop();
  }

  async send(to: string, message: PeerMessage): Promise<void> {
    if (to !== CLIENT) return this.#transport.send(to, message);
    if (message.type === 'blocks' && message.requestId !== null) {
      const blocks = this.#arrived.get(message.requestId) ?? [];
      blocks.push(...message.blocks);
      this.#arrived.set(message.requestId, blocks);
      if (message.more !== true) this.#answered(message.requestId, { blocks, isNone: false });
    }
    if (message.type === 'noBlock' && message.requestId !== null)
      this.#answered(message.requestId, { blocks: [], isNone: true });
  }

  publish: Transport['publish'] = (message) => this.#transport.publish(message);
  disconnect: Transport['disconnect'] = (peer, refuseMs) => this.#transport.disconnect(peer, refuseMs);

  /** To be called when the node has something to serve. */
  connect(): void {
    this.#listener?.peerConnected(CLIENT, 'pocket-state-sync');
  }

  ask(from: number, to: number, answered: (answer: ServedAnswer) => void): void {
    const requestId = ++this.#asked;
    this.#waiting.set(requestId, answered);
    this.#listener?.message(CLIENT, { type: 'getBlocks', requestId, from, to, bytesMax: 1_000_000 });
  }

  #answered(requestId: number, answer: ServedAnswer): void {
    this.#waiting.get(requestId)?.(answer);
    this.#waiting.delete(requestId);
  }
}
