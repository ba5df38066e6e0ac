import type { NodePorts } from '../../src/node/effects.ts';
import type { BlockStore, BlockVerifier, Clock, Executor } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { VirtualClock } from '../links/virtual-clock.ts';
import type { Random } from '../simulation/random.ts';
import type { FaultyCall, LifeEnd, PartFaults } from './draw-plan.ts';

/** What a call throws in the place of the part. */
export class SimulatedFault extends Error {
  override readonly name = 'SimulatedFault';

  constructor(call: FaultyCall) {
    super(`simulated: ${call}`);
  }
}

export interface PartCallsSetting {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: PartFaults;
  readonly workMsMax: number;
  readonly end: LifeEnd | null;
  /** A verdict or an outcome that refuses the block. */
  readonly refused: (block: SyncBlock) => void;
  /** Blocks up to this height are durable by what the store says. */
  readonly committed: (height: number) => void;
}

/**
 * One life of a node's process, from the side of its parts: each call takes virtual time and may fail, and none comes
 * back when the process is gone.
 */
export class PartCalls {
  /** Null while it goes on. */
  over: LifeEnd['how'] | null = null;
  readonly #setting: PartCallsSetting;
  readonly #underWay = new Set<Promise<unknown>>();
  #commits = 0;

  constructor(setting: PartCallsSetting) {
    this.#setting = setting;
  }

  /** Until the parts themselves have done what they were asked, in real time. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  get clock(): Clock {
    const { clock } = this.#setting;
    return {
      now: () => clock.now(),
      after: (delayMs, callback) =>
        clock.after(delayMs, () => {
          if (!this.isGone()) callback();
        }),
    };
  }

  ports(
    store: BlockStore,
    executor: Executor,
    verifier: BlockVerifier,
  ): Pick<NodePorts, 'store' | 'executor' | 'verifier'> {
    const executing = this.#executor(executor, store);
    return { store: this.#store(store), executor: executing, verifier: this.#verifier(verifier) };
  }

  #store(store: BlockStore): BlockStore {
    const { readMany } = store;
    return {
      open: () => this.#call(null, () => store.open()),
      close: () => this.#call(null, () => store.close()),
      range: () => store.range(),
      read: (height) => this.#call('readThrows', () => store.read(height)),
      ...(readMany === undefined
        ? {}
        : {
            readMany: (from: number, to: number, bytesMax: number) =>
              this.#call('readThrows', () => readMany.call(store, from, to, bytesMax)),
          }),
      commit: async (blocks, state) => {
        const { end, random, faults, committed } = this.#setting;
        const isLast = end !== null && ++this.#commits === end.atCommit;
        if (isLast && end.how === 'killed before it') this.over = end.how;
        await this.#call('commitThrows', () => store.commit(blocks, state));
        committed(blocks.at(-1)?.height ?? 0);
        if (isLast) this.over = end.how;
        if (isLast && end.how === 'killed after it') await NEVER;
        if (random.chance(faults.commitOutcomeLost)) throw new SimulatedFault('commitOutcomeLost');
      },
      prune: (minHeight) => this.#call(null, () => store.prune(minHeight)),
      state: () => store.state(),
    };
  }

  #executor(executor: Executor, store: BlockStore): Executor {
    return {
      // The store itself: what it is asked for is part of this one call.
      open: () => this.#call(null, () => executor.open(store)),
      tip: () => executor.tip(),
      head: () => executor.head(),
      prepare: (block) => executor.prepare?.(block),
      apply: async (block) => {
        const applied = await this.#call('applyThrows', async () => executor.apply(block));
        if ('rejected' in applied || applied.stateHash !== block.id) this.#setting.refused(block);
        return applied;
      },
      changes: (height) => executor.changes(height),
      committed: (height) => {
        executor.committed(height);
      },
      rollback: (height) => this.#call('rollbackThrows', () => executor.rollback(height)),
    };
  }

  #verifier(verifier: BlockVerifier): BlockVerifier {
    return {
      verify: async (block, parent, certified) => {
        const verdict = await this.#call('verifyThrows', async () => verifier.verify(block, parent, certified));
        // Under a guessed validator set it is no verdict yet.
        if (!verdict.valid && (verdict.always === true || parent.stateHash !== '')) this.#setting.refused(block);
        return verdict;
      },
    };
  }

  /** Whether the process is gone; one that is being stopped in good order still is there. */
  isGone(): boolean {
    return this.over === 'killed before it' || this.over === 'killed after it';
  }

  async #call<Result>(fault: FaultyCall | null, work: () => Promise<Result>): Promise<Result> {
    const { clock, random, faults, workMsMax } = this.#setting;
    if (this.isGone()) return NEVER;
    const takesMs = random.between(0, workMsMax);
    if (fault !== null && random.chance(faults[fault])) {
      await clock.sleep(takesMs);
      if (this.isGone()) return NEVER;
      throw new SimulatedFault(fault);
    }
    const underWay = work();
    this.#underWay.add(underWay);
    const done = () => this.#underWay.delete(underWay);
    underWay.then(done, done);
    try {
      return await clock.takes(takesMs, underWay);
    } finally {
      if (this.isGone()) await NEVER;
    }
  }
}

const NEVER = new Promise<never>(() => {
  // What belongs to a process that is gone.
});
