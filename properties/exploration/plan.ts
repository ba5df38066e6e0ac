import type { Claim, PeerId } from '../../src/protocol/block.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';

/**
 * A small closed world: one node with the real core, and everybody and everything around it. What is unbounded in the
 * plan may happen any number of times, in any order.
 */
export interface WorldPlan {
  readonly name: string;
  /** What this world is for, in one sentence. */
  readonly says: string;
  /** The chain has the blocks 1 to this when the world begins; the node has none. */
  readonly chainHeight: number;
  /** The height from which on other validators sign blocks; null: they are the same all along. */
  readonly validatorsChangeAt: number | null;
  readonly config: Partial<SyncConfig>;
  /** How many blocks one request may name, on the wire. */
  readonly rangeBlocksMax: number;
  /** Whether honest peers may answer in parts (CHUNK-1). */
  readonly inParts: boolean;
  readonly honest: readonly PeerId[];
  readonly byzantine: readonly PeerId[];
  readonly liar: LiarAlphabet;
  /** How often each of these may happen; what is not named never does. */
  readonly budgets: Partial<Budgets>;
  /** Whether the node's own address is a validator, so that being synced means Pacemaker. */
  readonly validator: boolean;
  /** Two peers of one kind that may be taken for one another. Ties between them are then broken either way. */
  readonly interchangeable: readonly [PeerId, PeerId] | null;
  /** Whether timers that are due at the same time fire in any order, or in that of their names only. */
  readonly timersInAnyOrder: boolean;
  /** Whether a fair run that never gets to the tip is looked for. */
  readonly liveness: boolean;
}

/** What a byzantine peer may do at any time. Saying nothing, late or for ever, it always may. */
export interface LiarAlphabet {
  readonly claims: readonly Claim[];
  readonly answers: readonly Answer[];
  /** Blocks that nobody asked it for, with a request id that is none of ours. */
  readonly unasked: readonly BlockFlaw[];
  /** Blocks that it announces as new. */
  readonly announces: readonly BlockFlaw[];
  /** Whether it leaves and comes back. */
  readonly leaves: boolean;
}

/**
 * Of a block: nothing wrong; no quorum signed it; certified, but it executes to another state; certified, but unlinked;
 * certified by those who were validators before the change.
 */
export type BlockFlaw = 'good' | 'forged' | 'misapplied' | 'unlinked' | 'outdated';

/**
 * To a request: its blocks, as they are or flawed; the blocks above them; all but the last; the first as a part, with more to
 * come; "I do not have it".
 */
export type Answer = BlockFlaw | 'wrongHeight' | 'short' | 'part' | 'absent';

/** How often something may happen in the whole run. */
export interface Budgets {
  /** The node loses everything but its store, and starts again from that. */
  readonly crashes: number;
  /** Time passes though an honest answer or the host's work is still under way. */
  readonly delays: number;
  /** The verifier, the executor or the store fails at a piece of work. */
  readonly hostFaults: number;
  /** An honest peer leaves, and comes back. */
  readonly departures: number;
  /** A request to anybody could not be sent. */
  readonly sendFailures: number;
  /** A liar answers after its request timed out. */
  readonly lateAnswers: number;
  /** Acts of liars: of claims, unasked blocks, announcements and reconnections together. */
  readonly liarActs: number;
  /** The chain grows by a block, which an honest peer announces or, where the node is a validator, consensus decides. */
  readonly growth: number;
  /** The node gains or loses its place among the validators. */
  readonly validatorChanges: number;
}

/** May happen without end. */
export const UNBOUNDED = -1;
