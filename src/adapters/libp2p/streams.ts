import type { Stream } from '@libp2p/interface';

type StreamData = Uint8Array | Iterable<Uint8Array>;

/** The pieces of memory of what a stream's `message` event carries. */
export function piecesOf(data: StreamData): Iterable<Uint8Array> {
  return data instanceof Uint8Array ? [data] : data;
}

/** Resets a stream: both sides are done with it at once. Harmless when it is over already. */
export function abortStream(stream: Stream, reason: string): void {
  stream.abort(new Error(reason));
}

/** Says that nothing more comes from here, and lets what was written go out. */
export function closeStream(stream: Stream): void {
  stream.close().catch((cause: unknown) => {
    stream.abort(cause instanceof Error ? cause : new Error(String(cause)));
  });
}
