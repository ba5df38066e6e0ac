import { GrowingList } from './growing-list.ts';

/** What must not be put off for ever: bit i of a mask is fairness class i, at most sixteen of them. */
export type FairMask = number;

/**
 * The graph of an exploration, kept so that cycles can be found in it: transitions by number, and for each state whether
 * it is a goal and what a fair scheduler owes it.
 */
export class StateGraph {
  readonly #goals = GrowingList.ofBytes();
  readonly #enabled = GrowingList.ofShorts();
  /** Where the transitions of each state begin. */
  readonly #starts = GrowingList.ofWords();
  readonly #targets = GrowingList.ofWords();
  readonly #classes = GrowingList.ofShorts();

  get states(): number {
    return this.#goals.size;
  }

  get bytes(): number {
    const lists = [this.#goals, this.#enabled, this.#starts, this.#targets, this.#classes];
    return lists.reduce((sum, list) => sum + list.bytes, 0);
  }

  /** States come in the order of their numbers, each followed by its transitions. */
  addState(isGoal: boolean, enabled: FairMask): void {
    this.#goals.push(isGoal ? 1 : 0);
    this.#enabled.push(enabled);
    this.#starts.push(this.#targets.size);
  }

  addTransition(to: number, classes: FairMask): void {
    this.#targets.push(to);
    this.#classes.push(classes);
  }

  isGoal(state: number): boolean {
    return this.#goals.at(state) === 1;
  }

  /** What is enabled in this state, by fairness class. */
  enabled(state: number): FairMask {
    return this.#enabled.at(state);
  }

  firstEdge(state: number): number {
    return state < this.#starts.size ? this.#starts.at(state) : this.#targets.size;
  }

  target(edge: number): number {
    return this.#targets.at(edge);
  }

  classesOf(edge: number): FairMask {
    return this.#classes.at(edge);
  }
}

/** States among which a fair run can stay for ever without a goal. */
export interface FairTrap {
  /** The number of the one that is reached soonest. */
  readonly entry: number;
  readonly states: number;
  /** A shortest way around, from the entry back to it: places among each state's transitions. Empty: the run ends. */
  readonly cycle: readonly number[];
}

export interface TrapSearch {
  /** The trap that is entered soonest; null: every fair run meets goals again and again, or ends in one. */
  readonly trap: FairTrap | null;
  /** How many strongly connected sets of states without a goal were looked at, those without a cycle not counted. */
  readonly cycles: number;
}

/**
 * Looks among the states that are no goal for a strongly connected set in which a fair run can stay: for each fairness
 * class, either some transition within the set is of that class, or in some state of the set it is not enabled. A state
 * without any transition is such a set too: the run ends there. (Tarjan's algorithm, without recursion.)
 */
export function findFairTrap(graph: StateGraph): TrapSearch {
  const { states } = graph;
  const UNSEEN = 0;
  const order = new Uint32Array(states);
  const lowest = new Uint32Array(states);
  const nextEdge = new Uint32Array(states);
  const onStack = new Uint8Array(states);
  /** Which strongly connected set a finished state is in: the number of the first of its states to be visited. */
  const setOf = new Uint32Array(states);
  const stack = GrowingStack.create();
  const calls = GrowingStack.create();
  let visited = 0;
  let cycles = 0;
  let trap: { readonly entry: number; readonly states: number; readonly set: number } | null = null;

  const visit = (state: number) => {
    order[state] = lowest[state] = ++visited;
    nextEdge[state] = graph.firstEdge(state);
    onStack[state] = 1;
    stack.push(state);
    calls.push(state);
  };
  const lower = (state: number, to: number) => {
    if (to < (lowest[state] ?? 0)) lowest[state] = to;
  };

  for (let root = 0; root < states; root++) {
    if (graph.isGoal(root) || order[root] !== UNSEEN) continue;
    visit(root);
    while (calls.size > 0) {
      const state = calls.top;
      const edge = nextEdge[state] ?? 0;
      if (edge < graph.firstEdge(state + 1)) {
        nextEdge[state] = edge + 1;
        const to = graph.target(edge);
        if (graph.isGoal(to)) continue;
        if (order[to] === UNSEEN) visit(to);
        else if (onStack[to] === 1) lower(state, order[to] ?? 0);
        continue;
      }
      calls.pop();
      if (calls.size > 0) lower(calls.top, lowest[state] ?? 0);
      if (lowest[state] !== order[state]) continue;
      const members = stack.popDownTo(state);
      for (const member of members) {
        onStack[member] = 0;
        setOf[member] = order[state] ?? 0;
      }
      const verdict = judge(graph, members, (to) => setOf[to] === order[state]);
      if (verdict === 'no cycle') continue;
      cycles++;
      if (verdict !== 'fair') continue;
      const entry = members.reduce((a, b) => Math.min(a, b));
      if (trap === null || entry < trap.entry) trap = { entry, states: members.length, set: order[state] ?? 0 };
    }
  }
  if (trap === null) return { trap, cycles };
  const { entry, set } = trap;
  const cycle = wayAround(graph, entry, (state) => setOf[state] === set && !graph.isGoal(state));
  return { trap: { entry, states: trap.states, cycle }, cycles };
}

function wayAround(graph: StateGraph, entry: number, isMember: (state: number) => boolean): readonly number[] {
  const reachedBy = new Map<number, { readonly from: number; readonly ordinal: number }>();
  const queue = [entry];
  for (const state of queue) {
    const first = graph.firstEdge(state);
    for (let edge = first; edge < graph.firstEdge(state + 1); edge++) {
      const to = graph.target(edge);
      if (!isMember(to) || reachedBy.has(to)) continue;
      reachedBy.set(to, { from: state, ordinal: edge - first });
      queue.push(to);
    }
    if (reachedBy.has(entry)) break;
  }
  const cycle: number[] = [];
  for (let at = reachedBy.get(entry); at !== undefined; at = at.from === entry ? undefined : reachedBy.get(at.from)) {
    cycle.unshift(at.ordinal);
  }
  return cycle;
}

function judge(
  graph: StateGraph,
  members: readonly number[],
  isMember: (state: number) => boolean,
): 'no cycle' | 'unfair' | 'fair' {
  let always = 0xffff;
  let taken = 0;
  let edges = 0;
  let leaves = 0;
  for (const state of members) {
    always &= graph.enabled(state);
    for (let edge = graph.firstEdge(state); edge < graph.firstEdge(state + 1); edge++) {
      leaves++;
      if (!isMember(graph.target(edge))) continue;
      edges++;
      taken |= graph.classesOf(edge);
    }
  }
  if (edges === 0 && leaves > 0) return 'no cycle';
  return (always & ~taken) === 0 ? 'fair' : 'unfair';
}

class GrowingStack {
  #items = new Uint32Array(1_024);
  #size = 0;

  static create(): GrowingStack {
    return new GrowingStack();
  }

  get size(): number {
    return this.#size;
  }

  get top(): number {
    return this.#items[this.#size - 1] ?? 0;
  }

  push(item: number): void {
    if (this.#size === this.#items.length) {
      const wider = new Uint32Array(2 * this.#items.length);
      wider.set(this.#items);
      this.#items = wider;
    }
    this.#items[this.#size++] = item;
  }

  pop(): void {
    this.#size--;
  }

  popDownTo(item: number): number[] {
    let from = this.#size - 1;
    while (this.#items[from] !== item) from--;
    const popped = [...this.#items.subarray(from, this.#size)];
    this.#size = from;
    return popped;
  }
}
