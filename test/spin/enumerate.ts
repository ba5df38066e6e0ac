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

export interface EnumerateOptions {
  /** `step`, or one with a bug planted in it. */
  readonly stepper?: Stepper;
  /** Filled with what the abstraction makes of what is reached. */
  readonly seen?: Graph;
  /** Ends, unfinished, once this many states are known. */
  readonly statesMax?: number;
}

/** Visits every state that the real node can be in, breadth first. States are compared as texts: no hash, no collision. */
export function enumerate(size: WorldSize, options: EnumerateOptions = {}): Reached {
  const { stepper, seen = new Graph(), statesMax = Infinity } = options;
  const world = new ClosedWorld(size, stepper);
  const first = abstractly(world.initial, size.top);
  seen.addState(first);
  /** Every state met, as a text, and what it is in the model. */
  const known = new Map<string, string>([[keyOf(world.initial), first]]);
  let transitions = 0;
  let layer: (readonly [WorldState, string])[] = [[world.initial, first]];
  while (layer.length > 0 && known.size < statesMax) {
    const next: (readonly [WorldState, string])[] = [];
    for (const [state, before] of layer) {
      for (const action of world.actions(state)) {
        const reached = world.apply(state, action);
        transitions++;
        const key = keyOf(reached);
        let after = known.get(key);
        if (after === undefined) {
          after = abstractly(reached, size.top);
          known.set(key, after);
          next.push([reached, after]);
        }
        seen.add(before, labelOf(action), after);
      }
    }
    layer = next;
  }
  return { states: known.size, transitions, seen };
}

function keyOf({ facts, crashes }: WorldState): string {
  return `${crashes}${textOf(facts)}`;
}
