import protobuf from 'protobufjs/light.js';
import type { MessageType } from './schema.ts';

/** A message to be encoded. Maps are `ReadonlyMap`, 64-bit integers number or bigint. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * The canonical proto3 bytes of a message: fields in number order, defaults left out, map entries in the byte order of
 * their keys, an optional field kept when set. These are the bytes that are signed and hashed, the same that Go's
 * deterministic marshalling and `protoc --encode` give. protobufjs's own encoder is not used for this, because it
 * writes explicit defaults and orders a map as a JavaScript object does.
 *
 * `null` and `undefined` mean "not set". Fields have the names of the .proto files. A nested message may be given as
 * its canonical bytes.
 */
export function encodeCanonical(type: MessageType<unknown>, message: Fields): Uint8Array {
  const writer = protobuf.Writer.create();
  writeMessage(writer, type.reflected, message);
  // A copy: the writer's result may be a view into a pool that it shares with others.
  return new Uint8Array(writer.finish());
}

function writeMessage(writer: protobuf.Writer, type: protobuf.Type, message: Fields): void {
  for (const field of fieldsInOrder(type)) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    if (field.map) writeMap(writer, field, value as ReadonlyMap<string, string>);
    else if (field.repeated) for (const element of value as readonly unknown[]) writeField(writer, field, element);
    else if (field.hasPresence || !isDefault(value)) writeField(writer, field, value);
  }
}

const ordered = new WeakMap<protobuf.Type, readonly protobuf.Field[]>();

function fieldsInOrder(type: protobuf.Type): readonly protobuf.Field[] {
  let fields = ordered.get(type);
  if (fields === undefined) {
    fields = type.fieldsArray.map((field) => field.resolve()).sort((a, b) => a.id - b.id);
    ordered.set(type, fields);
  }
  return fields;
}

function isDefault(value: unknown): boolean {
  if (value instanceof Uint8Array || typeof value === 'string') return value.length === 0;
  return value === 0 || value === 0n || value === false;
}

const WIRE_TYPE_VARINT = 0;
const WIRE_TYPE_BYTES = 2;

function writeField(writer: protobuf.Writer, field: protobuf.Field, value: unknown): void {
  if (field.resolvedType instanceof protobuf.Type) {
    writer.uint32(tag(field.id, WIRE_TYPE_BYTES));
    if (value instanceof Uint8Array) {
      writer.bytes(value);
      return;
    }
    writer.fork();
    writeMessage(writer, field.resolvedType, value as Fields);
    writer.ldelim();
    return;
  }
  switch (field.resolvedType instanceof protobuf.Enum ? 'int32' : field.type) {
    case 'string':
      writer.uint32(tag(field.id, WIRE_TYPE_BYTES)).string(value as string);
      return;
    case 'bytes':
      writer.uint32(tag(field.id, WIRE_TYPE_BYTES)).bytes(value as Uint8Array);
      return;
    case 'bool':
      writer.uint32(tag(field.id, WIRE_TYPE_VARINT)).bool(value as boolean);
      return;
    case 'uint32':
      writer.uint32(tag(field.id, WIRE_TYPE_VARINT)).uint32(value as number);
      return;
    case 'int32':
      writer.uint32(tag(field.id, WIRE_TYPE_VARINT)).int32(value as number);
      return;
    case 'uint64':
      writer.uint32(tag(field.id, WIRE_TYPE_VARINT)).uint64(toInt64(value as number | bigint));
      return;
    case 'int64':
      writer.uint32(tag(field.id, WIRE_TYPE_VARINT)).int64(toInt64(value as number | bigint));
      return;
    default:
      throw new TypeError(`${field.fullName}: type ${field.type} is not used by this schema`);
  }
}

function writeMap(writer: protobuf.Writer, field: protobuf.Field, entries: ReadonlyMap<string, string>): void {
  const sorted = [...entries].sort(([a], [b]) => compareUtf8(a, b));
  for (const [key, value] of sorted) {
    // Key and value are written even when empty, as every other implementation does.
    writer.uint32(tag(field.id, WIRE_TYPE_BYTES)).fork();
    writer.uint32(tag(1, WIRE_TYPE_BYTES)).string(key).uint32(tag(2, WIRE_TYPE_BYTES)).string(value);
    writer.ldelim();
  }
}

function tag(id: number, wireType: number): number {
  return ((id << 3) | wireType) >>> 0;
}

/** protobufjs parses its strings as signed, and writes the same 64 bits for both kinds. */
function toInt64(value: number | bigint): number | string {
  return typeof value === 'number' ? value : BigInt.asIntN(64, value).toString();
}

const utf8 = new TextEncoder();

/** Byte order of the UTF-8 forms, which differs from JavaScript's order of UTF-16 units above U+FFFF. */
export function compareUtf8(a: string, b: string): number {
  return compareBytes(utf8.encode(a), utf8.encode(b));
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
