import protobuf from 'protobufjs/light.js';
import { CanonicalWriter } from './canonical-writer.ts';
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
  try {
    writeMessage(planOf(type.reflected), message);
    return writer.finish();
  } finally {
    writer.reset();
  }
}

/** Encoding is never interrupted, so one writer serves all. */
const writer = new CanonicalWriter();

interface FieldPlan {
  readonly name: string;
  readonly tag: number;
  readonly kind: 'message' | 'map' | 'string' | 'bytes' | 'bool' | 'integer';
  readonly repeated: boolean;
  /** An explicit default is written. */
  readonly keepsDefault: boolean;
  readonly type: protobuf.Type | null;
}

const plans = new WeakMap<protobuf.Type, readonly FieldPlan[]>();

/** The fields from the highest number to the lowest, since they are written backwards. */
function planOf(type: protobuf.Type): readonly FieldPlan[] {
  let plan = plans.get(type);
  if (plan === undefined) {
    const fields = type.fieldsArray.map((field) => field.resolve()).sort((a, b) => b.id - a.id);
    plan = fields.map(planField);
    plans.set(type, plan);
  }
  return plan;
}

const WIRE_TYPE_VARINT = 0;
const WIRE_TYPE_BYTES = 2;
const INTEGERS: ReadonlySet<string> = new Set(['uint32', 'int32', 'uint64', 'int64']);

function planField(field: protobuf.Field): FieldPlan {
  const kind = kindOf(field);
  const wireType = kind === 'integer' || kind === 'bool' ? WIRE_TYPE_VARINT : WIRE_TYPE_BYTES;
  return {
    name: field.name,
    tag: tag(field.id, wireType),
    kind,
    repeated: field.repeated,
    keepsDefault: field.hasPresence,
    type: field.resolvedType instanceof protobuf.Type ? field.resolvedType : null,
  };
}

function kindOf(field: protobuf.Field): FieldPlan['kind'] {
  if (field.map) return 'map';
  if (field.resolvedType instanceof protobuf.Type) return 'message';
  if (field.resolvedType instanceof protobuf.Enum || INTEGERS.has(field.type)) return 'integer';
  if (field.type === 'string' || field.type === 'bytes' || field.type === 'bool') return field.type;
  throw new TypeError(`${field.fullName}: type ${field.type} is not used by this schema`);
}

function writeMessage(plan: readonly FieldPlan[], message: Fields): void {
  for (const field of plan) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    if (field.kind === 'map') writeMap(field.tag, value as ReadonlyMap<string, string>);
    else if (field.repeated) {
      const elements = value as readonly unknown[];
      for (let index = elements.length - 1; index >= 0; index -= 1) writeField(field, elements[index]);
    } else if (field.keepsDefault || !isDefault(value)) writeField(field, value);
  }
}

function isDefault(value: unknown): boolean {
  if (value instanceof Uint8Array || typeof value === 'string') return value.length === 0;
  return value === 0 || value === 0n || value === false;
}

function writeField({ kind, tag: fieldTag, type }: FieldPlan, value: unknown): void {
  if (kind === 'integer') writer.varint(value as number | bigint);
  else if (kind === 'bool') writer.varint(value === true ? 1 : 0);
  else {
    const before = writer.length;
    if (value instanceof Uint8Array) writer.raw(value);
    else if (type !== null) writeMessage(planOf(type), value as Fields);
    else writer.text(value as string);
    writer.varint(writer.length - before);
  }
  writer.varint(fieldTag);
}

function writeMap(fieldTag: number, entries: ReadonlyMap<string, string>): void {
  if (entries.size === 0) return;
  const sorted = [...entries].sort(([a], [b]) => compareUtf8(b, a));
  for (const [key, value] of sorted) {
    const before = writer.length;
    // Key and value are written even when empty, as every other implementation does.
    writeEntryText(2, value);
    writeEntryText(1, key);
    writer.varint(writer.length - before);
    writer.varint(fieldTag);
  }
}

function writeEntryText(id: number, text: string): void {
  const before = writer.length;
  writer.text(text);
  writer.varint(writer.length - before);
  writer.varint(tag(id, WIRE_TYPE_BYTES));
}

function tag(id: number, wireType: number): number {
  return ((id << 3) | wireType) >>> 0;
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
