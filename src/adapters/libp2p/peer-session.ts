import type { Connection, Stream } from '@libp2p/interface';
import type { TransportListener, WireCodec, WireProtocol } from '../../node/ports.ts';
import type { PeerId } from '../../protocol/block.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import type { PeerMessage } from '../../protocol/messages.ts';
import type { Offence } from '../../protocol/offences.ts';
import type { Libp2pLimits } from './limits.ts';
import { Outbox } from './outbox.ts';
import { PocketWriter, readPocket } from './pocket-wire.ts';
import { readStateSync, StateSyncWriter } from './state-sync-wire.ts';
import type { TransportCounters } from './stats.ts';
import { abortStream, closeStream } from './streams.ts';
import { TokenBucket } from './token-bucket.ts';

/** What all sessions share. */
export interface SessionHost {
  readonly self: PeerId;
  readonly codec: WireCodec;
  readonly limits: Libp2pLimits;
  readonly now: () => number;
  readonly counters: TransportCounters;
  readonly listener: TransportListener;
}

const FLOOD_CHARGE_PERIOD_MS = 1_000;

/** One logical peer: an identity, with however many connections it has. */
export class PeerSession {
  readonly peer: PeerId;
  readonly connections = new Set<Connection>();
  readonly gossipBucket: TokenBucket;
  readonly #host: SessionHost;
  readonly #bucket: TokenBucket;
  readonly #outbox: Outbox;
  #wire: WireProtocol | null = null;
  #writer: StateSyncWriter | PocketWriter | null = null;
  /** The peer's own stream to us; a newer one replaces it. */
  #inbound: Stream | null = null;
  /** What came on Pocket's wire before it was known which wire is the peer's. Bounded, as its streams are. */
  #early: (() => void)[] = [];
  #identifyTimer: NodeJS.Timeout | undefined;
  #chargedFloodAtMs = -Infinity;
  #closed = false;

  constructor(peer: PeerId, host: SessionHost) {
    const { limits, now } = host;
    this.peer = peer;
    this.#host = host;
    this.#bucket = new TokenBucket(limits.inboundMessagesPerSecond, limits.inboundMessagesBurst, now);
    this.gossipBucket = new TokenBucket(limits.gossipPerSecond, limits.gossipBurst, now);
    this.#outbox = new Outbox(peer, limits, host.counters, now);
    this.#identifyTimer = setTimeout(() => {
      this.hangUp('it did not say which protocols it speaks');
    }, limits.identifyTimeoutMs);
  }

  /** `null` until it is known. */
  get wire(): WireProtocol | null {
    return this.#wire;
  }

  /** The peer turned out to speak this wire: from now on it is connected. */
  establish(wire: WireProtocol): void {
    if (this.#closed || this.#wire !== null) return;
    clearTimeout(this.#identifyTimer);
    const { self, codec, limits, listener } = this.#host;
    const connection = (): Connection | null => this.#openConnection();
    this.#wire = wire;
    this.#writer =
      wire === 'pocket-state-sync'
        ? new StateSyncWriter(this.#outbox, codec, limits, connection)
        : new PocketWriter(this.#outbox, self, codec, limits, connection);
    listener.peerConnected(this.peer, wire);
    for (const deliver of this.#early.splice(0)) deliver();
  }

  send(message: PeerMessage): Promise<void> {
    if (this.#writer === null) return Promise.reject(this.#outbox.unreachable('it is not connected'));
    const sent = this.#outbox.push(message);
    this.#writer.wake();
    return sent;
  }

  /** An incoming stream of the own wire, which is proof that the peer speaks it. */
  acceptStateSync(stream: Stream): void {
    if (this.#closed) return abortStream(stream, 'the peer is let go');
    this.establish('pocket-state-sync');
    if (this.#inbound !== null) abortStream(this.#inbound, 'a newer stream replaces it');
    this.#inbound = stream;
    readStateSync(stream, this.#host.codec.messageBytesMax, this.#host.limits, {
      frame: (bytes) => {
        if (this.#admit()) this.#tell(this.#host.codec.decode(bytes), bytes.length);
      },
      fault: (error) => {
        this.#charge(error);
      },
      stalled: () => {
        this.#host.counters.stalledReads += 1;
      },
    });
  }

  /** An incoming stream of Pocket's wire, with one message. */
  acceptPocket(stream: Stream): void {
    if (this.#closed || !this.#admit()) return abortStream(stream, 'no more from this peer now');
    readPocket(stream, this.#host.codec.messageBytesMax, this.#host.limits, {
      whole: (bytes) => {
        const deliver = (): void => {
          this.#decodePocket(bytes);
          closeStream(stream);
        };
        if (this.#wire === null) this.#early.push(deliver);
        else deliver();
      },
      fault: (error) => {
        this.#charge(error);
      },
      stalled: () => {
        this.#host.counters.stalledReads += 1;
      },
    });
  }

  /** Tells nothing more of this peer, fails what waits to be sent, and closes its connections. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#identifyTimer);
    this.#early = [];
    this.#outbox.close(reason);
    this.#writer?.close();
    if (this.#inbound !== null) abortStream(this.#inbound, reason);
    this.hangUp(reason);
    // The node may be the one who closes: it is told after its call, not inside it.
    if (this.#wire !== null) queueMicrotask(() => this.#host.listener.peerDisconnected(this.peer));
  }

  /** Closes the connections; that they are closed ends the session. */
  hangUp(reason: string): void {
    for (const connection of this.connections) connection.abort(new Error(reason));
  }

  charge(offence: Offence, detail: string): void {
    if (this.#closed) return;
    this.#host.counters.offences += 1;
    this.#host.listener.offence(this.peer, offence, detail);
  }

  #charge(error: unknown): void {
    const offence = offenceOfError(error);
    if (offence !== null) this.charge(offence, error instanceof Error ? error.message : String(error));
  }

  #decodePocket(bytes: Uint8Array): void {
    if (this.#closed || bytes.length === 0) return;
    try {
      const message = this.#host.codec.decodePocket(this.peer, bytes);
      if (message !== null) this.#tell(message, bytes.length);
    } catch (error) {
      this.#charge(error);
    }
  }

  #tell(message: PeerMessage, bytes: number): void {
    if (this.#closed) return;
    this.#host.counters.messagesIn += 1;
    this.#host.counters.bytesIn += bytes;
    this.#host.listener.message(this.peer, message);
  }

  /** Whether the peer's rate allows one more message. */
  #admit(): boolean {
    if (this.#bucket.take()) return true;
    this.#host.counters.messagesDropped += 1;
    const nowMs = this.#host.now();
    if (nowMs - this.#chargedFloodAtMs >= FLOOD_CHARGE_PERIOD_MS) {
      this.#chargedFloodAtMs = nowMs;
      this.charge('REQUEST_FLOOD', `more than ${this.#host.limits.inboundMessagesPerSecond} messages a second`);
    }
    return false;
  }

  #openConnection(): Connection | null {
    for (const connection of this.connections) if (connection.status === 'open') return connection;
    return null;
  }
}

/** What a message that a codec refused is charged as; a repeated nonce is nothing to charge anybody with. */
export function offenceOfError(error: unknown): Offence | null {
  const code = error instanceof StateSyncError ? error.code : 'MALFORMED_MESSAGE';
  if (code === 'NONCE_REPEATED') return null;
  return code === 'OVERSIZE_MESSAGE' || code === 'SPOOFED_ADDRESS' ? code : 'MALFORMED_MESSAGE';
}
