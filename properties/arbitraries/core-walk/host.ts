import type { Command } from '../../../src/core/effects.ts';
import type { SyncEvent } from '../../../src/core/events.ts';
import type { HostFault } from '../../../src/protocol/errors.ts';
import { flawOf } from './plain-chain.ts';

type Work = Extract<Command, { readonly type: 'verifyBlocks' | 'applyBlocks' | 'commitBlocks' | 'rollbackBlocks' }>;
type WithoutNow<E> = E extends SyncEvent ? Omit<E, 'now'> : never;
/** The outcome of a piece of work, but for when. */
export type Outcome = WithoutNow<SyncEvent>;

/**
 * Verifier, executor and store around a core alone: knows every flaw, keeps the height applied and committed, and throws when
 * the core asks for something that no executor could do (a gap, a height twice, a commit of what was not applied).
 */
export class TestHost {
  committed: number;
  validator: boolean;
  /** Heights that this host executes wrongly: a fault of its own (A44). */
  readonly miscomputes = new Set<number>();
  /** Heights whose validators it takes for others than those that it checked the block with: at odds with itself, once each. */
  readonly disagrees = new Set<number>();
  /** What the next piece of work of this kind fails with (APPLY-5). */
  readonly failing = new Map<Work['type'], HostFault>();
  /** What passed with validators that are not its own. */
  readonly #guessed = new Set<string>();
  #appliedIds: string[] = [];
  #tipId: string;

  constructor(committed: number, tipId: string, validator: boolean) {
    this.committed = committed;
    this.#tipId = tipId;
    this.validator = validator;
  }

  static isWork(command: { readonly type: string }): command is Work {
    return ['verifyBlocks', 'applyBlocks', 'commitBlocks', 'rollbackBlocks'].includes(command.type);
  }

  /** How far blocks are applied, committed or not. */
  get applied(): number {
    return this.committed + this.#appliedIds.length;
  }

  /** What was applied and not committed is lost. */
  crash(): void {
    this.#appliedIds = [];
  }

  finalize(height: number, id: string): void {
    if (height !== this.committed + 1) throw new Error(`consensus finalized ${height} on top of ${this.committed}`);
    this.committed = height;
    this.#tipId = id;
    this.#appliedIds = this.#appliedIds[0] === id ? this.#appliedIds.slice(1) : [];
  }

  carryOut(work: Work): Outcome {
    const { workId } = work;
    const hostFault = this.failing.get(work.type);
    switch (work.type) {
      case 'verifyBlocks':
        return this.#verify(work, hostFault);
      case 'applyBlocks':
        return this.#apply(work, hostFault);
      case 'commitBlocks': {
        const { validator } = this;
        if (hostFault !== undefined) return { type: 'blocksCommitted', workId, validator, hostFault };
        for (const block of work.blocks) this.#commit(block.height, block.id);
        return { type: 'blocksCommitted', workId, validator };
      }
      case 'rollbackBlocks': {
        if (hostFault !== undefined) return { type: 'blocksRolledBack', workId, hostFault };
        this.#appliedIds.length = Math.min(this.#appliedIds.length, Math.max(0, work.toHeight - this.committed));
        return { type: 'blocksRolledBack', workId };
      }
    }
  }

  #verify(
    { workId, blocks, exact }: Extract<Work, { type: 'verifyBlocks' }>,
    hostFault: HostFault | undefined,
  ): Outcome {
    if (hostFault !== undefined) return { type: 'blocksVerified', workId, valid: 0, hostFault };
    for (const [valid, block] of blocks.entries()) {
      const { ahead, refusedWith: code } = flawOf(block);
      const isGuess = ahead !== undefined && !(exact && valid === 0);
      this.#guessed.delete(block.contentId);
      if (isGuess && ahead === 'passes') this.#guessed.add(block.contentId);
      else if (isGuess) return { type: 'blocksVerified', workId, valid };
      else if (code !== undefined) {
        return { type: 'blocksVerified', workId, valid, fault: { code, message: `height ${block.height}` } };
      }
    }
    return { type: 'blocksVerified', workId, valid: blocks.length };
  }

  #apply({ workId, blocks }: Extract<Work, { type: 'applyBlocks' }>, hostFault: HostFault | undefined): Outcome {
    if (hostFault !== undefined) return { type: 'blocksApplied', workId, stateHashes: [], hostFault };
    const stateHashes: string[] = [];
    if ((blocks[0]?.height ?? 0) <= this.committed) {
      const late = { code: 'EXECUTOR_FAILED', message: 'consensus has decided this height since' } as const;
      return { type: 'blocksApplied', workId, stateHashes, hostFault: late };
    }
    for (const block of blocks) {
      const flaw = flawOf(block);
      if (block.height !== this.applied + 1)
        throw new Error(`asked to apply ${block.height} on top of ${this.applied}`);
      const parent = this.#appliedIds.at(-1) ?? this.#tipId;
      if (block.parentId !== parent) throw new Error(`asked to apply ${block.height} on top of another block`);
      // Its validators are others than it was checked with.
      if (this.#guessed.has(block.contentId) || this.disagrees.delete(block.height))
        return { type: 'blocksApplied', workId, stateHashes };
      if (flaw.rejectedWith !== undefined) {
        const fault = { code: flaw.rejectedWith, message: `height ${block.height}` };
        return { type: 'blocksApplied', workId, stateHashes, fault };
      }
      const stateHash = this.miscomputes.has(block.height) ? 'miscomputed' : (flaw.stateHash ?? block.id);
      stateHashes.push(stateHash);
      this.#appliedIds.push(stateHash);
      if (stateHash !== block.id) break;
    }
    return { type: 'blocksApplied', workId, stateHashes };
  }

  #commit(height: number, id: string): void {
    // A commit whose outcome was lost is repeated; a store skips what it has.
    if (height <= this.committed) return;
    const [first, ...rest] = this.#appliedIds;
    if (height !== this.committed + 1 || first !== id)
      throw new Error(`asked to commit ${height}, which is not applied`);
    this.committed = height;
    this.#tipId = id;
    this.#appliedIds = rest;
  }
}
