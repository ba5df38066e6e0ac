import type { SyncBlock } from '../../src/protocol/block.ts';
import type { BlockFlaw } from './plan.ts';

const FLAWS: readonly BlockFlaw[] = ['good', 'forged', 'misapplied', 'unlinked'];

export function idAt(height: number): string {
  return `state-${height}`;
}

const made = new Map<string, SyncBlock>();

/** The chain's block at this height, or what a liar makes of it: always the same object for the same block. */
export function blockAt(height: number, flaw: BlockFlaw = 'good'): SyncBlock {
  const contentId = flaw === 'good' ? `content-${height}` : `content-${height}-${flaw}`;
  const known = made.get(contentId);
  if (known !== undefined) return known;
  const parentId = flaw === 'unlinked' ? 'elsewhere' : idAt(height - 1);
  const block: SyncBlock = { height, id: idAt(height), parentId, contentId, bytes: 1_000, body: flaw };
  made.set(contentId, block);
  return block;
}

export function flawOf(block: SyncBlock): BlockFlaw {
  return block.body as BlockFlaw;
}

/** A number for the block's content, its height aside. */
export function flawNumber(block: SyncBlock): number {
  return FLAWS.indexOf(flawOf(block));
}

/** The same, from its content id. */
export function flawNumberOf(contentId: string): number {
  return Math.max(
    0,
    FLAWS.findIndex((flaw) => flaw !== 'good' && contentId.endsWith(`-${flaw}`)),
  );
}
