import type { Fingerprint } from './fingerprint.ts';
import { FingerprintTable } from './fingerprint-table.ts';
import { Frontier } from './frontier.ts';
import { GrowingList } from './growing-list.ts';

/** A closed system: what can happen next depends on nothing but its state. States are immutable. */
export interface System<State, Action> {
  readonly initial: State;
  /** What can happen in a state, always in the same order; at most 65,535. */
  actions(state: State): readonly Action[];
  apply(state: State, action: Action): Move<State>;
  /** Equal for states that are to count as one: the hash of a canonical form. */
  fingerprint(state: State): Fingerprint;
  /** What is wrong with a state by itself; null: nothing. Asked once for each distinct state. */
  broken?(state: State): string | null;
}

export interface Move<State> {
  readonly state: State;
  /** What is wrong with the way from one state to the other; null: nothing. Looked at on every transition. */
  readonly broken: string | null;
}

export interface ExploreOptions<State, Action> {
  /** Ends the exploration, unfinished, when there are this many distinct states. */
  readonly statesMax?: number;
  /** How many states of the frontier are kept in memory; the others are made again when their turn comes. */
  readonly statesHeldMax?: number;
  /** Told of every transition, in order: `from` and `to` are numbers of states, 0 the initial one. */
  readonly onTransition?: (from: number, to: number, action: Action, state: State, isNew: boolean) => void;
  /** Told of every state when it is expanded, before its transitions. */
  readonly onState?: (number: number, state: State, actions: readonly Action[]) => void;
  /** Told now and then, so that somebody who waits sees it move. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** Of the state being expanded: how many actions it takes to get there. */
  readonly depth: number;
  /** States found and not expanded yet. */
  readonly frontier: number;
  /** The share of the fingerprint table's slots that is taken. */
  readonly load: number;
  /** Bytes of the table and of how each state was reached; the frontier's states come on top. */
  readonly bytes: number;
}

export interface Exploration<Action> extends Progress {
  /** Every reachable state was expanded. */
  readonly complete: boolean;
  readonly violation: Violation<Action> | null;
  /** The shortest way to a state, by its number. */
  readonly pathTo: (state: number) => readonly Action[];
}

export interface Violation<Action> {
  readonly what: string;
  /** The shortest way there. */
  readonly path: readonly Action[];
}

const PROGRESS_STATES = 4_096;
const STATES_HELD_MAX = 300_000;

/** Visits every reachable state once, nearest first, and stops at the first thing that is broken. */
export function explore<State, Action>(
  system: System<State, Action>,
  options: ExploreOptions<State, Action> = {},
): Exploration<Action> {
  const { statesMax = Infinity, statesHeldMax = STATES_HELD_MAX, onTransition, onState, onProgress } = options;
  const table = new FingerprintTable();
  const origins = { parents: GrowingList.ofWords(), ordinals: GrowingList.ofShorts() };
  const actionOf = (state: State, ordinal: number): Action => {
    const action = system.actions(state)[ordinal];
    if (action === undefined) throw new Error(`a state that had an action ${ordinal} has none now`);
    return action;
  };
  const again = (state: State, ordinal: number) => system.apply(state, actionOf(state, ordinal)).state;

  table.add(system.fingerprint(system.initial));
  origins.parents.push(0);
  origins.ordinals.push(0);
  const frontier = new Frontier(system.initial, origins, again, statesHeldMax);

  let transitions = 0;
  let depth = 0;
  let layerEnd = 1;
  let number = 0;
  let broken = system.broken?.(system.initial) ?? null;
  let violation: Violation<Action> | null = broken === null ? null : { what: broken, path: [] };

  const progress = (): Progress => ({
    states: table.size,
    transitions,
    depth,
    frontier: table.size - number,
    load: table.load,
    bytes: table.bytes + origins.parents.bytes + origins.ordinals.bytes,
  });
  const pathTo = (state: number): readonly Action[] => {
    const ordinals: number[] = [];
    for (let at = state; at !== 0; at = origins.parents.at(at)) ordinals.push(origins.ordinals.at(at));
    let at = system.initial;
    return ordinals.reverse().map((ordinal) => {
      const action = actionOf(at, ordinal);
      at = system.apply(at, action).state;
      return action;
    });
  };

  for (; number < table.size && violation === null && table.size < statesMax; number++) {
    if (number === layerEnd) {
      depth++;
      layerEnd = table.size;
    }
    const state = frontier.take(number);
    const actions = system.actions(state);
    onState?.(number, state, actions);
    for (const [ordinal, action] of actions.entries()) {
      const move = system.apply(state, action);
      transitions++;
      const seen = table.size;
      const to = table.add(system.fingerprint(move.state));
      broken = move.broken;
      if (to === seen) {
        origins.parents.push(number);
        origins.ordinals.push(ordinal);
        frontier.put(to, move.state);
        broken ??= system.broken?.(move.state) ?? null;
      }
      onTransition?.(number, to, action, move.state, to === seen);
      if (broken === null) continue;
      violation = { what: broken, path: [...pathTo(number), action] };
      break;
    }
    if (number % PROGRESS_STATES === 0) onProgress?.(progress());
  }
  const complete = violation === null && number === table.size;
  return { ...progress(), complete, violation, pathTo };
}
