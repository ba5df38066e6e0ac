import { createTestModel } from '@xstate/test';
import type { AnyStateMachine, EventObject, StateValue } from 'xstate';
import { createMachine } from 'xstate';

/** A state or region of a machine's own config, as far as edges go. */
interface StateConfig {
  readonly type?: string;
  readonly states?: Readonly<Record<string, StateConfig>>;
  readonly on?: Readonly<Record<string, unknown>>;
}

/** Every transition the config names, `path:Event`; the root has the path ''. */
export function edgesOf(machine: AnyStateMachine): string[] {
  const walk = (state: StateConfig, path: string): string[] => [
    ...Object.keys(state.on ?? {}).map((event) => `${path}:${event}`),
    ...Object.entries(state.states ?? {}).flatMap(([name, child]) =>
      walk(child, path === '' ? name : `${path}.${name}`),
    ),
  ];
  return walk(machine.config as StateConfig, '');
}

/** Every state of the config that is not a region or the root. */
export function statesOf(machine: AnyStateMachine): string[] {
  const walk = (state: StateConfig, path: string): string[] =>
    state.states === undefined
      ? [path]
      : Object.entries(state.states).flatMap(([name, child]) => walk(child, path === '' ? name : `${path}.${name}`));
  return walk(machine.config as StateConfig, '');
}

export interface System {
  /** Takes the event, and says what state it is in then. */
  take(event: EventObject): StateValue;
}

export interface Coverage {
  readonly paths: number;
  readonly missedStates: readonly string[];
  readonly missedEdges: readonly string[];
}

/**
 * Runs a new system down one path for each transition of the machine that can be reached: the shortest way to where it
 * starts, made with @xstate/test, then the transition. (All simple paths of parallel regions would be far too many.)
 * After each step the system must be in the state that XState says. What no path took is told.
 */
export function runAllEdges(machine: AnyStateMachine, start: () => System, others: readonly string[] = []): Coverage {
  const types = [...new Set(edgesOf(machine).map((each) => each.slice(each.indexOf(':') + 1)))].filter(
    (type) => type !== '*',
  );
  const events = [...types, ...others].map((type) => ({ type }));
  const serializeState = (state: Named) => JSON.stringify(state.value);
  const model = createTestModel(withoutActions(machine), { events, serializeState });

  const goesTo = new Map(
    model
      .getAdjacencyList()
      .map((each) => [`${serializeState(each.state)} ${(each.event as EventObject).type}`, each.nextState.value]),
  );
  const takenEdges = new Set<string>();
  const takenStates = new Set<string>();
  let paths = 0;
  for (const [key, way] of shortestWays(model.getShortestPaths(), serializeState)) {
    for (const event of events) {
      const system = start();
      let now = machine.getInitialSnapshot({} as never, undefined).value as StateValue;
      const take = (step: { readonly event: EventObject }) => {
        for (const taken of edgesTaken(machine, now, step.event.type)) takenEdges.add(taken);
        now = system.take(step.event);
      };
      const check = (expected: { readonly value: unknown }) => {
        const [is, must] = [sorted(now), sorted(expected.value as StateValue)];
        if (is !== must) throw new Error(`the system is in ${is}, XState in ${must}`);
        for (const name of activeStates(now)) takenStates.add(name);
      };
      const [path] = way.length === 0 ? [] : model.getPathsFromEvents([...way], { events, serializeState });
      if (path === undefined && way.length > 0) throw new Error(`no path to ${key}`);
      path?.testSync({ events: Object.fromEntries(events.map(({ type }) => [type, take])), states: { '*': check } });
      // Then the transition itself; an event without an edge, or without a target, stays.
      take({ event });
      check({ value: goesTo.get(`${key} ${event.type}`) ?? (JSON.parse(key) as unknown) });
      paths++;
    }
  }
  return {
    paths,
    missedStates: statesOf(machine).filter((name) => !takenStates.has(name)),
    missedEdges: edgesOf(machine).filter((each) => !takenEdges.has(each)),
  };
}

/** The events of a shortest path to each state, also of those that are only passed through. */
function shortestWays(
  paths: readonly {
    readonly steps: readonly { readonly state: Named; readonly event: EventObject }[];
  }[],
  nameOf: (state: Named) => string,
): ReadonlyMap<string, readonly EventObject[]> {
  const ways = new Map<string, readonly EventObject[]>();
  for (const { steps } of paths) {
    // The first step is XState's own, which starts the machine.
    const events = steps.slice(1).map((step) => step.event);
    for (const [i, { state }] of steps.entries()) {
      if (!ways.has(nameOf(state))) ways.set(nameOf(state), events.slice(0, i));
    }
  }
  return ways;
}

interface Named {
  readonly value: unknown;
}

/** Paths depend on no action, and the path tools cannot run any (@xstate/graph 2 beta with XState 5.33). */
function withoutActions(machine: AnyStateMachine): AnyStateMachine {
  return createMachine(
    JSON.parse(
      JSON.stringify(machine.config, (key, value: unknown) => (key === 'actions' ? undefined : value)),
    ) as object,
  );
}

/** The config's edges that this event takes in this state: those of the active states, else the root's own. */
function edgesTaken(machine: AnyStateMachine, value: StateValue, type: string): string[] {
  const own = new Set(edgesOf(machine));
  const inner = activeStates(value).map((path) => `${path}:${type}`);
  const taken = inner.filter((each) => own.has(each));
  if (taken.length > 0) return taken;
  return [`:${type}`, ':*'].filter((each) => own.has(each)).slice(0, 1);
}

function activeStates(value: StateValue): string[] {
  if (typeof value === 'string') return [value];
  return Object.entries(value).flatMap(([region, inner]) =>
    inner === undefined ? [] : activeStates(inner).map((name) => `${region}.${name}`),
  );
}

function sorted(value: StateValue): string {
  return activeStates(value).sort().join(', ');
}
