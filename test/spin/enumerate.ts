import { abstractly, labelOf } from './abstraction.ts';
import type { Stepper, WorldSize, WorldState } from './closed-world.ts';
import { ClosedWorld } from './closed-world.ts';
import { Graph } from './graph.ts';
import { textOf } from './timeless.ts';

/** What the real `step` can reach in a closed world. */
export interface Reached {
  /** Distinct states of the real node, and the steps between them. */
  readonly states: number;
  readonly transitions: number;
  /** The same seen through the abstraction. A fork in it would mean that the abstraction forgets something that matters. */
  readonly seen: Graph;
}

/** Visits every state that the real node can be in, breadth first. States are compared as texts: no hash, no collision. */
export function enumerate(size: WorldSize, stepper?: Stepper): Reached {
  const world = new ClosedWorld(size, stepper);
  const known = new Set<string>([keyOf(world.initial)]);
  const seen = new Graph();
  seen.addState(abstractly(world.initial, size.top));
  let transitions = 0;
  let layer: WorldState[] = [world.initial];
  while (layer.length > 0) {
    const next: WorldState[] = [];
    for (const state of layer) {
      const before = abstractly(state, size.top);
      for (const action of world.actions(state)) {
        const after = world.apply(state, action);
        transitions++;
        seen.add(before, labelOf(action), abstractly(after, size.top));
        const key = keyOf(after);
        if (known.has(key)) continue;
        known.add(key);
        next.push(after);
      }
    }
    layer = next;
  }
  return { states: known.size, transitions, seen };
}

function keyOf({ facts, crashes }: WorldState): string {
  return `${crashes}${textOf(facts)}`;
}
