import { bytesToHex } from '@noble/hashes/utils.js';
import type { BlockFault } from '../../protocol/errors.ts';
import type { Genesis, GenesisParams } from './genesis.ts';
import { DAO_ADDRESS } from './genesis-file.ts';
import { executeMessage } from './message-rules.ts';
import { transactionFault, type SignedTransaction } from './signed-transaction.ts';
import type { StateDraft } from './state-draft.ts';

/** Writes the genesis into an empty draft. */
export function executeGenesis(draft: StateDraft, { accounts, validators }: Genesis): void {
  for (const { address, amount } of accounts) draft.setBalance(address, amount);
  for (const { address, publicKey, stake, output, serviceUrl } of validators) {
    draft.addValidator(address, { kind: 'validator', publicKey, stake, output, serviceUrl });
  }
}

/** What of a block its execution depends on. */
export interface ExecutableBlock {
  readonly height: number;
  readonly proposerAddress: Uint8Array;
  readonly transactions: readonly SignedTransaction[];
}

/**
 * Executes a block: first the stakes that fall due are paid back, then the transactions in order, then the fees are
 * handed out. One bad transaction makes the whole block bad; the draft is then of no use.
 */
export function executeBlock(draft: StateDraft, block: ExecutableBlock, params: GenesisParams): BlockFault | null {
  const { height } = block;
  const due = draft.payouts(height);
  for (const { to, amount } of due) draft.credit(to, amount);
  if (due.length > 0) draft.setPayouts(height, []);

  let fees = 0n;
  for (const [index, { hash, signer, message }] of block.transactions.entries()) {
    if (draft.hasTransaction(hash)) return transactionFault(index, `${hash} was executed before`);
    const result = executeMessage(message, { draft, params, height, signer });
    if ('refused' in result) return transactionFault(index, result.refused);
    draft.addTransaction(hash, height);
    fees += result.fee;
  }

  const proposerShare = (fees * BigInt(params.proposerPercentageOfFees)) / 100n;
  draft.credit(bytesToHex(block.proposerAddress), proposerShare);
  draft.credit(DAO_ADDRESS, fees - proposerShare);
  return null;
}
