import type { ValidatorIdentity } from '../../protocol/block.ts';
import type { StateChange } from '../../node/ports.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import { encodeEntry, type Entry } from './records.ts';
import { StateDraft } from './state-draft.ts';
import { changeTree, EMPTY_TREE, rootOf, type LeafChange, type StateTree } from './state-tree.ts';
import { validatorsAfter } from './validator-set.ts';

/** What the ledger is after a block. */
export interface LedgerVersion {
  readonly height: number;
  readonly stateHash: string;
  readonly validators: readonly ValidatorIdentity[];
  readonly tree: StateTree;
}

/** A version that can still be taken back. */
export interface PendingVersion extends LedgerVersion {
  /** The tree it was made from. */
  readonly onto: StateTree;
  /** The block's entries after it; `null` is deleted. */
  readonly changed: ReadonlyMap<string, Entry | null>;
  /** The same entries before it; `null` was not there. */
  readonly replaced: ReadonlyMap<string, Entry | null>;
}

/** The entries of the newest version, and how to go back from it to the committed one, block by block. */
export class LedgerState {
  readonly #genesisHash: string;
  readonly #entries: Map<string, Entry>;
  #committed: LedgerVersion;
  #pending: PendingVersion[] = [];
  /** The genesis is not in the store before the first block is: the first commit brings it along. */
  #unstored: ReadonlyMap<string, Entry> | undefined;

  private constructor(genesisHash: string, entries: Map<string, Entry>, height: number) {
    this.#genesisHash = genesisHash;
    this.#entries = entries;
    const leaves = [...entries].map(([key, entry]) => ({ key, position: entry.position, entry }));
    const tree = changeTree(EMPTY_TREE, leaves);
    this.#committed = { height, stateHash: rootOf(tree), validators: validatorsAfter([], entries), tree };
  }

  /** The state at height 0, which `fill` writes into an empty draft. */
  static ofGenesis(genesisHash: string, fill: (draft: StateDraft) => void): LedgerState {
    const draft = new StateDraft(new Map(), 0);
    fill(draft);
    const entries = new Map<string, Entry>();
    for (const [key, entry] of draft.seal({ height: 0, genesisHash })) if (entry !== null) entries.set(key, entry);
    const state = new LedgerState(genesisHash, entries, 0);
    state.#unstored = new Map(entries);
    return state;
  }

  /** The state that was stored with the block at `height`. Positions must differ. */
  static ofStored(genesisHash: string, entries: Map<string, Entry>, height: number): LedgerState {
    return new LedgerState(genesisHash, entries, height);
  }

  get committed(): LedgerVersion {
    return this.#committed;
  }

  get newest(): LedgerVersion {
    return this.#pending.at(-1) ?? this.#committed;
  }

  draft(): StateDraft {
    return new StateDraft(this.#entries, this.newest.validators.length);
  }

  /** What the next version would be; the state is not changed. */
  next(draft: StateDraft): PendingVersion {
    const { height: parentHeight, tree, validators } = this.newest;
    const height = parentHeight + 1;
    const changed = draft.seal({ height, genesisHash: this.#genesisHash });
    const replaced = new Map<string, Entry | null>();
    const leaves: LeafChange[] = [];
    for (const [key, entry] of changed) {
      const before = this.#entries.get(key) ?? null;
      replaced.set(key, before);
      const position = (entry ?? before)?.position;
      if (position !== undefined) leaves.push({ position, key, entry });
    }
    const changedTree = changeTree(tree, leaves);
    return {
      height,
      stateHash: rootOf(changedTree),
      validators: validatorsAfter(validators, changed),
      tree: changedTree,
      onto: tree,
      changed,
      replaced,
    };
  }

  /**
   * Makes what `next` gave the newest version.
   * @throws StateSyncError EXECUTOR_FAILED when that was made from another version than the newest
   */
  push(version: PendingVersion): void {
    this.requireNewest(version.onto);
    this.#write(version.changed);
    this.#pending.push(version);
  }

  /** @throws StateSyncError EXECUTOR_FAILED when the newest version has another tree */
  requireNewest(tree: StateTree): void {
    if (this.newest.tree === tree) return;
    const height = this.newest.height + 1;
    throw new StateSyncError('EXECUTOR_FAILED', `the state changed while block ${height} was executed`, { height });
  }

  /** Takes back the pending versions above `height`. */
  rollback(height: number): void {
    let last = this.#pending.at(-1);
    while (last !== undefined && last.height > height) {
      this.#write(last.replaced);
      this.#pending.pop();
      last = this.#pending.at(-1);
    }
  }

  /** All changes of the pending versions up to `height`, the last of each entry. */
  changes(height: number): StateChange[] {
    const changed = new Map<string, Entry | null>(this.#unstored);
    for (const version of this.#pending) {
      if (version.height > height) break;
      for (const [key, entry] of version.changed) changed.set(key, entry);
    }
    return [...changed].map(([key, entry]) => ({ key, value: entry === null ? null : encodeEntry(entry) }));
  }

  /** The pending versions up to `height` are stored. */
  settle(height: number): void {
    const settled = this.#pending.filter((version) => version.height <= height);
    const last = settled.at(-1);
    if (last === undefined) return;
    const { stateHash, validators, tree } = last;
    this.#committed = { height: last.height, stateHash, validators, tree };
    this.#pending = this.#pending.slice(settled.length);
    this.#unstored = undefined;
  }

  #write(entries: ReadonlyMap<string, Entry | null>): void {
    for (const [key, entry] of entries) {
      if (entry === null) this.#entries.delete(key);
      else this.#entries.set(key, entry);
    }
  }
}
