import type { Effect, EffectOf } from '../../src/core/effects.ts';
import type { EventOf, SyncEvent } from '../../src/core/events.ts';
import type { Applied, Verdict } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { Made } from './made.ts';
import type { Judge } from './rules.ts';
import { BEATS_MAX, CONTRACT } from './rules.ts';
import { Verdicts } from './verdicts.ts';

export type WorkType = 'verifyBlocks' | 'applyBlocks' | 'commitBlocks' | 'rollbackBlocks';
type Asked = EffectOf<WorkType>;
type Outcome = EventOf<'blocksVerified' | 'blocksApplied' | 'blocksCommitted' | 'blocksRolledBack'>;

interface Open {
  readonly effect: Asked;
  beats: number;
}

const OUTCOME = {
  verifyBlocks: 'blocksVerified',
  applyBlocks: 'blocksApplied',
  commitBlocks: 'blocksCommitted',
  rollbackBlocks: 'blocksRolledBack',
} as const;

const OUTCOMES: ReadonlySet<string> = new Set(Object.values(OUTCOME));

/** HOST-6 for verifier, executor and store: what was asked of them, what they made of it, and what the core was told. */
export class WorkDone {
  readonly verdicts = { certified: new Verdicts(), bare: new Verdicts() };
  readonly applied = new WeakMap<SyncBlock, Made<Applied>>();
  readonly committed = new Map<number, Made<true>>();
  rolledBack: { readonly toHeight: number; readonly made: Made<true> } | null = null;
  readonly #judge: Judge;
  readonly #open = new Map<number, Open>();
  readonly #answered = new Set<number>();
  readonly #tipHeight: () => number;

  /** @param tipHeight height of the executor's committed tip */
  constructor(judge: Judge, tipHeight: () => number) {
    this.#judge = judge;
    this.#tipHeight = tipHeight;
  }

  observed(event: SyncEvent, effects: readonly Effect[]): void {
    if (isOutcome(event)) this.#outcome(event);
    for (const effect of effects) {
      if (!(effect.type in OUTCOME)) continue;
      const asked = effect as Asked;
      this.#open.set(asked.workId, { effect: asked, beats: 0 });
    }
  }

  beat(): void {
    for (const open of this.#open.values()) {
      if (++open.beats <= BEATS_MAX) continue;
      const made = this.#stage(open.effect);
      this.#judge.broken(
        CONTRACT.answers,
        `${describe(open.effect)}: ${OUTCOME[open.effect.type]} was never told; ${made}`,
      );
      return;
    }
  }

  /** What the core waits for, in words. */
  get waiting(): readonly string[] {
    return [...this.#open.values()].map(({ effect }) => `${describe(effect)}: ${this.#stage(effect)}`);
  }

  #outcome(event: Outcome): void {
    const open = this.#open.get(event.workId);
    if (open === undefined) {
      const why = this.#answered.has(event.workId) ? 'which was answered already' : 'which the core did not ask for';
      this.#judge.broken(CONTRACT.answers, `${event.type} was told for work ${event.workId}, ${why}`);
      return;
    }
    const { effect } = open;
    if (OUTCOME[effect.type] !== event.type) {
      this.#judge.broken(CONTRACT.answers, `${event.type} was told for ${describe(effect)}`);
      return;
    }
    this.#open.delete(event.workId);
    this.#answered.add(event.workId);
    if (this.#answered.size > 1_000) this.#answered.clear();
    const wrong = this.#untruth(effect, event);
    if (wrong !== null) this.#judge.broken(CONTRACT.truthful, `${describe(effect)}: ${wrong}`);
    else {
      this.#judge.held(CONTRACT.answers);
      this.#judge.held(CONTRACT.truthful);
    }
  }

  #untruth(effect: Asked, event: Outcome): string | null {
    if (effect.type === 'verifyBlocks' && event.type === 'blocksVerified') return this.#verified(effect, event);
    if (effect.type === 'applyBlocks' && event.type === 'blocksApplied') return this.#appliedAs(effect, event);
    if (effect.type === 'commitBlocks' && event.type === 'blocksCommitted') return this.#committedAs(effect, event);
    if (effect.type === 'rollbackBlocks' && event.type === 'blocksRolledBack') {
      const made = this.rolledBack?.toHeight === effect.toHeight ? this.rolledBack.made : undefined;
      return simple(made, event.hostFault !== undefined, 'rolled back', 'the executor');
    }
    return null;
  }

  #verified({ blocks, certified, exact }: EffectOf<'verifyBlocks'>, event: EventOf<'blocksVerified'>): string | null {
    const verdicts = certified ? this.verdicts.certified : this.verdicts.bare;
    for (const block of blocks.slice(0, event.valid)) {
      const made = verdicts.told(block, (each) => verdictOf(each)?.valid === true);
      if (made === undefined) return `${block.height} was told valid, and the verifier was not asked`;
      if (made === 'asked') return `${block.height} was told valid before the verifier had answered`;
      if ('threw' in made) return `${block.height} was told valid, and the verifier threw: ${made.threw}`;
      if (!made.answer.valid) return `${block.height} was told valid, and the verifier said ${made.answer.fault.code}`;
    }
    if (event.valid > blocks.length) return `${event.valid} were told valid, of ${blocks.length}`;
    const next = blocks[event.valid];
    if (next === undefined) return null;
    const made = verdicts.told(next, (each) => {
      const said = verdictOf(each);
      if (event.hostFault !== undefined) return typeof each === 'object' && 'threw' in each;
      return said !== null && !said.valid && said.fault.code === event.fault?.code;
    });
    const verdict = verdictOf(made);
    if (event.hostFault !== undefined)
      return verdict === null ? null : 'a host fault was told, and the verifier answered';
    if (event.fault === undefined) {
      if (typeof made === 'object' && 'threw' in made)
        return `the verifier threw (${made.threw}), and no hostFault was told`;
      return event.valid > 0 || !exact ? null : 'none was told valid, and neither fault nor hostFault says why';
    }
    if (verdict === null) return `${next.height} was told bad (${event.fault.code}), and the verifier did not say so`;
    if (verdict.valid) return `${next.height} was told bad (${event.fault.code}), and the verifier found it valid`;
    return verdict.fault.code === event.fault.code
      ? null
      : `told ${event.fault.code}, where the verifier said ${verdict.fault.code}`;
  }

  #appliedAs({ blocks }: EffectOf<'applyBlocks'>, event: EventOf<'blocksApplied'>): string | null {
    for (const [i, stateHash] of event.stateHashes.entries()) {
      const block = blocks[i];
      if (block === undefined) return `${event.stateHashes.length} state hashes were told, of ${blocks.length} blocks`;
      const made = this.applied.get(block);
      if (made === undefined) return `${block.height} was told applied, and the executor was not asked`;
      if (made === 'asked') return `${block.height} was told applied before the executor had answered`;
      if ('threw' in made) return `${block.height} was told applied, and the executor threw: ${made.threw}`;
      const own = 'stateHash' in made.answer ? made.answer.stateHash : `rejected (${made.answer.rejected.code})`;
      if (own !== stateHash)
        return `the state hash at ${block.height} was told as ${stateHash}, the executor said ${own}`;
      const differs = stateHash !== block.id && i + 1 < event.stateHashes.length;
      if (differs)
        return `${block.height} gave another state hash than its id, and ${block.height + 1} was applied on top`;
    }
    const next = blocks[event.stateHashes.length];
    if (next === undefined) return null;
    const made = this.applied.get(next);
    if (event.hostFault !== undefined) {
      const answered = typeof made === 'object' && 'answer' in made;
      return answered ? `a host fault was told at ${next.height}, and the executor answered` : null;
    }
    if (event.fault !== undefined) return null;
    const before = blocks[event.stateHashes.length - 1];
    if (before !== undefined && event.stateHashes.at(-1) !== before.id) return null;
    if (typeof made === 'object' && 'threw' in made)
      return `the executor threw at ${next.height} (${made.threw}), and no hostFault was told`;
    // It was verified with another validator set than it has now: to be verified again.
    return made === undefined ? null : `nothing was told of ${next.height}`;
  }

  #committedAs({ blocks }: EffectOf<'commitBlocks'>, event: EventOf<'blocksCommitted'>): string | null {
    const height = blocks.at(-1)?.height ?? 0;
    const wrong = simple(this.committed.get(height), event.hostFault !== undefined, 'committed', 'the store');
    if (wrong !== null || event.hostFault !== undefined) return wrong;
    const tip = this.#tipHeight();
    return tip < height
      ? `told committed, and executor.committed(${height}) was not called: its tip is at ${tip}`
      : null;
  }

  #stage(effect: Asked): string {
    switch (effect.type) {
      case 'verifyBlocks':
        return stageOf(
          'the verifier',
          this.verdicts[effect.certified ? 'certified' : 'bare'].last(last(effect.blocks)),
        );
      case 'applyBlocks':
        return stageOf('the executor', this.applied.get(last(effect.blocks)));
      case 'commitBlocks':
        return stageOf('the store', this.committed.get(last(effect.blocks).height));
      case 'rollbackBlocks':
        return stageOf(
          'the executor',
          this.rolledBack?.toHeight === effect.toHeight ? this.rolledBack.made : undefined,
        );
    }
  }
}

function isOutcome(event: SyncEvent): event is Outcome {
  return OUTCOMES.has(event.type);
}

function verdictOf(made: Made<Verdict> | undefined): Verdict | null {
  return typeof made === 'object' && 'answer' in made ? made.answer : null;
}

function simple(made: Made<true> | undefined, fault: boolean, what: string, who: string): string | null {
  if (fault)
    return typeof made === 'object' && 'answer' in made ? `a host fault was told, and ${who} has it ${what}` : null;
  if (made === undefined) return `told ${what}, and ${who} was not asked`;
  if (made === 'asked') return `told ${what} before ${who} had done it`;
  return 'threw' in made ? `told ${what}, and ${who} threw: ${made.threw}` : null;
}

function stageOf(who: string, made: Made<unknown> | undefined): string {
  if (made === undefined) return `${who} was not asked`;
  if (made === 'asked') return `${who} is still at it`;
  return 'threw' in made ? `${who} threw: ${made.threw}` : `${who} has answered`;
}

function describe(effect: Asked): string {
  if (effect.type === 'rollbackBlocks') return `rollbackBlocks to ${effect.toHeight} (work ${effect.workId})`;
  const heights = [effect.blocks[0]?.height, effect.blocks.at(-1)?.height];
  const range = heights[0] === heights[1] ? `${heights[0] ?? '?'}` : heights.join('..');
  return `${effect.type} ${range} (work ${effect.workId})`;
}

function last(blocks: readonly SyncBlock[]): SyncBlock {
  const block = blocks.at(-1);
  if (block === undefined) throw new Error('an effect without blocks');
  return block;
}
