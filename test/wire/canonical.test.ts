import { readFileSync } from 'node:fs';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import textformat from 'protobufjs/ext/textformat.js';
import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import { encodeCanonical } from '../../src/wire/canonical.ts';
import type { Fields } from '../../src/wire/canonical.ts';
import { decodeMessage, toUint64 } from '../../src/wire/decode.ts';
import { allMessageTypes } from '../../src/wire/schema.ts';
import type { Int64 } from '../../src/wire/schema.ts';
import { messageArbitrary, textFormat } from './message-arbitrary.ts';
import { protocEncode, protocVersion } from './protoc.ts';
import type { Vector } from './vectors/make.ts';

textformat.install();

const types = allMessageTypes().filter((type) => !type.fullName.startsWith('.google.'));
const vectors = JSON.parse(readFileSync(new URL('vectors/vectors.json', import.meta.url), 'utf8')) as Vector[];

function typeOf(name: string): protobuf.Type {
  const type = types.find(({ fullName }) => fullName === `.${name}`);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}

/** A message of protobufjs in the form that `encodeCanonical` takes: its maps are objects there. */
function fieldsOf(type: protobuf.Type, message: Fields): Fields {
  const fields: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const value = Object.hasOwn(message, field.resolve().name) ? message[field.name] : null;
    if (value === null) continue;
    const nested = field.resolvedType instanceof protobuf.Type ? field.resolvedType : null;
    if (field.map) fields[field.name] = new Map(Object.entries(value as Record<string, string>));
    else if (nested === null) fields[field.name] = field.long ? toUint64(value as Int64) : value;
    else if (field.repeated) fields[field.name] = (value as Fields[]).map((element) => fieldsOf(nested, element));
    else fields[field.name] = fieldsOf(nested, value as Fields);
  }
  return fields;
}

describe('canonical bytes', () => {
  it('has a vector of every message type', () => {
    expect(new Set(vectors.map(({ type }) => `.${type}`))).toEqual(new Set(types.map(({ fullName }) => fullName)));
  });

  it.each(vectors)('are those protoc made: $type, vector %#', ({ type, text, hex }) => {
    const reflected = typeOf(type);
    const fields = fieldsOf(reflected, reflected.fromText(text) as unknown as Fields);
    expect(bytesToHex(encodeCanonical({ reflected }, fields))).toBe(hex);
  });

  it.each(vectors)('come back from decoding and encoding again: $type, vector %#', ({ type, hex }) => {
    const reflected = typeOf(type);
    const decoded = decodeMessage<Fields>({ reflected }, hexToBytes(hex), 100_000);
    expect(bytesToHex(encodeCanonical({ reflected }, fieldsOf(reflected, decoded)))).toBe(hex);
  });

  const version = protocVersion();
  it.skipIf(version === null)(
    `agree with protoc on random messages (${version ?? 'SKIPPED: no protoc on this machine'})`,
    () => {
      const message = fc
        .constantFrom(...types)
        .chain((type) => messageArbitrary(type).map((fields) => ({ type, fields })));
      // One process a type and run, not one a message.
      const batches = fc.array(message, { minLength: 150, maxLength: 150 });
      fc.assert(
        fc.property(batches, (messages) => {
          for (const [type, group] of Map.groupBy(messages, (one) => one.type)) {
            const texts = group.map(({ fields }) => textFormat(type, fields));
            const expected = protocEncode(type.fullName.slice(1), texts).map(bytesToHex);
            const actual = group.map(({ fields }) => bytesToHex(encodeCanonical({ reflected: type }, fields)));
            expect(actual).toEqual(expected);
          }
        }),
        { numRuns: 2, endOnFailure: true },
      );
    },
  );
});
