import type { PeerId } from '../protocol/block.ts';

/** Peers' names by address. */
export type Names = ReadonlyMap<PeerId, string>;

const HASH_CHARS = 8;
const LONG_HEX = /[0-9a-f]{40,}/g;

/** A peer's name, or the beginning of its address. */
export function peerName(names: Names, id: PeerId): string {
  return names.get(id) ?? shortHash(id);
}

/** The beginning of an address or a hash. */
export function shortHash(text: string): string {
  return text.length > HASH_CHARS + 2 ? `${text.slice(0, HASH_CHARS)}..` : text;
}

/** A text with addresses as names, and hashes as their beginnings. */
export function withNames(names: Names, text: string): string {
  return text.replace(LONG_HEX, (hex) => peerName(names, hex));
}
