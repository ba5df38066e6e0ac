import type { BlockFault } from '../../protocol/errors.ts';
import type { SignatureVerifier } from '../../validation/signature-verifier.ts';
import { executeBlock, executeGenesis, type ExecutableBlock } from './block-rules.ts';
import type { Genesis } from './genesis.ts';
import { LedgerState, type PendingVersion } from './ledger-state.ts';
import { checkTransactions } from './signed-transaction.ts';

/** What execution goes by. */
export interface ExecutionRules {
  readonly genesis: Genesis;
  readonly signatures: SignatureVerifier;
}

/** What of a block its execution depends on. */
export interface UnexecutedBlock {
  readonly proposerAddress: Uint8Array;
  /** Serialized `core.Transaction`s. */
  readonly transactions: readonly Uint8Array[];
}

/** The state at height 0. */
export function genesisState(genesis: Genesis): LedgerState {
  return LedgerState.ofGenesis(genesis.hash, (draft) => {
    executeGenesis(draft, genesis);
  });
}

/**
 * The state after the block, which is only worked out: the caller may push it.
 * @throws StateSyncError EXECUTOR_FAILED when the state changed meanwhile
 */
export async function execute(
  state: LedgerState,
  block: UnexecutedBlock,
  { genesis, signatures }: ExecutionRules,
): Promise<PendingVersion | BlockFault> {
  const { tree } = state.newest;
  const transactions = await checkTransactions(block.transactions, signatures);
  if ('code' in transactions) return transactions;
  state.requireNewest(tree);
  return executeChecked(state, { ...block, transactions }, genesis);
}

/** As `execute`, with transactions that are checked already. */
export function executeChecked(
  state: LedgerState,
  block: Omit<ExecutableBlock, 'height'>,
  genesis: Genesis,
): PendingVersion | BlockFault {
  const draft = state.draft();
  const height = state.newest.height + 1;
  return executeBlock(draft, { ...block, height }, genesis.params) ?? state.next(draft);
}
