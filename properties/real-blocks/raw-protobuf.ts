/** Protobuf by hand: what no encoder would write. */
export type Raw = readonly number[];

export const WIRE_TYPE = { varint: 0, fixed64: 1, bytes: 2, group: 3, fixed32: 5 } as const;

export function tag(field: number, wireType: number): Raw {
  return varint((BigInt(field) << 3n) | BigInt(wireType));
}

export function varint(value: bigint): Raw {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

export function integerField(field: number, value: bigint): Raw {
  return [...tag(field, WIRE_TYPE.varint), ...varint(value)];
}

export function bytesField(field: number, content: Raw): Raw {
  return [...tag(field, WIRE_TYPE.bytes), ...varint(BigInt(content.length)), ...content];
}

export function textField(field: number, content: string): Raw {
  return bytesField(field, [...new TextEncoder().encode(content)]);
}

/** The same piece over and over. */
export function times(count: number, piece: Raw): Raw {
  return Array.from({ length: count }, () => piece).flat();
}
