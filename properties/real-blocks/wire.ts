import { StateSyncError } from '../../src/protocol/errors.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import { toSyncBlock } from '../../src/wire/blocks.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { WIRE_LIMITS } from '../../src/wire/limits.ts';
import type { Random } from '../simulation/random.ts';
import type { RealProperty } from './property.ts';
import { bytesField, integerField } from './raw-protobuf.ts';
import { BLOCK_BYTES_MAX, drawBytes, drawSample } from './samples.ts';

function newCodec() {
  return createPocketCodec({ blockBytesMax: BLOCK_BYTES_MAX });
}

export const messagesSurviveTheWire: RealProperty = {
  name: 'messages-survive-the-wire',
  clauses: ['SERVE-2', 'SERVE-3', 'CHUNK-1'],
  says: 'What is sent is what arrives, on our own wire and, as far as it can say it, on the one of Pocket.',
  check: (random) => {
    const codec = newCodec();
    for (const message of drawMessages(random)) {
      const arrived = codec.decode(codec.encode(message));
      if (inWords(arrived) !== inWords(message)) return `${inWords(message)} arrives as ${inWords(arrived)}`;
      const sent = codec.encodePocket('aa', message);
      if (sent.length !== sayableOnPocket(message)) return `${inWords(message)} takes ${sent.length} messages`;
      for (const bytes of sent) {
        const pocket = codec.decodePocket('aa', bytes);
        const words = pocket === null ? 'nothing' : inWords(pocket);
        // Pocket's wire has no request ids, no limits to an answer, and no answers in parts.
        const said = inWords(asPocketSaysIt(message));
        if (pocket === null || (sent.length === 1 && words !== said))
          return `${inWords(message)} arrives over Pocket's wire as ${words}`;
      }
    }
    return true;
  },
};

export const sendersAreWhoTheyAre: RealProperty = {
  name: 'senders-are-who-they-are',
  clauses: ['META-1'],
  says: "An address in a message that is not its sender's is refused, whatever the message says (A32).",
  check: (random) => {
    const codec = newCodec();
    for (const message of drawMessages(random)) {
      for (const bytes of codec.encodePocket('bb', message)) {
        const code = codeOf(() => codec.decodePocket('cc', bytes));
        if (code !== 'SPOOFED_ADDRESS') return `${message.type} in the name of another: ${code}`;
      }
    }
    return true;
  },
};

export const repeatsAreDropped: RealProperty = {
  name: 'repeats-are-dropped',
  clauses: ['META-1', 'LIMIT'],
  says: 'A nonce counts once a sender: what is repeated is dropped, and nobody can use up the nonces of another.',
  check: (random) => {
    const codec = newCodec();
    const [bytes] = codec.encodePocket('dd', drawMetadata(random));
    if (bytes === undefined) return 'metadata cannot be said';
    if (codeOf(() => codec.decodePocket('ee', bytes)) !== 'SPOOFED_ADDRESS') return 'an overheard message is taken';
    if (codec.decodePocket('dd', bytes) === null) return 'who overhears a nonce can use it up';
    return codec.decodePocket('dd', bytes) === null ? true : 'a repeated message is taken twice';
  },
};

export const badBytesAreRefused: RealProperty = {
  name: 'bad-bytes-are-refused',
  clauses: ['LIMIT', 'MODE-8'],
  says: 'Bytes that are too many, too high or no message give an error of the closed set, and nothing else escapes.',
  check: (random) => {
    const codec = newCodec();
    const decoders = [
      (bytes: Uint8Array) => codec.decode(bytes),
      (bytes: Uint8Array) => codec.decodePocket('ff', bytes),
      (bytes: Uint8Array) => codec.decodeGossip('ff', bytes),
      (bytes: Uint8Array) => codec.decodeBlock(bytes),
    ];
    for (const decode of decoders) {
      const code = codeOf(() => decode(new Uint8Array(codec.messageBytesMax + random.whole(1, 100))));
      if (code !== 'OVERSIZE_MESSAGE') return `a message above the limit: ${code}`;
    }
    for (const message of drawMessages(random)) {
      const bytes = codec.encode(message);
      const cut = bytes.slice(0, random.whole(0, bytes.length - 1));
      const flipped = bytes.slice();
      const at = random.whole(0, flipped.length - 1);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.whole(0, 7));
      for (const spoiled of [cut, flipped, drawBytes(random, random.whole(0, 40))]) {
        for (const decode of decoders) {
          const code = codeOf(() => decode(spoiled));
          if (code === 'thrown') return `bytes [${spoiled.join(' ')}] are thrown at the node`;
        }
      }
    }
    return checkHeights(codec.decode.bind(codec), random) ?? true;
  },
};

/** Claims and ranges by hand, since an encoder would not make them. */
function checkHeights(decode: (bytes: Uint8Array) => unknown, random: Random): string | null {
  const high = 2n ** 53n + BigInt(random.whole(0, 1_000_000));
  const claim = codeOf(() => decode(frame(3, 1n, high)));
  if (claim !== 'HEIGHT_OUT_OF_RANGE') return `a claim up to ${high}: ${claim}`;
  const from = BigInt(random.whole(2, 1_000));
  const inverted = codeOf(() => decode(frame(4, from, from - 1n)));
  if (inverted !== 'MALFORMED_MESSAGE') return `a range from ${from} down: ${inverted}`;
  const long = codeOf(() => decode(frame(4, from, from + BigInt(WIRE_LIMITS.blocksPerRangeMax))));
  return long === 'MALFORMED_MESSAGE' ? null : `a range of ${WIRE_LIMITS.blocksPerRangeMax + 1} heights: ${long}`;
}

/** A frame with a message of two integers in the given field. */
function frame(field: number, first: bigint, second: bigint): Uint8Array {
  return Uint8Array.from(bytesField(field, [...integerField(1, first), ...integerField(2, second)]));
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'taken';
  } catch (error) {
    return error instanceof StateSyncError ? error.code : 'thrown';
  }
}

function drawMetadata(random: Random): PeerMessage {
  const minHeight = random.whole(0, 1_000);
  return { type: 'metadata', minHeight, maxHeight: minHeight + random.whole(0, 1e12) };
}

function drawMessages(random: Random): PeerMessage[] {
  const from = random.whole(1, 1e9);
  const to = from + random.whole(0, 20);
  const blocks = Array.from({ length: random.whole(1, 3) }, () => toSyncBlock(drawSample(random).served));
  return [
    { type: 'metadataRequest' },
    drawMetadata(random),
    { type: 'getBlocks', requestId: 7, from, to: random.pick([from, to]) },
    { type: 'getBlocks', requestId: 7, from, to, bytesMax: random.whole(1, 1e12) },
    { type: 'blocks', requestId: 7, blocks },
    { type: 'blocks', requestId: 8, blocks, more: true },
    { type: 'noBlock', requestId: 7, height: from },
  ];
}

/** How many of Pocket's messages it takes. */
function sayableOnPocket(message: PeerMessage): number {
  if (message.type === 'noBlock') return 0;
  if (message.type === 'getBlocks') return message.to - message.from + 1;
  return message.type === 'blocks' ? message.blocks.length : 1;
}

function asPocketSaysIt(message: PeerMessage): PeerMessage {
  if (message.type === 'getBlocks') return { type: 'getBlocks', requestId: null, from: message.from, to: message.to };
  return message.type === 'blocks' ? { type: 'blocks', requestId: null, blocks: message.blocks } : message;
}

function inWords(message: PeerMessage): string {
  return JSON.stringify(message, (key, value: unknown) => (key === 'body' ? undefined : value));
}
