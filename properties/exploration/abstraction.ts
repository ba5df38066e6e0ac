import { inWords } from './action-words.ts';
import type { WorldState } from './state.ts';
import type { WorldSystem } from './world-system.ts';

/** A state that was taken for one seen before. */
interface Revisit {
  readonly state: WorldState;
  readonly number: number;
}

/** Keeps some of the states that were taken for others, spread evenly over an exploration. */
export class Revisits {
  #kept: Revisit[] = [];
  readonly #max: number;
  #stride = 1;
  #seen = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get kept(): readonly Revisit[] {
    return this.#kept;
  }

  note(state: WorldState, number: number): void {
    if (this.#seen++ % this.#stride !== 0) return;
    this.#kept.push({ state, number });
    if (this.#kept.length < this.#max) return;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }
}

/**
 * What can happen in a state and where each of it leads, up to the abstraction. If states with one fingerprint always
 * agree in this, then what the fingerprint leaves out decides nothing, however long the run.
 */
export function prospectsOf(system: WorldSystem, state: WorldState): string {
  const prospects = system.actions(state).map((choice) => {
    const { high, low } = system.fingerprint(system.apply(state, choice).state);
    return `${inWords(state, choice.action, system.plan).join('; ')} -> ${high}:${low}`;
  });
  return system.isSymmetric
    ? prospects
        .map((each) => each.replace(/^.* -> /, ''))
        .sort()
        .join('\n')
    : prospects.join('\n');
}
