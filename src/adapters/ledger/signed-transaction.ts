import type { BlockFault } from '../../protocol/errors.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import { addressOf } from '../../validation/address.ts';
import { transactionHash } from '../../validation/hashes.ts';
import type { SignatureVerifier } from '../../validation/signature-verifier.ts';
import { decodeTransaction, isCanonicalTransaction } from '../../wire/transactions.ts';
import type { Transaction, TransactionMessage } from '../../wire/transactions.ts';

/** A transaction whose signature is good. Whether the signer may do what it says is the ledger's to decide. */
export interface SignedTransaction {
  readonly hash: string;
  /** The address of the key that signed. */
  readonly signer: string;
  readonly message: TransactionMessage;
}

const VERIFIED_AT_ONCE_MAX = 64;

/**
 * Checks of a block's transactions all that needs no state; the fault of the first bad one. As soon as one is checked the
 * next begins, so that the signature verifier never waits for the slowest of a batch.
 * @param oneChecked called after each transaction that was checked; those behind a bad one need not be
 * @throws what the signature verifier throws
 */
export async function checkTransactions(
  transactions: readonly Uint8Array[],
  signatures: SignatureVerifier,
  oneChecked: () => void = () => undefined,
): Promise<readonly SignedTransaction[] | BlockFault> {
  const checked: SignedTransaction[] = [];
  const problems = new Map<number, string>();
  let end = transactions.length;
  let next = 0;
  const checkOn = async (): Promise<void> => {
    while (next < end) {
      const index = next++;
      const result = await checkTransaction(transactions[index] ?? NOTHING, signatures);
      oneChecked();
      if (typeof result !== 'string') checked[index] = result;
      else {
        problems.set(index, result);
        end = Math.min(end, index);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(VERIFIED_AT_ONCE_MAX, end) }, checkOn));
  } finally {
    // After a throw, nothing more is begun.
    next = transactions.length;
  }
  const problem = problems.get(end);
  return problem === undefined ? checked : transactionFault(end, problem);
}

const NOTHING = new Uint8Array();

export function transactionFault(index: number, problem: string): BlockFault {
  return { code: 'INVALID_TRANSACTION', message: `transaction ${index}: ${problem}` };
}

/** @returns what is wrong with it, in words, when something is */
async function checkTransaction(bytes: Uint8Array, signatures: SignatureVerifier): Promise<SignedTransaction | string> {
  const transaction = decode(bytes);
  if (typeof transaction === 'string') return transaction;
  const { message, messageType, nonce, signature, signedBytes } = transaction;
  if (message === null) return `messages of type "${messageType}" are not supported`;
  if (nonce === '') return 'its nonce is empty';
  if (signature === null) return 'it is not signed';
  // Bytes around the signed ones would give a signed transaction a second hash, and with it a second life.
  if (!isCanonicalTransaction(bytes, transaction)) return 'its encoding is not canonical';
  const valid = await signatures.verify(signedBytes, signature.signature, signature.publicKey);
  if (!valid) return 'its signature does not verify';
  return { hash: transactionHash(bytes), signer: addressOf(signature.publicKey), message };
}

function decode(bytes: Uint8Array): Transaction | string {
  try {
    return decodeTransaction(bytes, bytes.length);
  } catch (thrown) {
    if (thrown instanceof StateSyncError) return thrown.message;
    throw thrown;
  }
}
