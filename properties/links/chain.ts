import type { SyncBlock } from '../../src/index.ts';

/** Says that a block is not what it seems; read by the verifier. */
export const TAMPERED = 'tampered';

/** A chain as peers serve it, from height 1 on. */
export interface ServedChain {
  readonly height: number;
  readonly bytes: number;
  at(height: number): SyncBlock;
  /** What is served instead by a peer that tampers. */
  spoiledAt(height: number): SyncBlock;
  bytesOf(from: number, to: number): number;
}

/** A chain of opaque blocks: nothing in them but their place and their size. */
export function opaqueChain(blockBytes: readonly number[]): ServedChain {
  const at = (height: number) => opaqueBlock(height, blockBytes[height - 1] ?? 0);
  return { ...sizesOf(blockBytes), at, spoiledAt: (height) => tampered(at(height)) };
}

/** A chain of given blocks, 1 and up; `spoiled` are what those who tamper serve in the place of some. */
export function chainOf(blocks: readonly SyncBlock[], spoiled: ReadonlyMap<number, SyncBlock>): ServedChain {
  const at = (height: number): SyncBlock => {
    const block = blocks[height - 1];
    if (block === undefined) throw new Error(`the chain has no block ${height}`);
    return block;
  };
  return { ...sizesOf(blocks.map(({ bytes }) => bytes)), at, spoiledAt: (height) => spoiled.get(height) ?? at(height) };
}

function sizesOf(blockBytes: readonly number[]): Pick<ServedChain, 'height' | 'bytes' | 'bytesOf'> {
  const upTo = [0];
  for (const bytes of blockBytes) upTo.push((upTo.at(-1) ?? 0) + bytes);
  const bytesOf = (from: number, to: number) => (upTo[to] ?? 0) - (upTo[from - 1] ?? 0);
  return { height: blockBytes.length, bytes: bytesOf(1, blockBytes.length), bytesOf };
}

export function opaqueBlock(height: number, bytes: number): SyncBlock {
  return {
    height,
    id: `state ${height}`,
    parentId: `state ${height - 1}`,
    contentId: `content ${height}`,
    bytes,
    body: null,
  };
}

export function tampered(block: SyncBlock): SyncBlock {
  return { ...block, contentId: `${block.contentId}, ${TAMPERED}`, body: TAMPERED };
}
