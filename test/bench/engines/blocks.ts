import type { SyncBlock } from '../../../src/index.ts';
import { opaqueBlock } from '../../../properties/links/chain.ts';

const BLOCK_BYTES = 1_000;

/** A chain of opaque blocks, as the core sees one. */
export function blockAt(height: number): SyncBlock {
  return opaqueBlock(height, BLOCK_BYTES);
}

let made: SyncBlock[] = [];

/** The blocks of heights 1 to `count`, made once: what is measured is the engine, not the making of blocks. */
export function blocksUpTo(count: number): readonly SyncBlock[] {
  if (made.length < count) made = Array.from({ length: count }, (_, i) => blockAt(i + 1));
  return made;
}
