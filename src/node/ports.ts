import type { Claim, PeerId, SyncBlock, ValidatorIdentity } from '../protocol/block.ts';
import type { BlockFault } from '../protocol/errors.ts';
import type { GossipMessage, PeerMessage } from '../protocol/messages.ts';
import type { Offence } from '../protocol/offences.ts';

/**
 * The ports: everything the node asks of the world. Each has one shared test suite (`pocket-state-sync/properties`)
 * that every adapter of it passes, here and in the projects of people who write their own.
 */

// --- transport -------------------------------------------------------------------------------------------------

/** Which wire a peer speaks. Pocket's has no request ids, no ranges and no negative answer. */
export type WireProtocol = 'pocket-state-sync' | 'pokt-background';

/** What a transport tells the node. Calls never throw and return at once. */
export interface TransportListener {
  peerConnected(peer: PeerId, wire: WireProtocol): void;
  peerDisconnected(peer: PeerId): void;
  /** A message from an authenticated peer; already decoded and within the limits. */
  message(peer: PeerId, message: PeerMessage): void;
  /** Gossip, by its authenticated author (not by the neighbour that passed it on). Own gossip is not told. */
  gossip(author: PeerId, message: GossipMessage): void;
  /** The transport caught the peer at something that never becomes a message. */
  offence(peer: PeerId, offence: Offence, detail: string): void;
}

export interface Transport {
  /** This node's own identity on the network. */
  readonly self: PeerId;
  /** @throws StateSyncError ADDRESS_IN_USE, TRANSPORT_FAILED, CONFIG_INVALID, DEPENDENCY_MISSING */
  start(listener: TransportListener): Promise<void>;
  /** Closes every connection; afterwards nothing more is told. Calling it twice is harmless. */
  stop(): Promise<void>;
  /**
   * Resolves when the message is handed to the peer's connection. Waits for back-pressure, for a bounded time.
   * @throws StateSyncError PEER_UNREACHABLE; OVERSIZE_MESSAGE for what no peer would read
   */
  send(peer: PeerId, message: PeerMessage): Promise<void>;
  /**
   * Best effort: with no peer connected it resolves too.
   * @throws StateSyncError OVERSIZE_MESSAGE, TRANSPORT_FAILED
   */
  publish(message: GossipMessage): Promise<void>;
  /** Closes the connection to a peer and refuses new ones for `refuseMs`. Unknown peers are ignored. */
  disconnect(peer: PeerId, refuseMs: number): Promise<void>;
}

/** A codec turns messages into bytes and back. The transport owns framing and limits, the codec the formats. */
export interface WireCodec {
  /** The longest encoded message that may be sent or read. */
  readonly messageBytesMax: number;
  /** The package's own protocol: one message a frame (the frame's length prefix is the transport's). */
  encode(message: PeerMessage): Uint8Array;
  /** @throws StateSyncError MALFORMED_MESSAGE, OVERSIZE_MESSAGE, HEIGHT_OUT_OF_RANGE */
  decode(bytes: Uint8Array): PeerMessage;
  /**
   * Pocket's own wire: zero or more messages, since it knows no ranges, several blocks or negative answers. The bytes
   * are whole `background.BackgroundMessage`s.
   */
  encodePocket(self: PeerId, message: PeerMessage): Uint8Array[];
  /**
   * @returns null for what Pocket peers also send and this protocol has no use for, and for a repeated nonce.
   * @throws StateSyncError MALFORMED_MESSAGE, OVERSIZE_MESSAGE, HEIGHT_OUT_OF_RANGE, SPOOFED_ADDRESS, NONCE_REJECTED
   */
  decodePocket(sender: PeerId, bytes: Uint8Array): PeerMessage | null;
  encodeGossip(message: GossipMessage): Uint8Array;
  /** As `decodePocket`. */
  decodeGossip(author: PeerId, bytes: Uint8Array): GossipMessage | null;
}

// --- storage ---------------------------------------------------------------------------------------------------

/** How a store turns blocks into bytes; for Pocket, `core.Block`. */
export interface BlockCodec {
  encodeBlock(block: SyncBlock): Uint8Array;
  /** @throws StateSyncError MALFORMED_MESSAGE */
  decodeBlock(bytes: Uint8Array): SyncBlock;
}

/** One entry of the executor's state to be written or, with `value: null`, deleted. */
export interface StateChange {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/**
 * Committed blocks and the executor's state, durable and always at a block boundary (APPLY-4).
 * Every method but `open` throws STORE_CLOSED when the store is not open.
 */
export interface BlockStore {
  /** @throws StateSyncError STORE_LOCKED, STORE_CORRUPT, STORE_FOREIGN, STORE_FAILED */
  open(): Promise<void>;
  close(): Promise<void>;
  /** The committed range; `{ minHeight: 0, maxHeight: 0 }` with no block yet. */
  range(): Claim;
  /** @throws StateSyncError BLOCK_NOT_STORED, STORE_CORRUPT */
  read(height: number): Promise<SyncBlock>;
  /**
   * Optional, where it is quicker than reading one by one: the blocks from `from` on, up to `to`, to `bytesMax` bytes or
   * to the first that is not stored, but one at least.
   * @throws as `read` does
   */
  readMany?(from: number, to: number, bytesMax: number): Promise<readonly SyncBlock[]>;
  /**
   * Blocks that follow the committed ones without a gap, with the state changes they caused: all of it or nothing, and
   * durable when the promise resolves. Blocks that are committed already are skipped, with their changes, so that a
   * commit whose outcome was lost can be repeated.
   * @throws StateSyncError STORE_FAILED, STORE_DISK_FULL; a gap is STORE_FAILED
   */
  commit(blocks: readonly SyncBlock[], state: readonly StateChange[]): Promise<void>;
  /** Deletes blocks below `minHeight` (PRUNE-1); never the newest one. */
  prune(minHeight: number): Promise<void>;
  /** The executor's state as of the committed height, in key order. */
  state(): AsyncIterable<readonly [key: string, value: Uint8Array]>;
}

// --- execution -------------------------------------------------------------------------------------------------

/** What executing one block gave. `rejected`: the executor itself found the block no good, and it was not applied. */
export type Applied = { readonly stateHash: string } | { readonly rejected: BlockFault };

/** What the chain is at a height: what the next block is checked against. */
export interface ChainTip {
  readonly height: number;
  readonly stateHash: string;
  /** The validator set after the block at `height`: the one that certifies `height + 1`. */
  readonly validators: readonly ValidatorIdentity[];
}

/**
 * Executes blocks. Applied blocks are pending until they are committed or rolled back; pending blocks are lost in a
 * crash, committed ones are not.
 */
export interface Executor {
  /** Loads the committed state. @throws StateSyncError STORE_CORRUPT, STORE_FOREIGN, EXECUTOR_FAILED */
  open(store: BlockStore): Promise<void>;
  /** The committed tip. */
  tip(): ChainTip;
  /** The newest applied block, committed or not; the tip when nothing is pending. */
  head(): ChainTip;
  /**
   * Optional: the block will be applied later; whatever of that needs no state (the signatures of its transactions) may
   * begin now and be remembered with the block. Must not throw.
   */
  prepare?(block: SyncBlock): void;
  /**
   * Executes a block on top of the pending ones; what needs no waiting is best answered at once, without a promise. A
   * throw leaves the pending state as it was before. `apply` and `rollback` are called one at a time; `changes` and
   * `committed`, of blocks below, also while one is under way.
   */
  apply(block: SyncBlock): Promise<Applied> | Applied;
  /** The state changes of the pending blocks up to `height`, to be committed with them. */
  changes(height: number): readonly StateChange[];
  /** The store has committed up to `height`: the pending blocks up to there are the committed state now. */
  committed(height: number): void;
  /** Drops the pending blocks above `height`, exactly: state and state hash are what they were. */
  rollback(height: number): Promise<void>;
}

// --- checks ----------------------------------------------------------------------------------------------------

/** @property always the block would not be valid under any validator set; left out: another set might make it valid */
export type Verdict =
  { readonly valid: true } | { readonly valid: false; readonly fault: BlockFault; readonly always?: boolean };

/** Decides whether a block may be applied (APPLY-1), except for the links, which the core checks. */
export interface BlockVerifier {
  /**
   * May be called for several blocks at once, also ahead of what is applied, and again for the same block object under
   * another validator set: whatever of a verdict does not depend on the set may be remembered with the block. What needs
   * no waiting is best answered at once, without a promise.
   * @param parent the chain just before the block; for a block further ahead its height is right, its state hash is not
   *   known (`''`), and its validators are those of the newest applied block
   * @param certified `false` for a proposal, which has no commit certificate yet (LIVE-3)
   */
  verify(block: SyncBlock, parent: ChainTip, certified: boolean): Promise<Verdict> | Verdict;
}

// --- time ------------------------------------------------------------------------------------------------------

export interface Clock {
  /** Milliseconds from any fixed origin; should not follow changes of the wall clock. */
  now(): number;
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
  /** Optional: resolves when everything else that waits in the event loop has had its turn; for long work. */
  giveWay?(): Promise<void>;
}

// --- consensus -------------------------------------------------------------------------------------------------

/** The host's consensus (HotPOKT), which runs while the node is in Pacemaker mode (MODE-10). */
export interface Consensus {
  /** The node entered Pacemaker: decide blocks from `nextHeight` on. */
  start(nextHeight: number): void;
  stop(): void;
  /** A checked proposal for the next height (LIVE-3). */
  proposal(from: PeerId, block: SyncBlock): void;
}
