import type { SyncBlock } from '../../src/protocol/block.ts';
import type { BlockFlaw, WorldPlan } from './plan.ts';

const FLAWS: readonly BlockFlaw[] = ['good', 'forged', 'misapplied', 'unlinked', 'outdated'];

/** What every block weighs: as much as it may, so that what the core learns of blocks' sizes never changes. */
export const BLOCK_BYTES = 1_000;

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
  const block: SyncBlock = { height, id: idAt(height), parentId, contentId, bytes: BLOCK_BYTES, body: flaw };
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

/** Which validator set has the say about a height: 1 or, from where the plan says that it changes, 2. */
export function setOf({ validatorsChangeAt }: Pick<WorldPlan, 'validatorsChangeAt'>, height: number): number {
  return validatorsChangeAt !== null && height >= validatorsChangeAt ? 2 : 1;
}

/** Which validator set signed a block; 0: no quorum of any. */
export function signersOf(plan: Pick<WorldPlan, 'validatorsChangeAt'>, block: SyncBlock): number {
  const flaw = flawOf(block);
  if (flaw === 'forged') return 0;
  return flaw === 'outdated' ? 1 : setOf(plan, block.height);
}
