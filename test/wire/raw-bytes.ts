import { concatBytes } from '@noble/hashes/utils.js';

/** Hand-made protobuf bytes, for what no encoder would write. */

export function varint(value: bigint | number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.of(...bytes, Number(rest));
}

export function tag(id: number, wireType: number): Uint8Array {
  return varint(id * 8 + wireType);
}

export function integerField(id: number, value: bigint | number): Uint8Array {
  return concatBytes(tag(id, 0), varint(value));
}

export function bytesField(id: number, ...parts: Uint8Array[]): Uint8Array {
  const bytes = concatBytes(...parts);
  return concatBytes(tag(id, 2), varint(bytes.length), bytes);
}

export function repeat(count: number, bytes: Uint8Array): Uint8Array {
  return concatBytes(...Array.from({ length: count }, () => bytes));
}
