import type { SyncBlock, ValidatorIdentity } from '../protocol/block.ts';

interface Verified {
  readonly block: SyncBlock;
  readonly validators: readonly ValidatorIdentity[];
}

/**
 * The validator set that each block's certificate was found good under, until its height is committed; of blocks of one
 * height, of the one that was verified last. By height and not by block: to hash objects costs a good part of what the
 * host loop does.
 */
export class VerifiedBlocks {
  readonly #byHeight = new Map<number, Verified>();
  /** Nothing is remembered below. */
  #lowest = Infinity;

  add(block: SyncBlock, validators: readonly ValidatorIdentity[]): void {
    this.#byHeight.set(block.height, { block, validators });
    if (block.height < this.#lowest) this.#lowest = block.height;
  }

  /** undefined: this very block was not verified, or another of its height since. */
  validatorsOf(block: SyncBlock): readonly ValidatorIdentity[] | undefined {
    const verified = this.#byHeight.get(block.height);
    return verified?.block === block ? verified.validators : undefined;
  }

  forgetUpTo(height: number): void {
    for (; this.#lowest <= height && this.#byHeight.size > 0; this.#lowest++) this.#byHeight.delete(this.#lowest);
    if (this.#byHeight.size === 0) this.#lowest = Infinity;
  }
}

export function sameValidators(
  verifiedWith: readonly ValidatorIdentity[] | undefined,
  validators: readonly ValidatorIdentity[],
): boolean {
  if (verifiedWith === validators) return true;
  if (verifiedWith?.length !== validators.length) return false;
  return validators.every(({ address, publicKey }, index) => {
    const other = verifiedWith[index];
    return other?.address === address && other.publicKey === publicKey;
  });
}
