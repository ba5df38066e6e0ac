import type { Connection, Stream } from '@libp2p/interface';
import type { WireCodec } from '../../node/ports.ts';
import type { PeerId } from '../../protocol/block.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import { ByteCollector } from './byte-collector.ts';
import type { Libp2pLimits } from './limits.ts';
import type { Outbox, Outgoing } from './outbox.ts';
import { abortStream, piecesOf } from './streams.ts';

/** Pocket's own wire: one `BackgroundMessage` a stream, written and closed. Its id has no leading slash. */
export const POCKET_PROTOCOL = 'pokt/background/v1.0.0';

/**
 * Writes a peer's outbox, each message on a stream of its own and several at once, so that here order is not kept. It
 * could not be: Pocket's readers handle streams concurrently.
 */
export class PocketWriter {
  readonly #outbox: Outbox;
  readonly #self: PeerId;
  readonly #codec: WireCodec;
  readonly #limits: Libp2pLimits;
  readonly #connection: () => Connection | null;
  #writing = 0;
  /** Streams written and closed here that the peer has not closed yet, the oldest first. */
  readonly #lingering = new Set<Stream>();

  constructor(
    outbox: Outbox,
    self: PeerId,
    codec: WireCodec,
    limits: Libp2pLimits,
    connection: () => Connection | null,
  ) {
    this.#outbox = outbox;
    this.#self = self;
    this.#codec = codec;
    this.#limits = limits;
    this.#connection = connection;
  }

  wake(): void {
    while (this.#writing < this.#limits.pocketOutboundStreamsMax) {
      const next = this.#outbox.take();
      if (next === null) return;
      this.#writing += 1;
      void this.#write(next)
        .then(next.resolve, next.reject)
        .finally(() => {
          this.#writing -= 1;
          this.wake();
        });
    }
  }

  close(): void {
    for (const stream of this.#lingering) abortStream(stream, 'the peer is let go');
  }

  async #write(outgoing: Outgoing): Promise<void> {
    for (const bytes of this.#codec.encodePocket(this.#self, outgoing.message)) {
      if (bytes.length > this.#codec.messageBytesMax) {
        throw new StateSyncError('OVERSIZE_MESSAGE', `a ${outgoing.message.type} message of ${bytes.length} bytes`);
      }
      const connection = this.#connection();
      if (connection === null) throw this.#outbox.unreachable('it has no open connection');
      try {
        await this.#writeStream(connection, bytes);
      } catch (cause) {
        throw this.#outbox.unreachable('its stream failed', cause);
      }
    }
  }

  async #writeStream(connection: Connection, bytes: Uint8Array): Promise<void> {
    const signal = AbortSignal.timeout(this.#limits.sendTimeoutMs);
    const stream = await connection.newStream(POCKET_PROTOCOL, { signal });
    this.#linger(stream);
    try {
      stream.send(bytes);
      await stream.close({ signal });
    } catch (cause) {
      abortStream(stream, 'it could not be written');
      throw cause;
    }
  }

  /** A stream lives until the peer closes its side too. One that never does is reset, by time or by number. */
  #linger(stream: Stream): void {
    for (const oldest of this.#lingering) {
      if (this.#lingering.size < this.#limits.pocketInboundStreamsMax) break;
      this.#lingering.delete(oldest);
      abortStream(oldest, 'the peer did not close it');
    }
    this.#lingering.add(stream);
    const timer = setTimeout(() => {
      abortStream(stream, 'the peer did not close it');
    }, this.#limits.pocketReadTimeoutMs);
    stream.addEventListener('close', () => {
      clearTimeout(timer);
      this.#lingering.delete(stream);
    });
  }
}

export interface WholeSink {
  /** All bytes of a stream that its sender closed. */
  whole(bytes: Uint8Array): void;
  fault(error: StateSyncError): void;
  stalled(): void;
}

/** Reads one stream to its end, within a size and a time. */
export function readPocket(stream: Stream, bytesMax: number, limits: Libp2pLimits, sink: WholeSink): void {
  const collector = new ByteCollector(bytesMax);
  let over = false;
  const end = (): boolean => {
    const first = !over;
    over = true;
    clearTimeout(timer);
    return first;
  };
  const timer = setTimeout(() => {
    end();
    abortStream(stream, 'it was not written to its end in time');
    sink.stalled();
  }, limits.pocketReadTimeoutMs);
  stream.addEventListener('message', (event) => {
    for (const piece of piecesOf(event.data)) {
      if (over) return;
      if (piece.length > collector.free) {
        end();
        abortStream(stream, 'it sent too much');
        sink.fault(new StateSyncError('OVERSIZE_MESSAGE', `a background message of more than ${bytesMax} bytes`));
        return;
      }
      collector.append(piece);
    }
  });
  const onEnd = (): void => {
    // A stream that was reset, or lost with its connection, has no end and so no message.
    if (stream.status === 'open' && end()) sink.whole(collector.bytes());
  };
  stream.addEventListener('end', onEnd);
  stream.addEventListener('close', end);
  if (stream.readableEnded) onEnd();
}
