import protobuf from 'protobufjs/light.js';
import { StateSyncError } from '../protocol/errors.ts';
import { scanMessage } from './scan.ts';
import type { Int64, MessageType } from './schema.ts';

/**
 * Decodes one message, strictly: the length first, then the structure (`scanMessage`), then the values. Byte fields of
 * the result are views into `bytes`.
 *
 * @param bytesMax the longest input that is looked at
 * @throws StateSyncError OVERSIZE_MESSAGE, MALFORMED_MESSAGE, HEIGHT_OUT_OF_RANGE
 */
export function decodeMessage<Shape>(type: MessageType<Shape>, bytes: Uint8Array, bytesMax: number): Shape {
  if (bytes.length > bytesMax) {
    throw new StateSyncError(
      'OVERSIZE_MESSAGE',
      `${type.reflected.name} of ${String(bytes.length)} bytes, the limit is ${String(bytesMax)}`,
    );
  }
  scanMessage(type.reflected, bytes);
  return decodeScanned(type, bytes);
}

/** Decodes bytes that this process encoded itself or has scanned already. */
export function decodeScanned<Shape>(type: MessageType<Shape>, bytes: Uint8Array): Shape {
  // A plain view: from a Node Buffer protobufjs would make Buffers, whose `slice` means something else.
  const reader = protobuf.Reader.create(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  reader.discardUnknown = true;
  try {
    return type.reflected.decode(reader) as unknown as Shape;
  } catch (cause) {
    throw new StateSyncError('MALFORMED_MESSAGE', `${type.reflected.name} cannot be decoded`, { cause });
  }
}

/** For fields that the scan has found to be safe integers. */
export function toNumber(value: Int64): number {
  return value.toNumber();
}

/** All 64 bits, unsigned. */
export function toUint64(value: Int64): bigint {
  return (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
}
