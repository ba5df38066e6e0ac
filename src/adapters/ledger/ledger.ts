import type { Applied, BlockStore, ChainTip, Executor, StateChange } from '../../node/ports.ts';
import type { SyncBlock } from '../../protocol/block.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import { lookupOf } from '../../validation/validator-set.ts';
import { blockOf } from '../../wire/blocks.ts';
import { executeChecked, genesisState, type ExecutionRules } from './execution.ts';
import { LedgerState } from './ledger-state.ts';
import { CHAIN_KEY, decodeEntry, type Entry } from './records.ts';
import { PreparedTransactions } from './prepared-transactions.ts';
import { POSITIONS_MAX } from './state-tree.ts';

export type LedgerOptions = ExecutionRules;

/**
 * A ledger of accounts and validators that executes Pocket's transactions. It is a plain one: it follows Pocket's
 * formats, but its state hash is its own, so it cannot follow the chain of Pocket's Go nodes.
 *
 * - `MessageSend` moves coins. `MessageStake` moves coins of the signer into the stake of a new validator, who is of
 *   the set from the next height on; `MessageUnstake` takes the validator out of it, and its stake is paid to its
 *   output address `validator_unstaking_blocks` later. Only validators (actor type 4) can stake. The last validator
 *   cannot leave. Any other message is refused.
 * - The signer pays the message's fee of the genesis; `proposer_percentage_of_fees` of a block's fees go to its
 *   proposer (rounded down), the rest to the pool "DAO".
 * - A transaction is executed once. Its hash is kept for good, one small entry each: that grows with the chain, as it
 *   does in Pocket. Only the canonical encoding is accepted, so that no transaction has two hashes.
 * - One bad transaction makes the block bad (INVALID_TRANSACTION, with its index and why).
 * - The state hash is the root of a Merkle tree over all entries: the chain's height and genesis, accounts, validators,
 *   stakes to be paid back, executed transactions.
 *
 * The whole state is held in memory.
 */
export function createLedger(options: LedgerOptions): Executor {
  return new Ledger(options);
}

class Ledger implements Executor {
  readonly #rules: ExecutionRules;
  readonly #prepared: PreparedTransactions;
  #state: LedgerState | undefined;

  constructor(rules: ExecutionRules) {
    this.#rules = rules;
    this.#prepared = new PreparedTransactions(rules.signatures);
  }

  async open(store: BlockStore): Promise<void> {
    this.#state = undefined;
    const entries = new Map<string, Entry>();
    for await (const [key, value] of store.state()) entries.set(key, decodeEntry(key, value));
    const height = store.range().maxHeight;
    this.#state = height === 0 ? this.#fromGenesis(entries) : await this.#fromStore(store, entries, height);
  }

  tip(): ChainTip {
    const { height, stateHash, validators } = this.#requireState().committed;
    return { height, stateHash, validators };
  }

  head(): ChainTip {
    const { height, stateHash, validators } = this.#requireState().newest;
    return { height, stateHash, validators };
  }

  prepare(block: SyncBlock): void {
    this.#prepared.announce(block);
  }

  async apply(block: SyncBlock): Promise<Applied> {
    const state = this.#requireState();
    const { header } = blockOf(block);
    const parentHeight = state.newest.height;
    if (block.height !== parentHeight + 1) fail(`block ${block.height} does not follow height ${parentHeight}`);
    const parent = state.newest.tree;
    const transactions = await this.#prepared.of(block);
    if ('code' in transactions) return { rejected: transactions };
    // Blocks below may have been committed meanwhile, which changes nothing here; but none taken back.
    state.requireNewest(parent);
    const { proposerAddress } = header;
    const version = executeChecked(state, { proposerAddress, transactions }, this.#rules.genesis);
    if ('code' in version) return { rejected: version };
    const { stateHash } = version;
    if (stateHash === header.stateHash && header.nextValSetHash !== lookupOf(version.validators).hash) {
      const message = `block ${block.height} does not lead to the validator set that its next_val_set_hash names`;
      return { rejected: { code: 'VALIDATOR_SET_MISMATCH', message } };
    }
    state.push(version);
    return { stateHash };
  }

  changes(height: number): readonly StateChange[] {
    return this.#requireState().changes(height);
  }

  committed(height: number): void {
    const state = this.#requireState();
    if (height > state.newest.height) fail(`height ${height} was committed, but not executed`);
    state.settle(height);
  }

  async rollback(height: number): Promise<void> {
    const state = this.#requireState();
    if (height < state.committed.height) fail(`height ${height} is below the committed ${state.committed.height}`);
    state.rollback(height);
  }

  #fromGenesis(entries: ReadonlyMap<string, Entry>): LedgerState {
    if (entries.size > 0) corrupt('the store has a state, but no block');
    return genesisState(this.#rules.genesis);
  }

  async #fromStore(store: BlockStore, entries: Map<string, Entry>, height: number): Promise<LedgerState> {
    const { genesis } = this.#rules;
    const chain = entries.get(CHAIN_KEY)?.record;
    if (chain?.kind !== 'chain') return corrupt('the stored state does not tell its height');
    if (chain.genesisHash !== genesis.hash) {
      throw new StateSyncError('STORE_FOREIGN', `the stored state is of another genesis (${chain.genesisHash})`);
    }
    if (chain.height !== height)
      corrupt(`the stored state is of height ${chain.height}, the newest block is ${height}`);
    checkPositions(entries, chain.positions);
    const state = LedgerState.ofStored(genesis.hash, entries, height);
    const { id } = await store.read(height);
    const { stateHash } = state.committed;
    if (stateHash !== id) corrupt(`the stored state has the hash ${stateHash}, block ${height} names ${id}`);
    return state;
  }

  #requireState(): LedgerState {
    return this.#state ?? fail('the ledger is not open');
  }
}

function checkPositions(entries: ReadonlyMap<string, Entry>, positions: number): void {
  const seen = new Set<number>();
  for (const [key, { position }] of entries) {
    if (position >= Math.min(positions, POSITIONS_MAX) || seen.has(position)) {
      corrupt(`the entry "${key}" has the impossible position ${position}`);
    }
    seen.add(position);
  }
}

function corrupt(message: string): never {
  throw new StateSyncError('STORE_CORRUPT', message);
}

function fail(message: string): never {
  throw new StateSyncError('EXECUTOR_FAILED', message);
}
