import type { Claim, SyncBlock } from '../protocol/block.ts';
import { StateSyncError } from '../protocol/errors.ts';

/** What a store without a block holds. */
export const EMPTY_RANGE: Claim = { minHeight: 0, maxHeight: 0 };

/** The blocks of a commit that the store does not have yet, and its range with them. */
export interface Extension {
  readonly fresh: readonly SyncBlock[];
  readonly range: Claim;
}

/**
 * Leaves out the blocks that are committed already, so that a commit can be repeated.
 * @throws StateSyncError STORE_FAILED when the others do not follow the range without a gap
 */
export function extendRange(range: Claim, blocks: readonly SyncBlock[]): Extension {
  const fresh: SyncBlock[] = [];
  let maxHeight = range.maxHeight;
  for (const block of blocks) {
    if (fresh.length === 0 && block.height <= range.maxHeight) continue;
    if (block.height !== maxHeight + 1) {
      throw new StateSyncError('STORE_FAILED', `block ${block.height} does not follow block ${maxHeight}`, {
        height: block.height,
        next: 'nothing was committed',
      });
    }
    fresh.push(block);
    maxHeight = block.height;
  }
  const minHeight = range.minHeight === 0 ? (fresh[0]?.height ?? 0) : range.minHeight;
  return { fresh, range: { minHeight, maxHeight } };
}

/** The range once the blocks below `minHeight` are deleted: the newest block always stays (PRUNE-1). */
export function pruneRange(range: Claim, minHeight: number): Claim {
  const kept = Math.max(range.minHeight, Math.min(minHeight, range.maxHeight));
  return { minHeight: kept, maxHeight: range.maxHeight };
}

/** @throws StateSyncError BLOCK_NOT_STORED */
export function requireInRange(range: Claim, height: number): void {
  if (range.maxHeight > 0 && height >= range.minHeight && height <= range.maxHeight) return;
  const held = range.maxHeight === 0 ? 'no block' : `the blocks ${range.minHeight} to ${range.maxHeight}`;
  throw new StateSyncError('BLOCK_NOT_STORED', `block ${height} is not stored; the store holds ${held}`, { height });
}
