import type { SyncBlock } from '../../../src/protocol/block.ts';
import type { BlockFaultCode } from '../../../src/protocol/errors.ts';

/** What is wrong with a block, for the host of the tests to find. Nothing, on the chain itself. */
export interface Flaw {
  /** The verifier refuses it. */
  readonly refusedWith?: BlockFaultCode;
  /** Certified, but executing it gives this state hash instead of the block's id. */
  readonly stateHash?: string;
  /** Certified, but the executor itself objects. */
  readonly rejectedWith?: BlockFaultCode;
  /**
   * What comes of checking it ahead of its turn, with validators that are not its own: that cannot be told, or it passes,
   * and only applying shows that it was checked with the wrong ones. No flaw of a block that has no other.
   */
  readonly ahead?: 'cannotTell' | 'passes';
}

export function idAt(height: number): string {
  return `state-${height}`;
}

/** The block of the one chain of the tests at this height, or a flawed one in its place. */
export function blockAt(height: number, flaw: Flaw = {}, override: Partial<SyncBlock> = {}): SyncBlock {
  return {
    height,
    id: idAt(height),
    parentId: idAt(height - 1),
    contentId: `content-${height}${isFlawed(flaw) ? JSON.stringify(flaw) : ''}`,
    bytes: 1_000,
    body: flaw,
    ...override,
  };
}

function isFlawed(flaw: Flaw): boolean {
  return Object.keys(flaw).some((key) => key !== 'ahead');
}

export function blocksOf(from: number, to: number): SyncBlock[] {
  return Array.from({ length: to - from + 1 }, (_, i) => blockAt(from + i));
}

export function flawOf(block: SyncBlock): Flaw {
  return block.body as Flaw;
}
