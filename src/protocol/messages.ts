import type { SyncBlock } from './block.ts';

/**
 * What two nodes say to each other, whatever wire carries it. `requestId` ties an answer to its question where the wire
 * can carry one; Pocket's own wire cannot, and there it is `null`.
 */
export type PeerMessage =
  | { readonly type: 'metadataRequest' }
  | { readonly type: 'metadata'; readonly minHeight: number; readonly maxHeight: number }
  /**
   * Asks for the blocks `from..to`, both included (CHUNK-1), as far as they come to `bytesMax` bytes together; the first
   * one is sent whatever its size. No `bytesMax`: as many as the sender likes to give.
   */
  | {
      readonly type: 'getBlocks';
      readonly requestId: number | null;
      readonly from: number;
      readonly to: number;
      readonly bytesMax?: number;
    }
  /**
   * Consecutive blocks from the start of the range asked for, possibly fewer. `more`: this is a part of the answer, and
   * the next part begins with the height after it; the last part of an answer is without.
   */
  | {
      readonly type: 'blocks';
      readonly requestId: number | null;
      readonly blocks: readonly SyncBlock[];
      readonly more?: boolean;
    }
  /** "I do not have it" (SERVE-3). */
  | { readonly type: 'noBlock'; readonly requestId: number | null; readonly height: number };

/** What is told to everybody. */
export type GossipMessage =
  /** A finalized block with its commit certificate (LIVE-1). */
  | { readonly type: 'newBlock'; readonly block: SyncBlock }
  /** A block proposal, which carries no commit certificate yet (LIVE-3). */
  | { readonly type: 'proposal'; readonly block: SyncBlock };
