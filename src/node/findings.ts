import type { UntimedEvent } from '../core/events.ts';
import type { BlockFault } from '../protocol/errors.ts';
import { toHostFault } from '../protocol/errors.ts';

/** What verifying one block came to. `final`: with no other validator set either. */
export type Finding = 'valid' | { readonly fault: BlockFault; readonly final: boolean } | { readonly thrown: unknown };

/**
 * What is found of the blocks of one work, in whatever order. It is told as soon as it is known up to the first block
 * that is not valid: how many before it are, and what is the matter with that one.
 */
export class Findings {
  readonly #workId: number;
  readonly #blocks: number;
  readonly #tell: (event: UntimedEvent) => void;
  readonly #found: (Finding | undefined)[] = [];
  #valid = 0;
  #told = false;
  #isSpoiled = false;
  #underWay = 0;
  #whenAllIn: (() => void) | null = null;

  /** @param blocks how many there are in the work */
  constructor(workId: number, blocks: number, tell: (event: UntimedEvent) => void) {
    this.#workId = workId;
    this.#blocks = blocks;
    this.#tell = tell;
  }

  /** Whether any block is not valid: those behind it need not be begun. */
  get isSpoiled(): boolean {
    return this.#isSpoiled;
  }

  /** @returns the block's place */
  begin(): number {
    this.#underWay++;
    return this.#found.push(undefined) - 1;
  }

  found(place: number, finding: Finding): void {
    this.#underWay--;
    this.#found[place] = finding;
    if (finding !== 'valid') this.#isSpoiled = true;
    if (!this.#told) this.#tellWhatIsKnown();
    if (this.#underWay === 0) this.#whenAllIn?.();
  }

  /** Resolves when nothing that was begun is under way; to be called when no more will be begun. */
  allIn(): Promise<void> {
    if (!this.#told) this.#tellWhatIsKnown();
    return new Promise((resolve) => {
      if (this.#underWay === 0) resolve();
      else this.#whenAllIn = resolve;
    });
  }

  #tellWhatIsKnown(): void {
    const workId = this.#workId;
    while (this.#found[this.#valid] === 'valid') this.#valid++;
    const valid = this.#valid;
    const first = this.#found[valid];
    if (first === undefined && valid < this.#blocks) return;
    this.#told = true;
    if (first === undefined || first === 'valid') return this.#tell({ type: 'blocksVerified', workId, valid });
    if ('thrown' in first) {
      const hostFault = toHostFault(first.thrown, 'EXECUTOR_FAILED');
      return this.#tell({ type: 'blocksVerified', workId, valid, hostFault });
    }
    this.#tell({ type: 'blocksVerified', workId, valid, ...(first.final ? { fault: first.fault } : {}) });
  }
}
