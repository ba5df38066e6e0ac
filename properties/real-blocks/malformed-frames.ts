import { StateSyncError } from '../../src/protocol/errors.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { WIRE_LIMITS } from '../../src/wire/limits.ts';
import type { Random } from '../simulation/random.ts';
import type { RealProperty } from './property.ts';
import type { Raw } from './raw-protobuf.ts';
import { WIRE_TYPE, bytesField, integerField, tag, textField, times, varint } from './raw-protobuf.ts';
import { BLOCK_BYTES_MAX, drawBytes } from './samples.ts';

/** Fields of our own frame, and of a block's header; see src/wire/proto. */
const REQUEST_ID = 1;
const METADATA_REQUEST = 2;
const METADATA = 3;
const GET_BLOCKS = 4;
const BLOCKS = 5;
const NO_BLOCK = 6;
const HEADER = { height: 1, networkId: 2, timestamp: 7, treeHashes: 8 } as const;
/** One that the schema does not have. */
const UNKNOWN = 99;

export const malformedFramesAreRefused: RealProperty = {
  name: 'malformed-frames-are-refused',
  clauses: ['LIMIT', 'MODE-8'],
  says:
    'A frame whose structure no encoder would write, or that holds more of anything than it may, is refused with an error ' +
    'of the closed set; what is unknown in a good one is passed over; and nothing is sent that no peer would read.',
  check: (random) => {
    const codec = createPocketCodec({ blockBytesMax: BLOCK_BYTES_MAX });
    const outcome = (frame: Raw): string => {
      try {
        return codec.decode(Uint8Array.from(frame)).type;
      } catch (error) {
        return error instanceof StateSyncError ? error.code : `thrown: ${String(error)}`;
      }
    };
    for (const { what, frame, gives } of goodFrames(random)) {
      if (outcome(frame) !== gives) return `${what}: ${outcome(frame)}`;
    }
    for (const { what, frame, gives } of badFrames(random)) {
      if (outcome(frame) !== gives) return `${what}: ${outcome(frame)}, where ${gives} is due`;
    }
    return sendsNothingTooLarge(codec, random);
  },
};

interface Case {
  readonly what: string;
  readonly frame: Raw;
  /** The type of the message, or the code of the error. */
  readonly gives: string;
}

function goodFrames(random: Random): readonly Case[] {
  const claim = bytesField(METADATA, integerField(2, BigInt(random.whole(0, 1e9))));
  const unknown = [
    ...integerField(UNKNOWN, 2n ** 64n - 1n),
    ...bytesField(UNKNOWN, [...drawBytes(random, random.whole(0, 30))]),
    ...tag(UNKNOWN, WIRE_TYPE.fixed32),
    ...drawBytes(random, 4),
    ...tag(UNKNOWN, WIRE_TYPE.fixed64),
    ...drawBytes(random, 8),
  ];
  const header = [...integerField(HEADER.height, 1n), ...textField(HEADER.networkId, 'é'.repeat(100))];
  return [
    { what: 'unknown fields before a claim', frame: [...unknown, ...claim], gives: 'metadata' },
    { what: 'unknown fields after a claim', frame: [...claim, ...unknown], gives: 'metadata' },
    { what: 'a block with a header and no more', frame: blockFrame(header), gives: 'blocks' },
    { what: 'the last year there is', frame: blockFrame([...header, ...timestamp(LAST_SECOND, 0n)]), gives: 'blocks' },
    {
      what: 'a year before 1970',
      frame: blockFrame([...header, ...timestamp(2n ** 64n - 86_400n, 0n)]),
      gives: 'blocks',
    },
    {
      what: 'as many tree hashes as there may be',
      frame: blockFrame([...header, ...treeHashes(WIRE_LIMITS.treeHashesPerHeaderMax)]),
      gives: 'blocks',
    },
  ];
}

const LAST_SECOND = BigInt(WIRE_LIMITS.timestampSecondsMax);

function badFrames(random: Random): readonly Case[] {
  const claim = integerField(2, BigInt(random.whole(0, 1e9)));
  const height = integerField(HEADER.height, 1n);
  const field = random.pick([METADATA, GET_BLOCKS, BLOCKS, NO_BLOCK]);
  const cut = [...tag(UNKNOWN, WIRE_TYPE.bytes), ...varint(BigInt(random.whole(2, 1_000))), 1];
  const malformed: Readonly<Record<string, Raw>> = {
    'no body': integerField(REQUEST_ID, 7n),
    'a claim twice': times(2, bytesField(METADATA, claim)),
    'an end twice in a claim': bytesField(METADATA, times(2, claim)),
    'a claim and a question': [...bytesField(METADATA, claim), ...bytesField(METADATA_REQUEST, [])],
    'field number 0': [...tag(0, WIRE_TYPE.varint), 1, ...bytesField(METADATA, claim)],
    'a field number above 2^29': [...varint(2n ** 32n), 1, ...bytesField(METADATA, claim)],
    'a body as an integer': [...tag(field, WIRE_TYPE.varint), 1],
    'a body as a group': [...tag(field, WIRE_TYPE.group), ...tag(field, 4)],
    'a height as bytes': bytesField(NO_BLOCK, bytesField(1, [1])),
    'a height as four bytes, which could be read as an integer and more': bytesField(NO_BLOCK, [
      ...tag(1, WIRE_TYPE.fixed32),
      1,
      ...integerField(UNKNOWN, 1n),
    ]),
    'an unknown group': [...bytesField(METADATA, claim), ...tag(UNKNOWN, WIRE_TYPE.group), ...tag(UNKNOWN, 4)],
    'an unknown field that is cut short': [...bytesField(METADATA, claim), ...cut],
    'a claim that is cut short': [...tag(METADATA, WIRE_TYPE.bytes), ...varint(BigInt(claim.length + 1)), ...claim],
    'a claim that reaches over its end': bytesField(METADATA, [...tag(2, WIRE_TYPE.varint), 0x80]),
    'an integer of eleven bytes': bytesField(NO_BLOCK, [...tag(1, WIRE_TYPE.varint), ...times(10, [0x80]), 0]),
    'an integer above 64 bits': bytesField(NO_BLOCK, [...tag(1, WIRE_TYPE.varint), ...times(9, [0xff]), 2]),
    'a request id above 2^53': [...integerField(REQUEST_ID, 2n ** 53n), ...bytesField(NO_BLOCK, integerField(1, 1n))],
    'more, which is neither yes nor no': bytesField(BLOCKS, [
      ...bytesField(1, bytesField(1, height)),
      ...integerField(2, 2n),
    ]),
    'an answer without blocks': bytesField(BLOCKS, []),
    'blocks of 0 bytes': bytesField(GET_BLOCKS, [
      ...integerField(1, 1n),
      ...integerField(2, 1n),
      ...integerField(3, 0n),
    ]),
    'a name that is not UTF-8': blockFrame([...height, ...bytesField(HEADER.networkId, [0xc3, 0x28])]),
    'nanoseconds of more than a second': blockFrame([...height, ...timestamp(1n, 10n ** 9n)]),
    'a year above 9999': blockFrame([...height, ...timestamp(LAST_SECOND + 1n, 0n)]),
    'a year before 1': blockFrame([...height, ...timestamp(2n ** 63n, 0n)]),
    'a header twice': bytesField(BLOCKS, bytesField(1, times(2, bytesField(1, height)))),
  };
  const oversize: Readonly<Record<string, Raw>> = {
    'a name that is too long': blockFrame([
      ...height,
      ...textField(HEADER.networkId, 'n'.repeat(WIRE_LIMITS.stringBytesMax + 1)),
    ]),
    'more blocks than an answer may have': bytesField(
      BLOCKS,
      times(WIRE_LIMITS.blocksPerRangeMax + 1, bytesField(1, [])),
    ),
    'more tree hashes than a header may have': blockFrame([
      ...height,
      ...treeHashes(WIRE_LIMITS.treeHashesPerHeaderMax + 1),
    ]),
  };
  const high = integerField(1, 2n ** 53n + BigInt(random.whole(0, 1_000)));
  const outOfRange: Readonly<Record<string, Raw>> = {
    'a height above 2^53 that is not there': bytesField(NO_BLOCK, high),
    'a block of a height above 2^53': blockFrame(high),
  };
  return [
    ...casesOf(malformed, 'MALFORMED_MESSAGE'),
    ...casesOf(oversize, 'OVERSIZE_MESSAGE'),
    ...casesOf(outOfRange, 'HEIGHT_OUT_OF_RANGE'),
  ];
}

function casesOf(frames: Readonly<Record<string, Raw>>, gives: string): readonly Case[] {
  return Object.entries(frames).map(([what, frame]) => ({ what, frame, gives }));
}

/** An answer with one block that has this header. */
function blockFrame(header: Raw): Raw {
  return bytesField(BLOCKS, bytesField(1, bytesField(1, header)));
}

function timestamp(seconds: bigint, nanos: bigint): Raw {
  return bytesField(HEADER.timestamp, [...integerField(1, seconds), ...integerField(2, nanos)]);
}

function treeHashes(count: number): Raw {
  const entries = Array.from({ length: count }, (_, i) =>
    bytesField(HEADER.treeHashes, [...textField(1, `t${i}`), ...textField(2, 'h')]),
  );
  return entries.flat();
}

function sendsNothingTooLarge(codec: ReturnType<typeof createPocketCodec>, random: Random): true | string {
  const header = [...integerField(HEADER.height, 1n), ...textField(HEADER.networkId, 'n')];
  const stored = (transactionBytes: number) => {
    return codec.decodeBlock(
      Uint8Array.from([...bytesField(1, header), ...bytesField(2, [...new Uint8Array(transactionBytes)])]),
    );
  };
  // Each may be sent alone; three of them are too much.
  const bytesMin = Math.ceil(codec.messageBytesMax / 3);
  const blocks = Array.from({ length: 3 }, () => stored(random.whole(bytesMin, BLOCK_BYTES_MAX - 1_000)));
  try {
    const { length } = codec.encode({ type: 'blocks', requestId: 1, blocks });
    return `a frame of ${length} bytes is sent, where ${codec.messageBytesMax} are read`;
  } catch (error) {
    const code = error instanceof StateSyncError ? error.code : String(error);
    return code === 'OVERSIZE_MESSAGE' ? true : `a frame that is too large to be sent: ${code}`;
  }
}
