import protobuf from 'protobufjs/light.js';
import { StateSyncError } from '../protocol/errors.ts';
import { ELEMENTS_MAX, FULL_WIDTH_FIELDS, HEIGHT_FIELDS, WIRE_LIMITS } from './limits.ts';

/**
 * Walks the raw bytes of a message before anything is decoded, and refuses what a decoder would choke on, guess about
 * or allocate too much for: truncation, groups, invalid tags, wrong wire types, invalid UTF-8, too many elements, too
 * long strings, integers out of range, and a singular field or a oneof that is set twice (no encoder writes that, and
 * implementations differ on what it means). Unknown fields are skipped. It allocates no more than a counter a message,
 * and its depth is the schema's, since what is unknown is never entered.
 *
 * @throws StateSyncError MALFORMED_MESSAGE, OVERSIZE_MESSAGE, HEIGHT_OUT_OF_RANGE
 */
export function scanMessage(type: protobuf.Type, bytes: Uint8Array): void {
  const scan: Scan = { bytes, position: 0, elements: 0 };
  scanFields(scan, planOf(type), bytes.length);
}

interface Scan {
  readonly bytes: Uint8Array;
  position: number;
  /** Repeated and map elements seen so far in the whole message. */
  elements: number;
}

interface FieldPlan {
  readonly name: string;
  readonly wireType: number;
  /** Infinity for no limit of its own; 1 for a singular field. */
  readonly elementsMax: number;
  readonly repeated: boolean;
  /** The oneof the field is part of. */
  readonly oneof: string | null;
  readonly check: 'message' | 'string' | 'bytes' | 'height' | 'safe' | 'full' | 'bool' | 'int32' | 'seconds' | 'nanos';
  readonly message: MessagePlan | null;
}

interface MessagePlan {
  readonly name: string;
  readonly fields: ReadonlyMap<number, FieldPlan>;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

function scanFields(scan: Scan, plan: MessagePlan, end: number): void {
  const counts = new Map<number, number>();
  const oneofs = new Map<string, string>();
  while (scan.position < end) {
    const tag = readVarint(scan, end, plan.name);
    const id = Math.floor(tag / 8);
    if (tag > 0xffff_ffff || id === 0) malformed(plan.name, 'a field number is out of range');
    const field = plan.fields.get(id);
    if (field === undefined) {
      skipUnknown(scan, tag % 8, end, plan.name);
      continue;
    }
    if (tag % 8 !== field.wireType) malformed(field.name, `wire type ${String(tag % 8)} is not the field's`);
    count(scan, counts, oneofs, id, field);
    scanValue(scan, field, end);
  }
}

function count(
  scan: Scan,
  counts: Map<number, number>,
  oneofs: Map<string, string>,
  id: number,
  field: FieldPlan,
): void {
  const seen = (counts.get(id) ?? 0) + 1;
  counts.set(id, seen);
  if (field.repeated) {
    scan.elements += 1;
    if (seen > field.elementsMax) oversize(field.name, `more than ${String(field.elementsMax)} elements`);
    if (scan.elements > WIRE_LIMITS.elementsPerMessageMax) {
      oversize(field.name, `more than ${String(WIRE_LIMITS.elementsPerMessageMax)} elements in one message`);
    }
    return;
  }
  if (seen > 1) malformed(field.name, 'is there twice');
  if (field.oneof === null) return;
  const other = oneofs.get(field.oneof);
  if (other !== undefined) malformed(field.name, `is there together with ${other}`);
  oneofs.set(field.oneof, field.name);
}

function scanValue(scan: Scan, field: FieldPlan, end: number): void {
  if (field.wireType === VARINT) return checkInteger(readVarint(scan, end, field.name), field);
  const length = readVarint(scan, end, field.name);
  if (length > end - scan.position) malformed(field.name, 'is cut short');
  const valueEnd = scan.position + length;
  if (field.check === 'string') checkString(scan.bytes.subarray(scan.position, valueEnd), field);
  if (field.message === null) scan.position = valueEnd;
  else scanFields(scan, field.message, valueEnd);
}

function checkInteger(value: number, field: FieldPlan): void {
  switch (field.check) {
    case 'height':
      if (value > Number.MAX_SAFE_INTEGER) {
        throw new StateSyncError('HEIGHT_OUT_OF_RANGE', `${field.name} is ${String(value)}, above 2^53 - 1`);
      }
      return;
    case 'safe':
      if (value > Number.MAX_SAFE_INTEGER) malformed(field.name, 'is above 2^53 - 1');
      return;
    case 'bool':
      if (value > 1) malformed(field.name, 'is neither true nor false');
      return;
    case 'int32':
      if (value > 0x7fff_ffff) malformed(field.name, 'is out of range');
      return;
    case 'nanos':
      if (value > WIRE_LIMITS.timestampNanosMax) malformed(field.name, 'is out of range');
      return;
    case 'seconds': {
      // A negative number is its two's complement here, rounded to 2^11: a limit in years does not mind.
      const negative = value >= 2 ** 64 + WIRE_LIMITS.timestampSecondsMin;
      if (value > WIRE_LIMITS.timestampSecondsMax && !negative) malformed(field.name, 'is not in the years 1 to 9999');
      return;
    }
    default:
      return;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function checkString(bytes: Uint8Array, field: FieldPlan): void {
  if (bytes.length > WIRE_LIMITS.stringBytesMax) {
    oversize(field.name, `longer than ${String(WIRE_LIMITS.stringBytesMax)} bytes`);
  }
  if (isAscii(bytes)) return;
  try {
    strictUtf8.decode(bytes);
  } catch (cause) {
    throw new StateSyncError('MALFORMED_MESSAGE', `${field.name} is not UTF-8`, { cause });
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 0x7f) return false;
  return true;
}

function skipUnknown(scan: Scan, wireType: number, end: number, name: string): void {
  if (wireType === VARINT) {
    readVarint(scan, end, name);
    return;
  }
  if (wireType !== LENGTH_DELIMITED && wireType !== FIXED32 && wireType !== FIXED64) {
    malformed(name, `wire type ${String(wireType)} is not allowed`);
  }
  const length = wireType === FIXED32 ? 4 : wireType === FIXED64 ? 8 : readVarint(scan, end, name);
  if (length > end - scan.position) malformed(name, 'an unknown field is cut short');
  scan.position += length;
}

const VARINT_BYTES_MAX = 10;

/** At most 64 bits. Above 2^53 the result is rounded, but never to below 2^53. */
function readVarint(scan: Scan, end: number, name: string): number {
  let value = 0;
  let factor = 1;
  for (let length = 1; scan.position < end; length += 1) {
    const byte = scan.bytes[scan.position] ?? 0;
    scan.position += 1;
    if (length === VARINT_BYTES_MAX && byte > 1) return malformed(name, 'an integer is longer than 64 bits');
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }
  return malformed(name, 'an integer is cut short');
}

const plans = new WeakMap<protobuf.Type, MessagePlan>();

function planOf(type: protobuf.Type): MessagePlan {
  const known = plans.get(type);
  if (known !== undefined) return known;
  const fields = new Map<number, FieldPlan>();
  const plan: MessagePlan = { name: type.fullName.slice(1), fields };
  plans.set(type, plan);
  for (const field of type.fieldsArray) fields.set(field.id, planField(field.resolve()));
  return plan;
}

function planField(field: protobuf.Field): FieldPlan {
  const name = field.fullName.slice(1);
  const repeated = field.repeated || field.map;
  const elementsMax = repeated ? ELEMENTS_MAX[field.fullName] : 1;
  if (elementsMax === undefined) throw new TypeError(`${name} has no limit in ELEMENTS_MAX`);
  const shared = { name, repeated, elementsMax, oneof: field.partOf?.name ?? null };
  if (field.map) return { ...shared, wireType: LENGTH_DELIMITED, check: 'message', message: stringEntry(name) };
  if (field.resolvedType instanceof protobuf.Type) {
    return { ...shared, wireType: LENGTH_DELIMITED, check: 'message', message: planOf(field.resolvedType) };
  }
  if (field.type === 'string' || field.type === 'bytes') {
    return { ...shared, wireType: LENGTH_DELIMITED, check: field.type, message: null };
  }
  return { ...shared, wireType: VARINT, check: integerCheck(field), message: null };
}

function stringEntry(name: string): MessagePlan {
  const field = (part: string): FieldPlan => ({
    name: `${name}.${part}`,
    wireType: LENGTH_DELIMITED,
    elementsMax: 1,
    repeated: false,
    oneof: null,
    check: 'string',
    message: null,
  });
  return {
    name,
    fields: new Map([
      [1, field('key')],
      [2, field('value')],
    ]),
  };
}

function integerCheck(field: protobuf.Field): FieldPlan['check'] {
  if (field.resolvedType instanceof protobuf.Enum) return 'int32';
  if (field.fullName === '.google.protobuf.Timestamp.seconds') return 'seconds';
  if (field.fullName === '.google.protobuf.Timestamp.nanos') return 'nanos';
  if (HEIGHT_FIELDS.has(field.fullName)) return 'height';
  if (FULL_WIDTH_FIELDS.has(field.fullName)) return 'full';
  if (field.type === 'uint64') return 'safe';
  if (field.type === 'bool') return 'bool';
  throw new TypeError(`${field.fullName}: type ${field.type} is not used by this schema`);
}

function malformed(name: string, problem: string): never {
  throw new StateSyncError('MALFORMED_MESSAGE', `${name}: ${problem}`);
}

function oversize(name: string, problem: string): never {
  throw new StateSyncError('OVERSIZE_MESSAGE', `${name}: ${problem}`);
}
