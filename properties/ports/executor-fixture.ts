import type { BlockStore, Executor } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { assertThat } from './assertions.ts';
import { portCase, type PortCase } from './port-case.ts';

/** What the suite needs to try an executor. */
export interface ExecutorSubject {
  create(): Promise<ExecutorFixture>;
}

export interface ExecutorFixture {
  /** A new executor of the chain, not open yet. */
  create(): Executor;
  /** An empty store, open. */
  readonly store: BlockStore;
  /** The blocks 1 to 12 of a chain: each one's `id` is the state hash that executing it gives. */
  readonly blocks: readonly SyncBlock[];
  /** Another good block 4 on top of block 3, with another state hash. */
  readonly fork: SyncBlock;
  /** A block 4 on top of block 3 which the executor itself refuses. */
  readonly refused: SyncBlock;
  /** A block 4 on top of block 3 that executes, but to another state hash than its `id`. */
  readonly wrong: SyncBlock;
  /** Called when the case is over. */
  dispose(): Promise<void>;
}

/** What a case is given: an executor that is open. */
interface Opened extends ExecutorFixture {
  readonly executor: Executor;
}

/** A case with an executor of its own. */
export function executorCase(
  clauses: readonly string[],
  what: string,
  run: (fixture: Opened) => Promise<void>,
): PortCase<ExecutorSubject> {
  return portCase(clauses, what, async (subject) => {
    const fixture = await subject.create();
    try {
      assertThat(fixture.blocks.length === 12, 'the subject needs 12 blocks');
      const executor = fixture.create();
      await executor.open(fixture.store);
      await run({ ...fixture, executor });
    } finally {
      await fixture.dispose();
    }
  });
}
