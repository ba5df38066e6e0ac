import type { Applied, BlockStore, BlockVerifier, ChainTip, Executor, Verdict } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/index.ts';
import { TAMPERED } from '../links/chain.ts';

/** An executor that takes its time and has no state: a block's id is the state after it. */
export class OpaqueExecutor implements Executor {
  readonly #work: () => Promise<void> | undefined;
  #committed = tipAt(0);
  #applied = this.#committed;

  /** @param work what applying one block takes */
  constructor(work: () => Promise<void> | undefined = () => undefined) {
    this.#work = work;
  }

  async open(store: BlockStore): Promise<void> {
    this.#committed = tipAt(store.range().maxHeight);
    this.#applied = this.#committed;
  }

  tip(): ChainTip {
    return this.#committed;
  }

  head(): ChainTip {
    return this.#applied;
  }

  apply(block: SyncBlock): Promise<Applied> | Applied {
    return this.#work()?.then(() => this.#execute(block)) ?? this.#execute(block);
  }

  #execute(block: SyncBlock): Applied {
    this.#applied = { height: block.height, stateHash: block.id, validators: NOBODY };
    return { stateHash: block.id };
  }

  changes(): readonly [] {
    return [];
  }

  committed(height: number): void {
    this.#committed = tipAt(height);
  }

  async rollback(height: number): Promise<void> {
    this.#applied = tipAt(height);
  }
}

const NOBODY: ChainTip['validators'] = [];

function tipAt(height: number): ChainTip {
  return { height, stateHash: `state ${height}`, validators: NOBODY };
}

/** Finds out who tampered, and takes its time for it. */
export function opaqueVerifier(work: () => Promise<void> | undefined = () => undefined): BlockVerifier {
  return {
    verify: (block) => work()?.then(() => verdictOn(block)) ?? verdictOn(block),
  };
}

function verdictOn({ body }: SyncBlock): Verdict {
  if (body !== TAMPERED) return { valid: true };
  const fault = { code: 'CERTIFICATE_UNBOUND', message: 'the block was tampered with' } as const;
  return { valid: false, fault, always: true };
}
