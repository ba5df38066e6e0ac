import fc from 'fast-check';
import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import { createFacts } from '../../src/core/initial-facts.ts';
import { restoreSnapshot, stateSyncMachine } from '../../src/core/machine.ts';
import type { StateSyncActor } from '../../src/core/machine.ts';
import { step } from '../../src/core/step.ts';
import type { Choice } from '../../properties/arbitraries/core-walk/walk.ts';
import { Walk } from '../../properties/arbitraries/core-walk/walk.ts';
import type { Stepper } from '../../properties/arbitraries/core-walk/core-world.ts';
import { BLOCK_BY_BLOCK } from '../../properties/arbitraries/core-walk/core-world.ts';

const input = { config: BLOCK_BY_BLOCK, local: { minHeight: 1, maxHeight: 9, tipId: 'state-9' }, seed: 1 };

/** An actor that carries the machine's life on; every effect it emits goes into `emitted`. */
function listen(actor: StateSyncActor, emitted: Effect[]): StateSyncActor {
  actor.on('*', (effect) => void emitted.push(effect));
  (actor as { start(): void }).start();
  return actor;
}

/** Walks with an actor beside `step`; `persistAt` is the step at which the actor is persisted and restored by JSON. */
function walkBeside(
  choices: readonly Choice[],
  persistAt: number,
  twist: (event: SyncEvent) => SyncEvent = (e) => e,
): number {
  let emitted: Effect[] = [];
  let actor = listen(createActor(stateSyncMachine, { input }), emitted);
  let steps = 0;
  const both: Stepper = (facts, event) => {
    if (steps++ === persistAt) {
      const persisted: unknown = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
      actor.stop();
      actor = listen(createActor(stateSyncMachine, { input, snapshot: restoreSnapshot(persisted) }), emitted);
    }
    const ours = step(facts, event);
    actor.send(twist(event));
    const { context, value } = actor.getSnapshot();
    expect(emitted).toEqual(ours.effects);
    expect(value).toEqual(ours.state.control);
    // Text, since the facts are large and a deep comparison of every step would be slow.
    if (steps % 20 === 0) expect(JSON.stringify(context)).toBe(JSON.stringify(ours.state));
    emitted.length = 0;
    return ours;
  };
  const walk = new Walk({ seed: 1, stepper: both });
  for (const choice of choices) walk.take(choice);
  emitted = [];
  actor.stop();
  return steps;
}

describe('stateSyncMachine as an XState actor', () => {
  const choices = fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000)), {
    minLength: 60,
    maxLength: 120,
    size: 'max',
  });

  it('gives the same effects in the same order, the same facts and the same mode as step, also after JSON', () => {
    let steps = 0;
    fc.assert(
      fc.property(choices, fc.nat(150), (walk, persistAt) => {
        steps += walkBeside(walk, persistAt);
      }),
      { seed: 20_261_122, numRuns: 60 },
    );
    expect(steps).toBeGreaterThan(4_000);
  });

  it('canary: an actor that is told something else is caught', () => {
    const late = (event: SyncEvent) => ({ ...event, now: event.now + 1 });
    const caught = fc.check(
      fc.property(choices, (walk) => void walkBeside(walk, -1, late)),
      { seed: 1, numRuns: 5 },
    );
    expect(caught.failed).toBe(true);
  });

  it('refuses a snapshot that is not one of its own, or whose mode and facts disagree', () => {
    const facts = createFacts(input);
    const good = { value: { mode: 'Stopped', server: 'Disabled' }, context: facts };
    expect(restoreSnapshot(good).matches({ mode: 'Stopped' })).toBe(true);
    const bad = [
      ...[null, undefined, 7, {}, { value: 'Stopped' }, { ...good, value: { mode: 'Nowhere', server: 'Disabled' } }],
      { ...good, value: { mode: 'Consensus_Synced', server: 'Disabled' } },
      { ...good, context: { control: facts.control } },
    ];
    for (const snapshot of bad)
      expect(() => restoreSnapshot(snapshot), JSON.stringify(snapshot)).toThrow(/SNAPSHOT_INVALID/);
  });
});
