import { sha256 } from '@noble/hashes/sha2.js';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Node's own hashes are five to ten times as fast as portable ones; not imported, since a browser has none. */
const native = globalThis.process?.getBuiltinModule?.('node:crypto');

/** SHA-256 in lowercase hex. */
export const sha256Hex: (bytes: Uint8Array) => string =
  native === undefined ? (bytes) => bytesToHex(sha256(bytes)) : (bytes) => native.hash('sha256', bytes, 'hex');

/** SHA3-256 in lowercase hex. */
export const sha3Hex: (bytes: Uint8Array) => string =
  native === undefined ? (bytes) => bytesToHex(sha3_256(bytes)) : (bytes) => native.hash('sha3-256', bytes, 'hex');
