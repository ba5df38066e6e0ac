import type { OperationModeEvent } from '../../machines/operation-mode.ts';
import type { PeerId, SyncBlock } from '../protocol/block.ts';
import type { BlockFault, HostFault } from '../protocol/errors.ts';
import type { Offence } from '../protocol/offences.ts';

/** When it happened, by the host's clock: milliseconds from any fixed origin. */
interface Timed {
  readonly now: number;
}

/** The timers the core asks for; a closed list. */
export const TIMERS = ['metadata', 'request', 'peer', 'host'] as const;
export type TimerName = (typeof TIMERS)[number];

/**
 * Everything the core can be told, in the past tense. Events of the operation-mode chart go by Pocket's names; of those
 * the host sends `Start`, `P2P_IsBootstrapped`, `Stop` and the two of server mode, and the core itself the others.
 */
export type SyncEvent =
  | (Timed & { readonly type: OperationModeEvent })
  /** @property rangeBlocksMax how many blocks one request to this peer may name: 1 on Pocket's wire */
  | (Timed & { readonly type: 'peerConnected'; readonly peer: PeerId; readonly rangeBlocksMax: number })
  | (Timed & { readonly type: 'peerDisconnected'; readonly peer: PeerId })
  /** The host caught a peer at something that never became an event: bad bytes, a spoofed address. */
  | (Timed & {
      readonly type: 'peerMisbehaved';
      readonly peer: PeerId;
      readonly offence: Offence;
      readonly detail: string;
    })
  | (Timed & {
      readonly type: 'metadataReceived';
      readonly peer: PeerId;
      readonly minHeight: number;
      readonly maxHeight: number;
    })
  | (Timed & { readonly type: 'metadataRequested'; readonly peer: PeerId })
  /** An answer. `requestId` is null on a wire that carries none; it is then told by sender and height. */
  | (Timed & {
      readonly type: 'blocksReceived';
      readonly peer: PeerId;
      readonly requestId: number | null;
      readonly blocks: readonly SyncBlock[];
      /** More of the answer is to come (CHUNK-1). */
      readonly more?: boolean;
    })
  /** "I do not have it" (SYNC-5). */
  | (Timed & {
      readonly type: 'blocksUnavailable';
      readonly peer: PeerId;
      readonly requestId: number | null;
      readonly height: number;
    })
  /** A `sendGetBlocks` could not be sent. */
  | (Timed & { readonly type: 'sendFailed'; readonly peer: PeerId; readonly requestId: number })
  /** A peer asks for blocks; `requestId` is the peer's own and goes back with the answer. */
  | (Timed & {
      readonly type: 'blocksRequested';
      readonly peer: PeerId;
      readonly requestId: number | null;
      readonly from: number;
      readonly to: number;
      /** How many bytes of blocks it wants at most; the first block comes whatever its size. */
      readonly bytesMax?: number;
    })
  /** A `serveBlocks` is done, sent or not. */
  | (Timed & { readonly type: 'blocksServed'; readonly serveId: number })
  /** A finalized block was announced; `peer` is its authenticated author (LIVE-1). */
  | (Timed & { readonly type: 'newBlockReceived'; readonly peer: PeerId; readonly block: SyncBlock })
  | (Timed & { readonly type: 'proposalReceived'; readonly peer: PeerId; readonly block: SyncBlock })
  /**
   * The first `valid` blocks of a `verifyBlocks` are good under the validator set that they were checked with; `fault` is
   * why the one after them is good under none, or, for the first block of `exact` work, not under its own. Fewer and no
   * fault: the others cannot be judged before those below them are applied, and are given again.
   */
  | (Timed & { readonly type: 'blocksVerified'; readonly workId: number; readonly valid: number } & Faults)
  /**
   * The state hashes of the blocks applied, in order; `fault` is the executor's own objection to the one after them. Fewer
   * and no fault: the validator set is no longer the one that the next block was verified with, and it is to be verified
   * again.
   */
  | (Timed & {
      readonly type: 'blocksApplied';
      readonly workId: number;
      readonly stateHashes: readonly string[];
    } & Faults)
  /** All of a `commitBlocks` is durable, or with `hostFault` nothing of it. `validator`: active at the next height. */
  | (Timed & {
      readonly type: 'blocksCommitted';
      readonly workId: number;
      readonly validator: boolean;
      readonly hostFault?: HostFault;
    })
  | (Timed & { readonly type: 'blocksRolledBack'; readonly workId: number; readonly hostFault?: HostFault })
  /** The host's consensus decided and committed a block (MODE-10). */
  | (Timed & {
      readonly type: 'blockFinalized';
      readonly height: number;
      readonly id: string;
      /** Lets who was charged with this very block be acquitted (APPLY-3). */
      readonly contentId?: string;
      readonly validator: boolean;
    })
  | (Timed & { readonly type: 'validatorStatusChanged'; readonly validator: boolean })
  /** `startSyncing()` was called (META-9). */
  | (Timed & { readonly type: 'syncRequested' })
  | (Timed & { readonly type: 'timerFired'; readonly timer: TimerName });

interface Faults {
  readonly fault?: BlockFault;
  /** The verifier or executor itself failed; nothing is known about the blocks (APPLY-5). */
  readonly hostFault?: HostFault;
}

export type EventOf<Type extends SyncEvent['type']> = Extract<SyncEvent, { readonly type: Type }>;

/** An event before the host has stamped it with its clock. */
export type UntimedEvent = SyncEvent extends infer E ? (E extends SyncEvent ? Omit<E, 'now'> : never) : never;
