import type { MessageStream, StreamMuxerFactory } from '@libp2p/interface';
import { STREAM_WINDOW_BYTES_MAX } from './limits.ts';
import { piecesOf } from './streams.ts';

const HEADER_BYTES = 12;
const DATA_FRAME = 0;
const TYPE_AT = 1;
const LENGTH_AT = 8;

/**
 * Two things that yamux 8 leaves open to a peer:
 * - It gathers a data frame whole before it looks at the stream's window, so a peer that announces a frame of 4 GiB has
 *   its bytes buffered without bound.
 * - It writes the first frame of a new stream in a microtask of its own, with nobody to catch what that throws when the
 *   connection has just closed: an uncaught exception, which ends the process.
 */
export function guardMuxer(factory: StreamMuxerFactory): StreamMuxerFactory {
  const createStreamMuxer = factory.createStreamMuxer.bind(factory);
  factory.createStreamMuxer = (connection) => {
    refuseLongFrames(connection);
    forgiveLateWrites(connection);
    return createStreamMuxer(connection);
  };
  return factory;
}

/** Writing to a connection that is closed does nothing: its close is told to everybody concerned anyway. */
function forgiveLateWrites(connection: MessageStream): void {
  const send = connection.send.bind(connection);
  connection.send = (data) => {
    try {
      return send(data);
    } catch (error) {
      if (connection.status === 'open') throw error;
      return false;
    }
  };
}

/** Watches the frame headers go by, and aborts the connection at a data frame longer than any window. */
function refuseLongFrames(connection: MessageStream): void {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  let headerBytes = 0;
  let bodyBytesLeft = 0;

  connection.addEventListener('message', (event) => {
    for (const piece of piecesOf(event.data)) {
      for (let at = 0; at < piece.length;) {
        if (bodyBytesLeft > 0) {
          const skipped = Math.min(bodyBytesLeft, piece.length - at);
          bodyBytesLeft -= skipped;
          at += skipped;
          continue;
        }
        const taken = piece.subarray(at, at + HEADER_BYTES - headerBytes);
        header.set(taken, headerBytes);
        headerBytes += taken.length;
        at += taken.length;
        if (headerBytes < HEADER_BYTES) continue;
        headerBytes = 0;
        if (header[TYPE_AT] === DATA_FRAME) bodyBytesLeft = view.getUint32(LENGTH_AT);
        if (bodyBytesLeft > STREAM_WINDOW_BYTES_MAX) {
          connection.abort(new Error(`a yamux frame of ${bodyBytesLeft} bytes`));
          return;
        }
      }
    }
  });
}
