import type { Applied, BlockStore, ChainTip, Executor, StateChange } from '../../src/node/ports.ts';
import type { SyncBlock, ValidatorIdentity } from '../../src/protocol/block.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import { createMemoryStore } from '../../src/adapters/memory-store.ts';

const NOBODY: readonly ValidatorIdentity[] = [];
const decoder = new TextDecoder();
const encoder = new TextEncoder();
/** How many entries of the state are written over and over. */
const SLOTS = 5;

/**
 * Takes a block's id for the state after it, and keeps a state in the store that tells whether the store keeps it right:
 * each block writes one entry, deletes another, and leaves its mark in one that all share.
 */
export class MarkingExecutor implements Executor {
  readonly #genesis: ChainTip;
  #committed: ChainTip;
  #pending: ChainTip[] = [];

  constructor(genesisId: string) {
    this.#genesis = { height: 0, stateHash: genesisId, validators: NOBODY };
    this.#committed = this.#genesis;
  }

  async open(store: BlockStore): Promise<void> {
    this.#pending = [];
    const stored = new Map<string, string>();
    for await (const [key, value] of store.state()) stored.set(key, decoder.decode(value));
    const height = store.range().maxHeight;
    const stateHash = height === 0 ? this.#genesis.stateHash : (await store.read(height)).id;
    this.#committed = { height, stateHash, validators: NOBODY };
    if (height === 0 && stored.size > 0) throw new StateSyncError('STORE_CORRUPT', 'a state, and no block');
    for (const [key, must] of stateAt(this.#committed)) {
      const is = stored.get(key);
      if (is === must) continue;
      const words = `the store's newest block is ${height}; its state has "${is ?? ''}" under "${key}", not "${must ?? ''}"`;
      throw new StateSyncError('STORE_CORRUPT', words, { height });
    }
  }

  tip(): ChainTip {
    return this.#committed;
  }

  head(): ChainTip {
    return this.#pending.at(-1) ?? this.#committed;
  }

  async apply(block: SyncBlock): Promise<Applied> {
    const { height } = this.head();
    if (block.height !== height + 1) {
      throw new StateSyncError('EXECUTOR_FAILED', `block ${block.height} does not follow height ${height}`);
    }
    this.#pending.push({ height: block.height, stateHash: block.id, validators: NOBODY });
    return { stateHash: block.id };
  }

  changes(height: number): readonly StateChange[] {
    const changed = new Map<string, Uint8Array | null>();
    for (const tip of this.#pending) {
      if (tip.height > height) break;
      changed.set(slotOf(tip.height), encoder.encode(tip.stateHash));
      changed.set(slotOf(tip.height + 1), null);
      changed.set('newest', encoder.encode(String(tip.height)));
    }
    return [...changed].map(([key, value]) => ({ key, value }));
  }

  committed(height: number): void {
    this.#committed = this.#pending.findLast((tip) => tip.height <= height) ?? this.#committed;
    this.#pending = this.#pending.filter((tip) => tip.height > height);
  }

  async rollback(height: number): Promise<void> {
    this.#pending = this.#pending.filter((tip) => tip.height <= height);
  }
}

/** What must be under which key, as far as the newest block alone tells. */
function stateAt({ height, stateHash }: ChainTip): Map<string, string | undefined> {
  if (height === 0) return new Map();
  return new Map([
    [slotOf(height), stateHash],
    [slotOf(height + 1), undefined],
    ['newest', String(height)],
  ]);
}

function slotOf(height: number): string {
  return `slot ${height % SLOTS}`;
}

/** One store that outlives all lives of a node. */
export function keptStore(): () => BlockStore {
  const store = createMemoryStore();
  return () => store;
}
