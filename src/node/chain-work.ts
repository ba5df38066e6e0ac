import type { EffectOf } from '../core/effects.ts';
import type { UntimedEvent } from '../core/events.ts';
import type { SyncBlock, ValidatorIdentity } from '../protocol/block.ts';
import type { BlockFault } from '../protocol/errors.ts';
import { toHostFault } from '../protocol/errors.ts';
import type { BlockStore, BlockVerifier, ChainTip, Clock, Executor, Transport } from './ports.ts';
import { Slots, Turns } from './turns.ts';

export interface ChainPorts {
  readonly transport: Transport;
  readonly store: BlockStore;
  readonly executor: Executor;
  readonly verifier: BlockVerifier;
  readonly clock: Clock;
}

/** Blocks in the verifier at once, of all works together; the lowest come first. */
const VERIFYING_MAX = 16;

/** Why a block is not valid; `final`: with no other validator set either. */
type Verification =
  | { readonly valid: true }
  | { readonly valid: false; readonly fault: BlockFault; readonly final: boolean }
  | { readonly thrown: unknown };

/** Verifies, applies and commits blocks, and takes them back: the effects that are about this node's own chain. */
export class ChainWork {
  readonly #ports: ChainPorts;
  readonly #tell: (event: UntimedEvent) => void;
  readonly #turns: Turns;
  readonly #verifying = new Slots(VERIFYING_MAX);
  readonly #verified = new VerifiedBlocks();

  constructor(ports: ChainPorts, tell: (event: UntimedEvent) => void) {
    this.#ports = ports;
    this.#tell = tell;
    this.#turns = new Turns(ports.clock);
  }

  /** All blocks at once; what is told is about those before the first that is not valid, and about that one. */
  async verify({ workId, blocks, certified, exact }: EffectOf<'verifyBlocks'>): Promise<void> {
    const begun: Promise<Verification>[] = [];
    /** Nothing is begun behind a block that is not valid. */
    const all = { valid: true };
    for (const [index, block] of blocks.entries()) {
      // Without waiting where there is no need, so that a work that comes later does not come in between.
      const slot = this.#verifying.take(block.height);
      if (slot !== undefined) await slot;
      const turn = this.#turns.giveWay();
      if (turn !== undefined) await turn;
      if (!all.valid) {
        this.#verifying.give();
        break;
      }
      const known = !certified || (exact && index === 0);
      const verification = this.#verifyOne(block, certified, known).then((result) => {
        this.#verifying.give();
        if (!('valid' in result && result.valid)) all.valid = false;
        return result;
      });
      begun.push(verification);
    }
    let valid = 0;
    for (const verification of begun) {
      const result = await verification;
      if ('thrown' in result) {
        const hostFault = toHostFault(result.thrown, 'EXECUTOR_FAILED');
        this.#tell({ type: 'blocksVerified', workId, valid, hostFault });
        break;
      }
      if (!result.valid) {
        this.#tell({ type: 'blocksVerified', workId, valid, ...(result.final ? { fault: result.fault } : {}) });
        break;
      }
      valid++;
    }
    if (valid === blocks.length) this.#tell({ type: 'blocksVerified', workId, valid });
    // What was begun in vain is still work under way.
    await Promise.all(begun);
  }

  /** @param known whether the block's validator set is the one that it is checked with: then the verdict is final */
  async #verifyOne(block: SyncBlock, certified: boolean, known: boolean): Promise<Verification> {
    const { verifier, executor } = this.#ports;
    try {
      const { stateHash, validators } = executor.head();
      const parent: ChainTip = { height: block.height - 1, stateHash: known ? stateHash : '', validators };
      const verdict = await verifier.verify(block, parent, certified);
      if (!verdict.valid) return { valid: false, fault: verdict.fault, final: known || verdict.always === true };
      if (certified) {
        this.#verified.add(block, validators);
        this.#prepare(block);
      }
      return { valid: true };
    } catch (thrown) {
      return { thrown };
    }
  }

  /** Of certified blocks only: any other may hold as much work as its sender likes. */
  #prepare(block: SyncBlock): void {
    try {
      this.#ports.executor.prepare?.(block);
    } catch {
      // Applying it will tell.
    }
  }

  async apply({ workId, blocks }: EffectOf<'applyBlocks'>): Promise<void> {
    const { executor } = this.#ports;
    const stateHashes: string[] = [];
    let fault: BlockFault | undefined;
    try {
      for (const block of blocks) {
        if (!sameValidators(this.#verified.validatorsOf(block), executor.head().validators)) break;
        const turn = this.#turns.giveWay();
        if (turn !== undefined) await turn;
        const applied = await executor.apply(block);
        if ('rejected' in applied) {
          fault = applied.rejected;
          break;
        }
        stateHashes.push(applied.stateHash);
        if (applied.stateHash !== block.id) break;
      }
      this.#tell({ type: 'blocksApplied', workId, stateHashes, ...(fault === undefined ? {} : { fault }) });
    } catch (error) {
      this.#tell({ type: 'blocksApplied', workId, stateHashes, hostFault: toHostFault(error, 'EXECUTOR_FAILED') });
    }
  }

  async commit({ workId, blocks }: EffectOf<'commitBlocks'>): Promise<void> {
    const { store, executor, transport } = this.#ports;
    const height = blocks[blocks.length - 1]?.height ?? 0;
    try {
      const changes = executor.changes(height);
      // To gather what has changed, and to encode it, are two pieces of work.
      const turn = this.#turns.giveWay();
      if (turn !== undefined) await turn;
      await store.commit(blocks, changes);
      executor.committed(height);
      this.#verified.forgetUpTo(height);
      const validator = executor.tip().validators.some(({ address }) => address === transport.self);
      this.#tell({ type: 'blocksCommitted', workId, validator });
    } catch (error) {
      const hostFault = toHostFault(error, 'STORE_FAILED');
      this.#tell({ type: 'blocksCommitted', workId, validator: false, hostFault });
    }
  }

  async rollback({ workId, toHeight }: EffectOf<'rollbackBlocks'>): Promise<void> {
    try {
      await this.#ports.executor.rollback(toHeight);
      this.#tell({ type: 'blocksRolledBack', workId });
    } catch (error) {
      this.#tell({ type: 'blocksRolledBack', workId, hostFault: toHostFault(error, 'EXECUTOR_FAILED') });
    }
  }
}

/** So many blocks are remembered before it is looked at which of them are committed. */
const VERIFIED_MIN = 1_024;

/**
 * The validator set that each block's certificate was found good under, until the block's height is committed. Not a
 * WeakMap: with thousands of blocks on their way, that costs more in garbage collection than all the rest of this file.
 */
class VerifiedBlocks {
  readonly #validators = new Map<SyncBlock, readonly ValidatorIdentity[]>();
  #lookAt = VERIFIED_MIN;

  add(block: SyncBlock, validators: readonly ValidatorIdentity[]): void {
    this.#validators.set(block, validators);
  }

  /** undefined: this very block was not verified. */
  validatorsOf(block: SyncBlock): readonly ValidatorIdentity[] | undefined {
    return this.#validators.get(block);
  }

  forgetUpTo(height: number): void {
    if (this.#validators.size < this.#lookAt) return;
    for (const block of this.#validators.keys()) if (block.height <= height) this.#validators.delete(block);
    this.#lookAt = this.#validators.size + VERIFIED_MIN;
  }
}

function sameValidators(
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
