import type { TransportListener, WireProtocol } from '../../src/node/ports.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { GossipMessage, PeerMessage } from '../../src/protocol/messages.ts';
import type { Offence } from '../../src/protocol/offences.ts';

/** What a transport told, in order. */
export type Told =
  | { readonly type: 'connected'; readonly peer: PeerId; readonly wire: WireProtocol; readonly atMs: number }
  | { readonly type: 'disconnected'; readonly peer: PeerId; readonly atMs: number }
  | { readonly type: 'message'; readonly peer: PeerId; readonly message: PeerMessage }
  | { readonly type: 'gossip'; readonly peer: PeerId; readonly message: GossipMessage }
  | { readonly type: 'offence'; readonly peer: PeerId; readonly offence: Offence; readonly detail: string };

export type ToldOf<Type extends Told['type']> = Extract<Told, { readonly type: Type }>;

const WAIT_MS_MAX = 8_000;

/** A listener that remembers, and that can be waited on. */
export class TransportRecorder implements TransportListener {
  readonly told: Told[] = [];
  /** `true` while the test is inside a call to the transport, in which nothing may be told. */
  inCall = false;
  /** What was told inside such a call. */
  readonly reentrant: Told[] = [];
  readonly #waiting = new Set<() => void>();

  peerConnected(peer: PeerId, wire: WireProtocol): void {
    this.#tell({ type: 'connected', peer, wire, atMs: performance.now() });
  }

  peerDisconnected(peer: PeerId): void {
    this.#tell({ type: 'disconnected', peer, atMs: performance.now() });
  }

  message(peer: PeerId, message: PeerMessage): void {
    this.#tell({ type: 'message', peer, message });
  }

  gossip(peer: PeerId, message: GossipMessage): void {
    this.#tell({ type: 'gossip', peer, message });
  }

  offence(peer: PeerId, offence: Offence, detail: string): void {
    this.#tell({ type: 'offence', peer, offence, detail });
  }

  of<Type extends Told['type']>(type: Type): ToldOf<Type>[] {
    return this.told.filter((told): told is ToldOf<Type> => told.type === type);
  }

  /** Waits until `count` things of this type were told, and gives the last of them. @throws Error when they never are */
  async nth<Type extends Told['type']>(type: Type, count: number): Promise<ToldOf<Type>> {
    await this.until(() => this.of(type).length >= count, `${count} x ${type}`);
    const last = this.of(type)[count - 1];
    if (last === undefined) throw new Error(`no ${type} was told`);
    return last;
  }

  /** @throws Error naming `what`, and what was told instead, when it does not come about */
  until(condition: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        const told = this.told
          .map(({ type }) => type)
          .join(', ')
          .slice(-300);
        reject(new Error(`waited ${WAIT_MS_MAX} ms in vain for ${what}; told so far: ${told || 'nothing'}`));
      }, WAIT_MS_MAX);
      this.#waiting.add(check);
      check();
    });
  }

  #tell(told: Told): void {
    this.told.push(told);
    if (this.inCall) this.reentrant.push(told);
    for (const check of [...this.#waiting]) check();
  }
}
