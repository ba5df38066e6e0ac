import { abstractly, labelOf } from './abstraction.ts';
import type { Stepper, WorldSize, WorldState } from './closed-world.ts';
import { ClosedWorld } from './closed-world.ts';
import { textOf } from './timeless.ts';

/** What the real `step` can reach in a closed world, seen through the abstraction. */
export interface Reached {
  /** Distinct states of the real node, and the steps taken between them. */
  readonly concreteStates: number;
  readonly concreteTransitions: number;
  /** Abstract states, as the model prints them. */
  readonly states: ReadonlySet<string>;
  /** Abstract transitions: `before|label|after`. */
  readonly transitions: ReadonlySet<string>;
  /** Abstract state and label of which the real node goes two different ways: none, if the abstraction keeps enough. */
  readonly forks: readonly string[];
}

/** Visits every state that the node can be in, breadth first. States are compared as texts: no hash, no collision. */
export function enumerate(size: WorldSize, stepper?: Stepper): Reached {
  const world = new ClosedWorld(size, stepper);
  const seen = new Set<string>([keyOf(world.initial)]);
  let layer: WorldState[] = [world.initial];
  const states = new Set<string>([abstractly(world.initial, size.top)]);
  const transitions = new Set<string>();
  const ways = new Map<string, string>();
  const forks: string[] = [];
  let concreteTransitions = 0;
  while (layer.length > 0) {
    const next: WorldState[] = [];
    for (const state of layer) {
      const before = abstractly(state, size.top);
      for (const action of world.actions(state)) {
        const reached = world.apply(state, action);
        concreteTransitions++;
        const way = `${before}|${labelOf(action)}`;
        const after = abstractly(reached, size.top);
        states.add(after);
        transitions.add(`${way}|${after}`);
        const other = ways.get(way);
        if (other === undefined) ways.set(way, after);
        else if (other !== after) forks.push(`${way}|${other} or ${after}`);
        const key = keyOf(reached);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(reached);
      }
    }
    layer = next;
  }
  return { concreteStates: seen.size, concreteTransitions, states, transitions, forks };
}

function keyOf({ facts, crashes }: WorldState): string {
  return `${crashes}${textOf(facts)}`;
}
