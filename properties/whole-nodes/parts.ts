import type { BlockStore, BlockVerifier, Executor } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';

/** What a node is made of, and the chain that it is to sync. */
export interface Parts {
  /** Which of them are not stand-ins, in words. */
  readonly name: string;
  /** The chain from height 1 on; each block's `id` is the state hash after it. */
  readonly blocks: readonly SyncBlock[];
  /** What peers that tamper serve in the place of blocks, by height: each must be refused, by verifier or executor. */
  readonly spoiled: ReadonlyMap<number, SyncBlock>;
  /** A store over what was committed so far, not open; called after the one before was closed. */
  store(): BlockStore;
  /** An executor at the genesis, not open. */
  executor(): Executor;
  readonly verifier: BlockVerifier;
  dispose(): Promise<void>;
}

/** Fresh parts for a run; all that is random about them is drawn from the seed. */
export type MakeParts = (seed: number) => Promise<Parts>;

/** @throws Error when the blocks are no chain from height 1 on, which nobody could sync */
export function requireChain(blocks: readonly SyncBlock[], whose: string): readonly SyncBlock[] {
  for (const [index, block] of blocks.entries()) {
    const below = blocks[index - 1];
    if (block.height !== index + 1) throw new Error(`${whose}: block ${block.height} is in place ${index + 1}`);
    if (below !== undefined && block.parentId !== below.id) {
      throw new Error(
        `${whose}: block ${block.height} names the parent ${block.parentId}, block ${below.height} is ${below.id}`,
      );
    }
  }
  return blocks;
}
