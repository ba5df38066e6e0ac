import type { BlockFault } from '../../protocol/errors.ts';
import type { SyncBlock } from '../../protocol/block.ts';
import type { SignatureVerifier } from '../../validation/signature-verifier.ts';
import { blockOf } from '../../wire/blocks.ts';
import { checkTransactions, type SignedTransaction } from './signed-transaction.ts';

type Checked = readonly SignedTransaction[] | BlockFault;

/**
 * With fewer transactions than this to be checked, the next block is begun, so that all cores have something to do until
 * the last of a block is done; and no more, so that the blocks next in line do not wait for those further on.
 */
const AHEAD_TRANSACTIONS_MAX = 64;

/** Checks blocks' transactions ahead of their execution, in the order in which the blocks were announced. */
export class PreparedTransactions {
  readonly #signatures: SignatureVerifier;
  /** Kept as long as the block: who rolls back and applies again finds them here. */
  readonly #checks = new WeakMap<SyncBlock, Promise<Checked>>();
  /** Announced, in this order. Some are applied before it is their turn. */
  readonly #queue: SyncBlock[] = [];
  #underWay = 0;

  constructor(signatures: SignatureVerifier) {
    this.#signatures = signatures;
  }

  announce(block: SyncBlock): void {
    this.#queue.push(block);
    this.#next();
  }

  /** The block's checked transactions, or the fault of the first bad one; the check begins now if it has not yet. */
  of(block: SyncBlock, oneChecked?: () => void): Promise<Checked> {
    const known = this.#checks.get(block);
    if (known !== undefined) return known;
    const check = (async () => checkTransactions(blockOf(block).transactions, this.#signatures, oneChecked))();
    this.#checks.set(block, check);
    // A verifier that broke says nothing about the block: it is asked again.
    check.catch(() => this.#checks.delete(block));
    return check;
  }

  #next(): void {
    while (this.#underWay < AHEAD_TRANSACTIONS_MAX) {
      const block = this.#queue.shift();
      if (block === undefined) return;
      if (!this.#checks.has(block)) void this.#ahead(block);
    }
  }

  async #ahead(block: SyncBlock): Promise<void> {
    let left = 0;
    const less = (transactions: number): void => {
      const fewer = Math.min(transactions, left);
      left -= fewer;
      this.#underWay -= fewer;
      this.#next();
    };
    try {
      left = blockOf(block).transactions.length;
      this.#underWay += left;
      await this.of(block, () => {
        less(1);
      });
    } catch {
      // What fails here is found again, and told, when the block is applied.
    }
    less(left);
  }
}
