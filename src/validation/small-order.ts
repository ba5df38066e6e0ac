import { bytesToHex } from '@noble/hashes/utils.js';
import { PUBLIC_KEY_BYTES } from './signature-verifier.ts';

/** Every encoding of a point of small order (1, 2, 4 or 8), without the sign bit; two are not canonical (y >= p). */
const SMALL_ORDER_ENCODINGS: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

const FIRST_BYTES: ReadonlySet<number> = new Set(
  [...SMALL_ORDER_ENCODINGS].map((hex) => parseInt(hex.slice(0, 2), 16)),
);

/**
 * Whether the first 32 bytes encode a point of small order. Go takes such keys and such R; other libraries, and Node
 * since nodejs/node#64026, do not.
 */
export function isSmallOrder(encoded: Uint8Array): boolean {
  // Nearly every point is told apart by its first byte.
  if (!FIRST_BYTES.has(encoded[0] ?? 0)) return false;
  const point = encoded.slice(0, PUBLIC_KEY_BYTES);
  point[PUBLIC_KEY_BYTES - 1] = (point[PUBLIC_KEY_BYTES - 1] ?? 0) & 0x7f;
  return SMALL_ORDER_ENCODINGS.has(bytesToHex(point));
}
