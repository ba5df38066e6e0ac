import type { ActorRefFrom, SnapshotFrom } from 'xstate';
import { enqueueActions, setup } from 'xstate';
import { stateSyncConfig } from '../../machines/state-sync.ts';
import { resolveConfig } from '../protocol/config.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { operationModeChart } from './advance.ts';
import type { Effect } from './effects.ts';
import type { SyncEvent } from './events.ts';
import type { Facts } from './facts.ts';
import type { InitialState } from './initial-facts.ts';
import { createFacts } from './initial-facts.ts';
import { fold } from './step.ts';

/**
 * The root machine with its reducer: an ordinary XState 5 machine. Every effect is emitted (`actor.on('applyBlocks',
 * ...)`), every signal raised, and the facts are the context. What it does is what `step` does.
 *
 * `createActor(stateSyncMachine, { input: { local: { minHeight, maxHeight, tipId } }, inspect })`
 */
export const stateSyncMachine = setup({
  types: {
    context: {} as Facts,
    events: {} as SyncEvent,
    emitted: {} as Effect,
    input: {} as InitialState,
  },
  actions: {
    reduce: enqueueActions(({ context, event, enqueue }) => {
      const { facts, effects, signals } = fold(context, event);
      enqueue.assign(facts);
      for (const effect of effects) enqueue.emit(effect);
      for (const type of signals) enqueue.raise({ type, now: event.now });
    }),
  },
}).createMachine({ ...stateSyncConfig, context: ({ input }) => createFacts(input) });

export type StateSyncActor = ActorRefFrom<typeof stateSyncMachine>;
export type StateSyncSnapshot = SnapshotFrom<typeof stateSyncMachine>;

const SLICES = Object.keys(createFacts({ local: { minHeight: 0, maxHeight: 0, tipId: '' } }));

/**
 * A snapshot that was persisted (`actor.getPersistedSnapshot()`, also by way of JSON) as one that `createActor` takes.
 * Timers and connections are the host's and in no snapshot: it sets those of `context.clock.armed` again, and tells of
 * the peers that are gone.
 * @throws StateSyncError SNAPSHOT_INVALID when it is not one of this machine, or its mode and its facts disagree
 */
export function restoreSnapshot(persisted: unknown): StateSyncSnapshot {
  const { value, context } = (persisted ?? {}) as { value?: unknown; context?: Facts };
  const mode = operationModeChart.find(value);
  const control = operationModeChart.find(context?.control);
  const complete = context !== undefined && SLICES.every((slice) => Object.hasOwn(context, slice));
  if (!complete || mode === undefined || mode !== control || !isConfig(context.config)) {
    throw new StateSyncError('SNAPSHOT_INVALID', 'not a snapshot of stateSyncMachine, or its mode and facts disagree');
  }
  return stateSyncMachine.resolveState({ value: { ...mode }, context });
}

function isConfig(config: Facts['config']): boolean {
  try {
    resolveConfig(config);
    return true;
  } catch {
    return false;
  }
}
