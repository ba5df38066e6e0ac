import type { PeerId } from '../../src/protocol/block.ts';
import type { Action } from './actions.ts';
import { CanonicalForm } from './canonical.ts';
import type { Planted } from './closed-world.ts';
import { ClosedWorld } from './closed-world.ts';
import type { Fingerprint } from './fingerprint.ts';
import { FingerprintWriter, TextKeyWriter } from './fingerprint.ts';
import type { WorldPlan } from './plan.ts';
import { exchange, renamed, renamedAction } from './renaming.ts';
import type { Move, System } from './search.ts';
import type { WorldState } from './state.ts';

/** What happens, and whether the core sees it with the names of the interchangeable peers exchanged. */
export interface Choice {
  readonly action: Action;
  readonly exchanged: boolean;
}

/**
 * A closed world as the search takes it. Where two peers are interchangeable, the core meets every event twice, under
 * either naming: so ties that it breaks by name are broken both ways, and exchanging the two peers in any run gives a
 * run again. Only then may states that differ in the two names count as one (`symmetric`).
 */
export class WorldSystem implements System<WorldState, Choice> {
  readonly plan: WorldPlan;
  readonly initial: WorldState;
  readonly #world: ClosedWorld;
  readonly #form: CanonicalForm;
  readonly #peers: readonly PeerId[];
  readonly #symmetric: boolean;
  readonly #exchange: ((peer: PeerId) => PeerId) | null;
  readonly #writer = new FingerprintWriter();

  constructor(plan: WorldPlan, options: Planted & { readonly symmetric?: boolean } = {}) {
    this.plan = plan;
    this.#world = new ClosedWorld(plan, options);
    this.initial = this.#world.initial;
    this.#form = new CanonicalForm(plan, this.initial.facts.config);
    this.#peers = [...plan.honest, ...plan.byzantine];
    this.#exchange = plan.interchangeable === null ? null : exchange(plan.interchangeable);
    this.#symmetric = options.symmetric === true;
    if (this.#symmetric && this.#exchange === null) throw new Error(`${plan.name} has no interchangeable peers`);
  }

  get isSymmetric(): boolean {
    return this.#symmetric;
  }

  actions(state: WorldState): readonly Choice[] {
    const actions = this.#world.actions(state);
    const plain = actions.map((action) => ({ action, exchanged: false }));
    if (this.#exchange === null) return plain;
    return [...plain, ...actions.map((action) => ({ action, exchanged: true }))];
  }

  apply(state: WorldState, { action, exchanged }: Choice): Move<WorldState> {
    if (!exchanged || this.#exchange === null) return this.#world.apply(state, action);
    const move = this.#world.apply(renamed(state, this.#exchange), renamedAction(action, this.#exchange));
    return { ...move, state: renamed(move.state, this.#exchange) };
  }

  broken(state: WorldState): string | null {
    return this.#world.broken(state);
  }

  fingerprint(state: WorldState): Fingerprint {
    const one = this.#fingerprintUnder(state, this.#peers);
    if (!this.#symmetric || this.#exchange === null) return one;
    const other = this.#fingerprintUnder(state, this.#peers.map(this.#exchange));
    return isLess(other, one) ? other : one;
  }

  /** The canonical form itself, to compare fingerprints with. */
  keyOf(state: WorldState): string {
    const keys = [this.#textUnder(state, this.#peers)];
    if (this.#symmetric && this.#exchange !== null) keys.push(this.#textUnder(state, this.#peers.map(this.#exchange)));
    return keys.sort()[0] ?? '';
  }

  #fingerprintUnder(state: WorldState, peers: readonly PeerId[]): Fingerprint {
    this.#writer.begin();
    this.#form.write(state, peers, this.#writer);
    return this.#writer.end();
  }

  #textUnder(state: WorldState, peers: readonly PeerId[]): string {
    const writer = new TextKeyWriter();
    this.#form.write(state, peers, writer);
    return writer.end();
  }
}

function isLess(a: Fingerprint, b: Fingerprint): boolean {
  return a.high < b.high || (a.high === b.high && a.low < b.low);
}
