import { setup } from 'xstate';
import { operationModeStates } from './operation-mode.ts';

/**
 * The events from the world that carry data. They move no chart by themselves: the reducer folds them into what the
 * node knows, and what it knows sends the signals that do.
 */
export const WORLD_EVENTS = [
  'peerConnected',
  'peerDisconnected',
  'peerMisbehaved',
  'metadataReceived',
  'metadataRequested',
  'blocksReceived',
  'blocksUnavailable',
  'sendFailed',
  'blocksRequested',
  'blocksServed',
  'newBlockReceived',
  'proposalReceived',
  'blocksVerified',
  'blocksApplied',
  'blocksCommitted',
  'blocksRolledBack',
  'blockFinalized',
  'validatorStatusChanged',
  'syncRequested',
  'timerFired',
] as const;

export type WorldEventName = (typeof WORLD_EVENTS)[number];

const reduceOnEachWorldEvent = Object.fromEntries(
  WORLD_EVENTS.map((name) => [name, { actions: 'reduce' } as const]),
) as Record<WorldEventName, { readonly actions: 'reduce' }>;

/**
 * The root machine but for its facts: the operation-mode chart, with the world's events at the top level. Every
 * transition has the one action `reduce`. An event that the current state does not accept reaches `reduce` through
 * `*`, to be reported as rejected (MODE-8).
 */
export const stateSyncConfig = {
  id: 'stateSync',
  description: "Pocket V1's State Sync: operation modes, with server mode in parallel.",
  ...operationModeStates,
  on: { ...reduceOnEachWorldEvent, '*': { actions: 'reduce' } },
} as const;

/** The root chart with an empty `reduce`; `stateSyncMachine` of the package's main entry provides the real one. */
export const stateSyncChart = setup({
  types: { events: {} as { type: string } },
  actions: { reduce: () => undefined },
}).createMachine(stateSyncConfig);
