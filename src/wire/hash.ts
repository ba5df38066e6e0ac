import { sha256 } from '@noble/hashes/sha2.js';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

interface NativeHash {
  hash(algorithm: string, data: Uint8Array | string, encoding: 'hex'): string;
  hash(algorithm: string, data: Uint8Array | string, encoding: 'buffer'): Uint8Array;
}

interface Runtime {
  readonly process?: { getBuiltinModule?(name: 'node:crypto'): NativeHash | undefined };
}

/** Node's own hashes are five to ten times as fast as portable ones; not imported, since a browser has none. */
const native = (globalThis as Runtime).process?.getBuiltinModule?.('node:crypto');

/** SHA-256 in lowercase hex. */
export const sha256Hex: (bytes: Uint8Array) => string =
  native === undefined ? (bytes) => bytesToHex(sha256(bytes)) : (bytes) => native.hash('sha256', bytes, 'hex');

/** SHA3-256 in lowercase hex. */
export const sha3Hex: (bytes: Uint8Array) => string =
  native === undefined ? (bytes) => bytesToHex(sha3_256(bytes)) : (bytes) => native.hash('sha3-256', bytes, 'hex');

/** SHA-256 of a text's UTF-8 bytes. */
export const sha256OfText: (text: string) => Uint8Array =
  native === undefined ? (text) => sha256(utf8ToBytes(text)) : (text) => native.hash('sha256', text, 'buffer');
