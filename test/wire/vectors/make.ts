/**
 * Makes `vectors.json` beside this file with protoc: `npm run vectors:wire`. The messages are random from a fixed seed,
 * and a few by hand, so that the file changes only when this script or the schema does.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { allMessageTypes } from '../../../src/wire/schema.ts';
import { messageArbitrary, textFormat } from '../message-arbitrary.ts';
import { protocEncode, protocVersion } from '../protoc.ts';

/** One message: its type, its protobuf text format, and the bytes protoc makes of it. */
export interface Vector {
  readonly type: string;
  readonly text: string;
  readonly hex: string;
}

const SEED = 20_231_101;
const PER_TYPE = 3;

const BY_HAND: readonly (readonly [type: string, text: string])[] = [
  ['core.Block', ''],
  ['core.Block', 'blockHeader { height: 0 networkId: "" timestamp { seconds: 0 nanos: 0 } } transactions: ""'],
  ['core.BlockHeader', 'timestamp { seconds: -1 nanos: 5 }'],
  [
    'core.BlockHeader',
    // The order of bytes is neither that of a JavaScript object (9 before 10) nor of UTF-16 units (the last two).
    ['10', '9', '', '__proto__', '\\357\\277\\275', '\\360\\220\\200\\200']
      .reverse()
      .map((key) => `state_tree_hashes { key: "${key}" value: "" }`)
      .join(' '),
  ],
  ['consensus.HotstuffMessage', 'height: 3 step: HOTSTUFF_STEP_COMMIT block { blockHeader { height: 3 } }'],
  ['consensus.HotstuffMessage', 'threshold_signature { }'],
  ['utility.MessageUnstake', 'actor_type: ACTOR_TYPE_VAL signer: ""'],
  ['pocket.PocketEnvelope', 'content { } nonce: 18446744073709551615'],
  ['pocket_state_sync.v2.Frame', 'request_id: 0 metadata_request { }'],
  ['pocket_state_sync.v2.Frame', 'request_id: 1 get_blocks { from: 1 to: 2 bytes_max: 9007199254740991 }'],
  ['pocket_state_sync.v2.Frame', 'request_id: 1 blocks { blocks { } more: true }'],
  ['pocket_state_sync.v2.Frame', 'request_id: 1 blocks { blocks { } more: false }'],
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (protocVersion() === null) throw new Error('protoc is not installed (Debian: apt-get install protobuf-compiler)');
  const types = allMessageTypes().filter((type) => !type.fullName.startsWith('.google.'));
  const random = types.flatMap((type) =>
    fc
      .sample(messageArbitrary(type), { seed: SEED, numRuns: PER_TYPE })
      .map((message) => [type.fullName.slice(1), textFormat(type, message)] as const),
  );
  const vectors = [...BY_HAND, ...random].map(([type, text]): Vector => {
    const [bytes = new Uint8Array()] = protocEncode(type, [text]);
    return { type, text, hex: bytesToHex(bytes) };
  });
  const path = fileURLToPath(new URL('vectors.json', import.meta.url));
  writeFileSync(path, `${JSON.stringify(vectors, null, 2)}\n`);
}
