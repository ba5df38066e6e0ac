import fc from 'fast-check';
import protobuf from 'protobufjs/light.js';
import type { Fields } from '../../src/wire/canonical.ts';

/** Random messages of any type of the schema, made from its reflection, and their protobuf text format. */

/** Fields for `encodeCanonical`: any subset, explicit defaults included, at most one member of each oneof. */
export function messageArbitrary(type: protobuf.Type): fc.Arbitrary<Fields> {
  const fields = type.fieldsArray.map((field) => field.resolve());
  const all = fc.record(
    Object.fromEntries(fields.map((field) => [field.name, fc.option(fieldArbitrary(field), { nil: null })])),
  );
  return fc.tuple(all, fc.nat()).map(([message, choice]) => keepOnePerOneof(fields, message, choice));
}

function keepOnePerOneof(fields: protobuf.Field[], message: Fields, choice: number): Fields {
  const kept = { ...message };
  for (const field of fields) {
    const members = field.partOf?.fieldsArray ?? [];
    if (members.length > 1 && members[choice % members.length] !== field) kept[field.name] = null;
  }
  return kept;
}

const text = fc.string({ unit: 'binary', maxLength: 12 });

function fieldArbitrary(field: protobuf.Field): fc.Arbitrary<unknown> {
  if (field.map) return fc.array(fc.tuple(text, text), { maxLength: 5 }).map((entries) => new Map(entries));
  const one = valueArbitrary(field);
  return field.repeated ? fc.array(one, { maxLength: 4 }) : one;
}

function valueArbitrary(field: protobuf.Field): fc.Arbitrary<unknown> {
  if (field.resolvedType instanceof protobuf.Type) return messageArbitrary(field.resolvedType);
  if (field.resolvedType instanceof protobuf.Enum) return fc.nat({ max: 9 });
  if (field.name === 'nonce' && field.type === 'uint64') return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  switch (field.type) {
    case 'string':
      return text;
    case 'bytes':
      return fc.uint8Array({ maxLength: 40 });
    case 'int64':
      return fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
    case 'bool':
      return fc.boolean();
    case 'int32':
      return fc.nat({ max: 999_999_999 });
    case 'uint64':
      return fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat());
    default:
      throw new TypeError(`no arbitrary for ${field.fullName}`);
  }
}

/** The text format that `protoc --encode` reads. */
export function textFormat(type: protobuf.Type, message: Fields): string {
  const lines: string[] = [];
  for (const field of type.fieldsArray) {
    const value = message[field.resolve().name];
    if (value === undefined || value === null) continue;
    if (field.map) {
      for (const [key, entry] of value as ReadonlyMap<string, string>) {
        lines.push(`${field.name} { key: ${quoted(key)} value: ${quoted(entry)} }`);
      }
    } else if (field.repeated) {
      for (const element of value as readonly unknown[]) lines.push(fieldText(field, element));
    } else {
      lines.push(fieldText(field, value));
    }
  }
  return lines.join(' ');
}

function fieldText(field: protobuf.Field, value: unknown): string {
  if (field.resolvedType instanceof protobuf.Type) {
    return `${field.name} { ${textFormat(field.resolvedType, value as Fields)} }`;
  }
  if (typeof value === 'string' || value instanceof Uint8Array) return `${field.name}: ${quoted(value)}`;
  return `${field.name}: ${String(value)}`;
}

function quoted(value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return `"${Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;
}
