/**
 * The length-delimited fields of a message that this process encoded itself, in order, as views into its bytes. Varint
 * fields are passed over; this schema has no others.
 */
export function* lengthDelimited(bytes: Uint8Array): Generator<readonly [id: number, value: Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if (tag % 8 === 0) continue;
    yield [Math.floor(tag / 8), bytes.subarray(at, at + value)];
    at += value;
  }
}
