import type { BlockCodec, WireCodec } from '../node/ports.ts';
import { MESSAGE_OVERHEAD_BYTES } from '../protocol/config.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { blockOf, decodePocketBlock, toSyncBlock } from './blocks.ts';
import { HOTSTUFF_TYPE, STATE_SYNC_TYPE, decodeEnvelope, encodeEnvelope } from './envelope.ts';
import { WIRE_LIMITS } from './limits.ts';
import { SeenNonces, randomNonce } from './nonces.ts';
import type { RandomBytes } from './nonces.ts';
import { decodeFrame, encodeFrame } from './own-messages.ts';
import { decodeHotstuff, decodeStateSync, encodeHotstuff, encodeStateSync } from './pocket-messages.ts';

export interface PocketCodecOptions {
  /** max_block_bytes of the genesis. */
  readonly blockBytesMax: number;
  /** Incoming nonces remembered for Pocket's wire; the oldest are forgotten first. Default 100,000. */
  readonly noncesRememberedMax?: number;
  /** Source of outgoing nonces; default `crypto.getRandomValues`. */
  readonly random?: RandomBytes;
}

/**
 * Pocket's formats: the messages of both wires and the stored block. One codec belongs to one node, since it remembers
 * which nonces the node has seen. Encoding throws OVERSIZE_MESSAGE for what no peer would read.
 */
export function createPocketCodec(options: PocketCodecOptions): WireCodec & BlockCodec {
  const { blockBytesMax, noncesRememberedMax = WIRE_LIMITS.noncesRememberedMax } = options;
  const random: RandomBytes = options.random ?? ((into) => globalThis.crypto.getRandomValues(into));
  const messageBytesMax = blockBytesMax + MESSAGE_OVERHEAD_BYTES;
  const seen = new SeenNonces(noncesRememberedMax);

  const bounded = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length <= messageBytesMax) return bytes;
    const sizes = `${String(bytes.length)} bytes, the limit is ${String(messageBytesMax)}`;
    throw new StateSyncError('OVERSIZE_MESSAGE', `a message to be sent has ${sizes}`);
  };
  const wrap = (typeName: string, content: Uint8Array): Uint8Array =>
    bounded(encodeEnvelope({ typeName, content, nonce: randomNonce(random) }));
  /** The content of an envelope of the one type that is wanted, the first time it comes. */
  const unwrap = (sender: string, bytes: Uint8Array, typeName: string): Uint8Array | null => {
    const envelope = decodeEnvelope(bytes, messageBytesMax);
    if (!seen.isNew(sender, envelope.nonce)) return null;
    return envelope.typeName === typeName ? envelope.content : null;
  };

  return {
    messageBytesMax,
    encode: (message) => bounded(encodeFrame(message)),
    decode: (bytes) => decodeFrame(bytes, messageBytesMax),
    encodePocket: (self, message) => encodeStateSync(self, message).map((content) => wrap(STATE_SYNC_TYPE, content)),
    decodePocket: (sender, bytes) => {
      const content = unwrap(sender, bytes, STATE_SYNC_TYPE);
      return content === null ? null : decodeStateSync(sender, content, messageBytesMax);
    },
    encodeGossip: (message) => wrap(HOTSTUFF_TYPE, encodeHotstuff(message, messageBytesMax)),
    decodeGossip: (author, bytes) => {
      const content = unwrap(author, bytes, HOTSTUFF_TYPE);
      return content === null ? null : decodeHotstuff(content, messageBytesMax);
    },
    encodeBlock: (block) => blockOf(block).encoded,
    decodeBlock: (bytes) => toSyncBlock(decodePocketBlock(bytes, messageBytesMax)),
  };
}
