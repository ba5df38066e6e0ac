import type { SyncConfig } from '../../src/protocol/config.ts';
import type { Lie, PeerPlan } from '../links/peer-plan.ts';
import { NO_FAILURES } from '../links/peer-plan.ts';
import { Random } from '../simulation/random.ts';

/** How a call of a part fails: it throws and nothing was done, or it was done and the answer is lost. */
export type FaultyCall =
  'commitThrows' | 'commitOutcomeLost' | 'readThrows' | 'applyThrows' | 'rollbackThrows' | 'verifyThrows';

/** Probabilities a call. */
export type PartFaults = Readonly<Record<FaultyCall, number>>;

/** How a life of the node's process ends. */
export interface LifeEnd {
  /** At which commit of this life, from 1 on; it ends at the top of the chain if it comes there sooner. */
  readonly atCommit: number;
  readonly how: 'killed before it' | 'killed after it' | 'stopped';
  /**
   * The store is pruned below the newest block less this many before the next life; negative: below heights that it does
   * not have; null: it is not.
   */
  readonly pruneKeep: number | null;
}

export interface WholeNodePlan {
  readonly seed: number;
  readonly peers: readonly PeerPlan[];
  readonly config: Partial<SyncConfig>;
  readonly faults: PartFaults;
  /** How long a call takes at most, in virtual ms. */
  readonly workMsMax: number;
  /** All lives but the last, which ends at the top of the chain. */
  readonly ends: readonly LifeEnd[];
}

const LIVES_MAX = 4;
/** At most one tampers: what two peers send alike is taken for a fault of the node itself (APPLY-3). */
const LIES: readonly (readonly (Lie | null)[])[] = [
  ['tamper', null],
  ['tamper', null, null, 'silent'],
  ['tamper', 'inflate', null, null],
  ['tamper', 'absent', null],
  [null, null],
  [null],
];
const FAULTS: readonly PartFaults[] = [0, 0, 0.05, 0.25].map((rate) => ({
  commitThrows: rate,
  commitOutcomeLost: rate,
  readThrows: rate / 2,
  applyThrows: rate,
  rollbackThrows: rate,
  verifyThrows: rate,
}));

/** @param heights how long the chain is */
export function drawWholeNodePlan(seed: number, heights: number, blockBytesMax: number): WholeNodePlan {
  const random = new Random(seed).fork('whole node');
  return {
    seed,
    peers: random.pick(LIES).map((lie, i) => ({
      id: `peer-${i}`,
      bytesPerMs: random.between(20, 5_000),
      roundTripMs: random.between(1, 120),
      lie,
      fails: random.chance(0.3)
        ? { send: random.between(0, 0.2), absent: random.between(0, 0.2), silent: random.between(0, 0.1) }
        : NO_FAILURES,
    })),
    config: {
      blockBytesMax,
      requestBlocksMax: random.pick([1, 3, 8, 128]),
      requestBlocksFirst: 1,
      commitBlocksMax: random.pick([1, 2, 5, 128]),
      applyBlocksMax: random.pick([1, 4, 32]),
      verifyBlocksMax: random.pick([1, 4, 32]),
    },
    faults: random.pick(FAULTS),
    workMsMax: random.pick([0, 2, 30]),
    ends: Array.from({ length: random.whole(0, LIVES_MAX - 1) }, () => ({
      atCommit: random.whole(1, Math.max(1, Math.ceil(heights / 4))),
      how: random.pick(['killed before it', 'killed after it', 'stopped'] as const),
      pruneKeep: random.chance(0.3) ? random.whole(-2, 6) : null,
    })),
  };
}
