import { FingerprintWriter } from '../../properties/exploration/fingerprint.ts';
import { explore } from '../../properties/exploration/search.ts';
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

/** Has the explorer of `npm run explore` visit every state that the real node can be in. */
export function enumerate(size: WorldSize, options: EnumerateOptions = {}): Reached {
  const { stepper, seen = new Graph(), statesMax = Infinity } = options;
  const world = new ClosedWorld(size, stepper);
  const writer = new FingerprintWriter();
  /** What each state is in the model, by its number. */
  const names: string[] = [abstractly(world.initial, size)];
  seen.addState(names[0] ?? '');
  const { states, transitions } = explore<WorldState, ReturnType<typeof world.actions>[number]>(
    {
      initial: world.initial,
      actions: (state) => world.actions(state),
      apply: (state, action) => ({ state: world.apply(state, action), broken: null }),
      fingerprint: ({ facts, crashes }) => {
        writer.begin();
        writer.number(crashes);
        writer.text(textOf(facts));
        return writer.end();
      },
    },
    {
      statesMax,
      onTransition: (from, to, action, state) => {
        names[to] ??= abstractly(state, size);
        seen.add(names[from] ?? '', labelOf(action), names[to] ?? '');
      },
    },
  );
  return { states, transitions, seen };
}
