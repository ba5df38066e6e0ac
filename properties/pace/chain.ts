import type { SyncBlock } from '../../src/index.ts';

/** Says that a block is not what it seems; read by the verifier. */
export const TAMPERED = 'tampered';

/** A chain of opaque blocks: nothing in them but their place and their size. */
export interface OpaqueChain {
  readonly height: number;
  readonly bytes: number;
  at(height: number): SyncBlock;
  bytesOf(from: number, to: number): number;
}

export function opaqueChain(blockBytes: readonly number[]): OpaqueChain {
  const upTo = [0];
  for (const bytes of blockBytes) upTo.push((upTo.at(-1) ?? 0) + bytes);
  const sum = (from: number, to: number) => (upTo[to] ?? 0) - (upTo[from - 1] ?? 0);
  return {
    height: blockBytes.length,
    bytes: sum(1, blockBytes.length),
    at: (height) => opaqueBlock(height, blockBytes[height - 1] ?? 0),
    bytesOf: sum,
  };
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
