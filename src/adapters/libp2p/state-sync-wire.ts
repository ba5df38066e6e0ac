import type { Connection, Stream } from '@libp2p/interface';
import type { WireCodec } from '../../node/ports.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import { FrameReader, writeFrames } from './frames.ts';
import { BATCH_BYTES } from './limits.ts';
import type { Libp2pLimits } from './limits.ts';
import type { Outbox, Outgoing } from './outbox.ts';
import { abortStream, closeStream, piecesOf } from './streams.ts';

/**
 * This package's own wire: one long-lived stream per peer and direction, one message a frame. Requests and answers carry
 * ids, so any number of them are under way at once and nobody waits for a round trip.
 *
 * Version 1 knew no answers in parts, and would charge a peer for the second part. Nodes of different versions have
 * Pocket's wire in common.
 */
export const STATE_SYNC_PROTOCOL = '/pocket-state-sync/2.0.0';

/** Writes a peer's outbox to the one outgoing stream, which it opens when there is something to write. */
export class StateSyncWriter {
  readonly #outbox: Outbox;
  readonly #codec: WireCodec;
  readonly #limits: Libp2pLimits;
  readonly #connection: () => Connection | null;
  #stream: Stream | null = null;
  #opening = false;
  #pumping = false;

  constructor(outbox: Outbox, codec: WireCodec, limits: Libp2pLimits, connection: () => Connection | null) {
    this.#outbox = outbox;
    this.#codec = codec;
    this.#limits = limits;
    this.#connection = connection;
  }

  /** There is something to write, or room to write it. What is sent in the same turn is written together. */
  wake(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  close(): void {
    const stream = this.#stream;
    this.#stream = null;
    if (stream !== null) abortStream(stream, 'the peer is let go');
  }

  #pump(): void {
    while (this.#outbox.size > 0) {
      const stream = this.#stream;
      if (stream === null) return this.#open();
      // `drain` wakes us again.
      if (stream.writableNeedsDrain) return;
      this.#writeBatch(stream);
    }
  }

  #writeBatch(stream: Stream): void {
    const batch: Outgoing[] = [];
    const messages: Uint8Array[] = [];
    for (let bytes = 0; bytes < BATCH_BYTES;) {
      const next = this.#outbox.take();
      if (next === null) break;
      const message = this.#encode(next);
      if (message === null) continue;
      bytes += message.length;
      batch.push(next);
      messages.push(message);
    }
    if (batch.length === 0) return;
    try {
      stream.send(writeFrames(messages));
    } catch (cause) {
      for (const { reject } of batch) reject(this.#outbox.unreachable('its stream closed', cause));
      this.#drop(stream);
      abortStream(stream, 'it could not be written');
      return;
    }
    for (const { resolve } of batch) resolve();
  }

  #encode(outgoing: Outgoing): Uint8Array | null {
    try {
      const bytes = this.#codec.encode(outgoing.message);
      if (bytes.length <= this.#codec.messageBytesMax) return bytes;
      throw new StateSyncError('OVERSIZE_MESSAGE', `a ${outgoing.message.type} message of ${bytes.length} bytes`);
    } catch (error) {
      outgoing.reject(error);
      return null;
    }
  }

  #open(): void {
    const connection = this.#connection();
    if (connection === null) return this.#outbox.fail('it has no open connection');
    if (this.#opening) return;
    this.#opening = true;
    const signal = AbortSignal.timeout(this.#limits.sendTimeoutMs);
    connection.newStream(STATE_SYNC_PROTOCOL, { signal }).then(
      (stream) => {
        this.#opening = false;
        this.#adopt(stream);
      },
      (cause: unknown) => {
        this.#opening = false;
        this.#outbox.fail('it opened no stream', cause);
      },
    );
  }

  #adopt(stream: Stream): void {
    this.#stream = stream;
    stream.addEventListener('drain', () => {
      this.wake();
    });
    stream.addEventListener('close', () => {
      this.#drop(stream);
      this.wake();
    });
    if (stream.writeStatus !== 'writable') this.#drop(stream);
    this.wake();
  }

  #drop(stream: Stream): void {
    if (this.#stream === stream) this.#stream = null;
  }
}

export interface FrameSink {
  /** A whole message, not yet decoded. @throws StateSyncError when it is no good, which ends the stream */
  frame(bytes: Uint8Array): void;
  fault(error: unknown): void;
  /** A frame that began was not whole in time. */
  stalled(): void;
}

/** Reads an incoming stream to its end. After a fault nothing more is read of it. */
export function readStateSync(stream: Stream, bytesMax: number, limits: Libp2pLimits, sink: FrameSink): void {
  const reader = new FrameReader(bytesMax);
  let framesRead = 0;
  let timer: NodeJS.Timeout | undefined;
  let over = false;

  const onFrame = (bytes: Uint8Array): void => {
    framesRead += 1;
    sink.frame(bytes);
  };
  const end = (): void => {
    over = true;
    clearTimeout(timer);
  };
  stream.addEventListener('message', (event) => {
    const framesBefore = framesRead;
    const wasMidFrame = reader.midFrame;
    try {
      for (const piece of piecesOf(event.data)) {
        if (over) return;
        reader.push(piece, onFrame);
      }
    } catch (error) {
      end();
      abortStream(stream, 'it sent a bad message');
      sink.fault(error);
      return;
    }
    // More bytes of the same frame do not put its deadline off.
    if (wasMidFrame && framesRead === framesBefore) return;
    clearTimeout(timer);
    if (reader.midFrame && !over) timer = setTimeout(onStall, limits.frameReadTimeoutMs);
  });
  const onStall = (): void => {
    end();
    abortStream(stream, 'a frame was not whole in time');
    sink.stalled();
  };
  stream.addEventListener('end', () => {
    // Cut short by the connection is misfortune; closed by the peer in the middle of a frame is not.
    const truncated = !over && reader.midFrame && stream.status === 'open';
    end();
    closeStream(stream);
    if (truncated) sink.fault(new StateSyncError('MALFORMED_MESSAGE', 'the stream ended in the middle of a frame'));
  });
  stream.addEventListener('close', end);
  if (stream.readableEnded) closeStream(stream);
}
