import type { BlockFault } from '../../protocol/errors.ts';
import type { SyncBlock } from '../../protocol/block.ts';
import type { SignatureVerifier } from '../../validation/signature-verifier.ts';
import { blockOf } from '../../wire/blocks.ts';
import { checkTransactions, type SignedTransaction } from './signed-transaction.ts';

type Checked = readonly SignedTransaction[] | BlockFault;

/**
 * Transactions whose signatures are checked at once, ahead of execution: enough for all cores to have something to do,
 * few enough for the blocks next in line not to wait for those further on.
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
  of(block: SyncBlock): Promise<Checked> {
    const known = this.#checks.get(block);
    if (known !== undefined) return known;
    const check = (async () => checkTransactions(blockOf(block).transactions, this.#signatures))();
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
    let length = 0;
    try {
      ({ length } = blockOf(block).transactions);
      this.#underWay += length;
      await this.of(block);
    } catch {
      // What fails here is found again, and told, when the block is applied.
    }
    this.#underWay -= length;
    this.#next();
  }
}
