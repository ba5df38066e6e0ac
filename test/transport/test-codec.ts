import type { WireCodec } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import type { GossipMessage, PeerMessage } from '../../src/protocol/messages.ts';

interface PocketText {
  readonly peerAddress: string;
  readonly message: PeerMessage;
}

/** A wire codec of readable text, so that transport tests see the transport and nothing else. */
export function createTestCodec(messageBytesMax = 1_000_000): WireCodec {
  const parse = (bytes: Uint8Array): unknown => {
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (cause) {
      throw new StateSyncError('MALFORMED_MESSAGE', 'not JSON', { cause });
    }
  };
  const print = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  return {
    messageBytesMax,
    encode: print,
    decode: (bytes) => parse(bytes) as PeerMessage,
    encodePocket: (peerAddress, message) => (message.type === 'noBlock' ? [] : [print({ peerAddress, message })]),
    decodePocket(sender, bytes) {
      const text = parse(bytes) as PocketText | null;
      if (text === null) return null;
      if (text.peerAddress === sender) return text.message;
      throw new StateSyncError('SPOOFED_ADDRESS', `the message of ${sender} says it is from ${text.peerAddress}`);
    },
    encodeGossip: print,
    decodeGossip: (_author, bytes) => parse(bytes) as GossipMessage | null,
  };
}

/** A block of at least that many bytes on the wire of the test codec. */
export function textBlock(height: number, bytes: number): SyncBlock {
  const [id, parentId] = [`state-${height}`, `state-${height - 1}`];
  return { height, id, parentId, contentId: `content-${height}`, bytes, body: 'x'.repeat(bytes) };
}
