import { Revisits, prospectsOf } from './abstraction.ts';
import type { Planted } from './closed-world.ts';
import { StateGraph, findFairTrap } from './cycles.ts';
import { fairClass, fairClasses, isAtTheTip } from './liveness.ts';
import type { WorldPlan } from './plan.ts';
import type { Progress } from './search.ts';
import { explore } from './search.ts';
import type { Choice } from './world-system.ts';
import type { WorldState } from './state.ts';
import { WorldSystem } from './world-system.ts';

export interface WorldOptions extends Planted {
  /** States that differ only in the names of interchangeable peers count as one. */
  readonly symmetric?: boolean;
  /** Instead of the world's own: with another abstraction, to see it tested. */
  readonly system?: WorldSystem;
  readonly statesMax?: number;
  readonly statesHeldMax?: number;
  /** How many states that were taken for another are compared with it afterwards; 0: none. */
  readonly revisitsMax?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/** What exploring one world came to. */
export interface WorldOutcome {
  readonly plan: WorldPlan;
  readonly symmetric: boolean;
  readonly states: number;
  readonly transitions: number;
  /** How many actions away the farthest state is. */
  readonly depth: number;
  /** Whether all of the world was seen. */
  readonly complete: boolean;
  /** Cycles away from the tip that were looked at; null: liveness was not asked for. */
  readonly cycles: number | null;
  readonly bytes: number;
  /** Of the states that were taken for one seen before, how many were compared with it in all they can lead to. */
  readonly compared: number;
  readonly counterexample: Counterexample | null;
}

export interface Counterexample {
  readonly what: string;
  /** The shortest way there. */
  readonly path: readonly Choice[];
  /** What then goes on for ever; null: it is broken at the end of the path. */
  readonly forEver: readonly Choice[] | null;
}

/** Explores a world breadth first; then, if it is good so far and complete, looks for fair runs that never get anywhere. */
export function exploreWorld(plan: WorldPlan, options: WorldOptions = {}): WorldOutcome {
  const { symmetric = false, stepper, finisher, revisitsMax = 0, ...searchOptions } = options;
  const system = options.system ?? new WorldSystem(plan, { symmetric, stepper, finisher });
  let expanded: WorldState = system.initial;
  const graph = plan.liveness ? new StateGraph() : null;
  const revisits = revisitsMax > 0 ? new Revisits(revisitsMax) : null;
  const found = explore(system, {
    ...searchOptions,
    onState: (_, state, choices) => {
      const actions = choices.map(({ action }) => action);
      expanded = state;
      graph?.addState(isAtTheTip(state), fairClasses(plan, state, actions));
    },
    onTransition: (_, to, { action }, state, isNew) => {
      graph?.addTransition(to, fairClass(plan, expanded, action));
      if (!isNew) revisits?.note(state, to);
    },
  });
  const { states, transitions, depth, complete, violation } = found;
  const bytes = found.bytes + (graph?.bytes ?? 0);
  const compared = revisits?.kept.length ?? 0;
  const outcome = { plan, symmetric, states, transitions, depth, complete, bytes, compared };
  if (violation !== null) {
    return { ...outcome, cycles: null, counterexample: { ...violation, forEver: null } };
  }
  for (const { state, number } of revisits?.kept ?? []) {
    const path = found.pathTo(number);
    const first = path.reduce((at, choice) => system.apply(at, choice).state, system.initial);
    if (prospectsOf(system, first) === prospectsOf(system, state)) continue;
    const what = 'ABSTRACTION: two states that count as one do not lead to the same';
    return { ...outcome, cycles: null, counterexample: { what, path, forEver: null } };
  }
  if (graph === null || !complete) return { ...outcome, cycles: null, counterexample: null };

  const { trap, cycles } = findFairTrap(graph);
  if (trap === null) return { ...outcome, cycles, counterexample: null };
  const way = found.pathTo(trap.entry);
  const around: Choice[] = [];
  let state = way.reduce((at, choice) => system.apply(at, choice).state, system.initial);
  for (const ordinal of trap.cycle) {
    const choice = system.actions(state)[ordinal];
    if (choice === undefined) break;
    around.push(choice);
    state = system.apply(state, choice).state;
  }
  const what = `SYNC-7: among ${trap.states} states the node can stay for ever without getting to the tip`;
  return { ...outcome, cycles, counterexample: { what, path: way, forEver: around } };
}
