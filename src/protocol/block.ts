/**
 * A block as the core sees it: opaque but for its place in the chain. What a block means (transactions, certificate)
 * is known only to the wire codec, the verifier and the executor, which read `body`.
 */
export interface SyncBlock {
  /** Block number, 1 for the first block after genesis; a safe integer. */
  readonly height: number;
  /** What the next block names as its parent. For Pocket: the state hash. */
  readonly id: string;
  /** The `id` of the block at `height - 1`. For Pocket: prevStateHash. */
  readonly parentId: string;
  /**
   * Names everything that a certificate binds: two copies of a block with equal `contentId` are the same block, even
   * when the bytes around that content differ (APPLY-3).
   */
  readonly contentId: string;
  /** Encoded size in bytes, what buffers and limits count. */
  readonly bytes: number;
  /** The decoded block of the chain in question. Never looked into by the core. */
  readonly body: unknown;
}

/** A peer's identity as its transport authenticated it. For Pocket: the address, 40 lowercase hex characters. */
export type PeerId = string;

/** What a node says it holds (META-1). A chain with no block yet is `{ minHeight: 0, maxHeight: 0 }`. */
export interface Claim {
  readonly minHeight: number;
  readonly maxHeight: number;
}

/** One member of the validator set that a block's certificate is checked against. */
export interface ValidatorIdentity {
  /** 40 lowercase hex characters. */
  readonly address: string;
  /** ed25519 public key, 64 lowercase hex characters. */
  readonly publicKey: string;
}
