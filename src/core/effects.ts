import type { OperationMode, OperationModeEvent, ServerMode } from '../../machines/operation-mode.ts';
import type { PeerId, SyncBlock } from '../protocol/block.ts';
import type { ErrorCode, HostFault } from '../protocol/errors.ts';
import type { Offence } from '../protocol/offences.ts';
import type { SyncEvent, TimerName } from './events.ts';

/**
 * Everything the core asks for or tells, as data. The first group must be carried out; those with an id are answered
 * by an event with that id. The second group is news for whoever watches; nothing depends on it being heard.
 */
export type Effect = Command | Notice;

export type Command =
  | { readonly type: 'sendMetadataRequest'; readonly peer: PeerId }
  | { readonly type: 'sendMetadata'; readonly peer: PeerId; readonly minHeight: number; readonly maxHeight: number }
  /** Ask for `from..to`; answered by blocksReceived, blocksUnavailable, or sendFailed when it could not be sent. */
  | {
      readonly type: 'sendGetBlocks';
      readonly requestId: number;
      readonly peer: PeerId;
      readonly from: number;
      readonly to: number;
      /** How many bytes there is room for; the first block may be larger. */
      readonly bytesMax: number;
      readonly purpose: RequestPurpose;
    }
  /**
   * Read `from..to`, as far as they come to `bytesMax` bytes (one at least), and send them with the peer's own
   * `requestId`; answered by blocksServed.
   */
  | {
      readonly type: 'serveBlocks';
      readonly serveId: number;
      readonly peer: PeerId;
      readonly requestId: number | null;
      readonly from: number;
      readonly to: number;
      readonly bytesMax: number;
    }
  | { readonly type: 'sendNoBlock'; readonly peer: PeerId; readonly requestId: number | null; readonly height: number }
  /**
   * Check certificates; `certified: false` for a proposal (LIVE-3). `exact`: the first block follows the newest applied
   * one, so that its validator set is known; of all others it is a guess that applying puts to the test. Several of these
   * may be under way at once. Answered by blocksVerified.
   */
  | {
      readonly type: 'verifyBlocks';
      readonly workId: number;
      readonly blocks: readonly SyncBlock[];
      readonly certified: boolean;
      readonly exact: boolean;
    }
  /** Apply in order, as long as each block was verified with the validator set it now has. Answered by blocksApplied. */
  | { readonly type: 'applyBlocks'; readonly workId: number; readonly blocks: readonly SyncBlock[] }
  /** Make the applied blocks durable with their state. Answered by blocksCommitted. */
  | { readonly type: 'commitBlocks'; readonly workId: number; readonly blocks: readonly SyncBlock[] }
  /** Undo what was applied above `toHeight`. Answered by blocksRolledBack. */
  | { readonly type: 'rollbackBlocks'; readonly workId: number; readonly toHeight: number }
  | { readonly type: 'deliverProposal'; readonly peer: PeerId; readonly block: SyncBlock }
  | { readonly type: 'startConsensus'; readonly nextHeight: number }
  | { readonly type: 'stopConsensus' }
  /** Close the connection and refuse new ones for `refuseMs`. */
  | { readonly type: 'disconnectPeer'; readonly peer: PeerId; readonly refuseMs: number }
  /** Replaces the timer of that name. Answered by timerFired; firing too early does no harm. */
  | { readonly type: 'setTimer'; readonly timer: TimerName; readonly delayMs: number }
  | { readonly type: 'clearTimer'; readonly timer: TimerName };

export type Notice =
  | {
      readonly type: 'modeChanged';
      readonly event: OperationModeEvent;
      readonly previous: OperationMode;
      readonly next: OperationMode;
    }
  | { readonly type: 'serverChanged'; readonly previous: ServerMode; readonly next: ServerMode }
  /** The event is not legal in this mode and changed nothing (MODE-8). */
  | {
      readonly type: 'eventRejected';
      readonly event: SyncEvent['type'];
      readonly mode: OperationMode;
      readonly reason: string;
    }
  | { readonly type: 'reportPeer'; readonly peer: PeerId; readonly report: PeerReport }
  | {
      readonly type: 'blocksAdded';
      readonly from: number;
      readonly to: number;
      readonly id: string;
      /** Who sent them; null when consensus decided them. */
      readonly peer: PeerId | null;
    }
  /** A block that was announced and is not taken: LIVE-1, LIVE-3. */
  | {
      readonly type: 'blockRejected';
      readonly peer: PeerId;
      readonly height: number;
      readonly reason: 'AHEAD_WHILE_SYNCED' | 'AHEAD_WHILE_SYNCING' | 'DUPLICATE' | 'NOT_IN_CONSENSUS' | 'FLOOD';
    }
  | { readonly type: 'targetChanged'; readonly target: number | null }
  | { readonly type: 'hostFaulted'; readonly fault: HostFault; readonly height: number; readonly retryInMs: number }
  /** Two distinct peers sent the same certified block and it does not apply here (APPLY-3). */
  | {
      readonly type: 'localStateSuspect';
      readonly height: number;
      readonly code: ErrorCode;
      readonly peers: readonly PeerId[];
      readonly retryInMs: number;
    }
  /** A peer's request that is not answered (SERVE-1, SERVE-4). */
  | {
      readonly type: 'requestDropped';
      readonly peer: PeerId;
      readonly reason: 'SERVER_DISABLED' | 'OVER_LIMIT' | 'FLOOD';
    };

/**
 * `sync`: a missing block. `hedge`: a block that somebody else owes and everything waits for (OPT-1). `test`: does it
 * really have the next one (META-10)? `probe`: may its claim count again (META-7)?
 */
export type RequestPurpose = 'sync' | 'hedge' | 'test' | 'probe';

/** What the core tells about a peer (PEER-3). Heights and times are in the report's own names. */
export type PeerReport =
  | {
      readonly kind: 'charged';
      readonly offence: Offence;
      readonly detail: string;
      readonly score: number;
      readonly height: number | null;
    }
  | { readonly kind: 'coolingDown'; readonly offence: Offence; readonly forMs: number }
  | { readonly kind: 'banned'; readonly offence: Offence; readonly forMs: number }
  | { readonly kind: 'forgiven' }
  /** A charge is taken back: the block was good, and the fault was the host's. */
  | { readonly kind: 'acquitted'; readonly offence: Offence; readonly score: number }
  | {
      readonly kind: 'claimRefuted';
      readonly height: number;
      readonly why: RefutationCause;
      readonly probeInMs: number;
    }
  | { readonly kind: 'claimProven'; readonly height: number }
  /** A refuted claim counts again, untested: what was disputed is withdrawn, or proved true. */
  | { readonly kind: 'disputeSettled' }
  | { readonly kind: 'claimDropped'; readonly why: string }
  | {
      readonly kind: 'requestEnded';
      readonly result: RequestResult;
      readonly from: number;
      readonly to: number;
      readonly tookMs: number;
    }
  | { readonly kind: 'refusedConnection'; readonly why: 'TABLE_FULL' | 'BANNED' };

/** `LEFT`: more than once it left instead of answering. */
export type RefutationCause = 'TIMED_OUT' | 'NOT_AVAILABLE' | 'SEND_FAILED' | 'INVALID_BLOCK' | 'LEFT';
/** `skipped`: overdue, and later requests to the same peer were answered before it (OPT-1). */
export type RequestResult = 'answered' | 'timedOut' | 'skipped' | 'absent' | 'sendFailed' | 'refused' | 'peerLost';

export type EffectOf<Type extends Effect['type']> = Extract<Effect, { readonly type: Type }>;
