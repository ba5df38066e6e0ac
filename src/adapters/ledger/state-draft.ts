import type { Entry, LedgerRecord, Payout, ValidatorRecord } from './records.ts';
import { accountKey, CHAIN_KEY, transactionKey, unstakingKey, validatorKey } from './records.ts';

/** What a block does to the state, beside the state: nothing is changed until the draft is sealed into a version. */
export class StateDraft {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #written = new Map<string, LedgerRecord | null>();
  #validatorCount: number;

  /** `entries` must not change while the draft lives. */
  constructor(entries: ReadonlyMap<string, Entry>, validatorCount: number) {
    this.#entries = entries;
    this.#validatorCount = validatorCount;
  }

  get validatorCount(): number {
    return this.#validatorCount;
  }

  balance(address: string): bigint {
    const record = this.#get(accountKey(address));
    return record?.kind === 'account' ? record.amount : 0n;
  }

  /** A balance of 0 is no account. */
  setBalance(address: string, amount: bigint): void {
    this.#written.set(accountKey(address), amount === 0n ? null : { kind: 'account', amount });
  }

  credit(address: string, amount: bigint): void {
    if (amount > 0n) this.setBalance(address, this.balance(address) + amount);
  }

  validator(address: string): ValidatorRecord | undefined {
    const record = this.#get(validatorKey(address));
    return record?.kind === 'validator' ? record : undefined;
  }

  addValidator(address: string, record: ValidatorRecord): void {
    this.#written.set(validatorKey(address), record);
    this.#validatorCount += 1;
  }

  removeValidator(address: string): void {
    this.#written.set(validatorKey(address), null);
    this.#validatorCount -= 1;
  }

  payouts(height: number): readonly Payout[] {
    const record = this.#get(unstakingKey(height));
    return record?.kind === 'unstaking' ? record.payouts : [];
  }

  setPayouts(height: number, payouts: readonly Payout[]): void {
    this.#written.set(unstakingKey(height), payouts.length === 0 ? null : { kind: 'unstaking', payouts });
  }

  hasTransaction(hash: string): boolean {
    return this.#get(transactionKey(hash)) !== undefined;
  }

  addTransaction(hash: string, height: number): void {
    this.#written.set(transactionKey(hash), { kind: 'transaction', height });
  }

  /**
   * The changed entries, and the chain's own entry with them. New entries take the next positions, in key order, so
   * that positions depend on the chain's content only; a position is never used again.
   */
  seal(chain: { readonly height: number; readonly genesisHash: string }): Map<string, Entry | null> {
    const before = this.#entries.get(CHAIN_KEY)?.record;
    let positions = before?.kind === 'chain' ? before.positions : 1;
    const changed = new Map<string, Entry | null>();
    for (const [key, record] of [...this.#written].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const known = this.#entries.get(key);
      if (record !== null) changed.set(key, { position: known?.position ?? positions++, record });
      else if (known !== undefined) changed.set(key, null);
    }
    changed.set(CHAIN_KEY, { position: 0, record: { kind: 'chain', positions, ...chain } });
    return changed;
  }

  #get(key: string): LedgerRecord | undefined {
    const written = this.#written.get(key);
    return written === undefined ? this.#entries.get(key)?.record : (written ?? undefined);
  }
}
