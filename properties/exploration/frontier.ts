import type { GrowingList } from './growing-list.ts';

/** How each state was first reached: by which action, counted in `actions(state)`, of which earlier state. */
export interface Origins {
  readonly parents: GrowingList;
  readonly ordinals: GrowingList;
}

/**
 * The states that are still to be expanded, in the order of their numbers. At most `heldMax` of them are kept; the
 * others are made again from their origins when their turn comes. Origins rise with numbers, at every distance, so one
 * state remembered at each depth is enough to make each ancestor once a layer.
 */
export class Frontier<State> {
  readonly #held = new Map<number, State>();
  readonly #heldMax: number;
  readonly #origins: Origins;
  readonly #again: (state: State, ordinal: number) => State;
  /** The newest state made at each depth. */
  readonly #made: { number: number; state: State }[];

  constructor(initial: State, origins: Origins, again: (state: State, ordinal: number) => State, heldMax: number) {
    this.#origins = origins;
    this.#again = again;
    this.#heldMax = heldMax;
    this.#made = [{ number: 0, state: initial }];
    this.#held.set(0, initial);
  }

  get held(): number {
    return this.#held.size;
  }

  put(number: number, state: State): void {
    if (this.#held.size < this.#heldMax) this.#held.set(number, state);
  }

  take(number: number): State {
    const held = this.#held.get(number);
    if (held === undefined) return this.#make(number);
    this.#held.delete(number);
    return held;
  }

  #make(number: number): State {
    const path: number[] = [];
    for (let at = number; at !== 0; at = this.#origins.parents.at(at)) path.push(at);
    path.reverse();
    let depth = path.length;
    while (depth > 0 && this.#made[depth]?.number !== path[depth - 1]) depth--;
    let state = (this.#made[depth] as { state: State }).state;
    for (; depth < path.length; depth++) {
      const next = path[depth] as number;
      state = this.#again(state, this.#origins.ordinals.at(next));
      this.#made[depth + 1] = { number: next, state };
    }
    return state;
  }
}
