import type { InspectionEvent, Observer } from 'xstate';
import type { Effect } from '../core/effects.ts';
import type { SyncEvent } from '../core/events.ts';
import type { Facts } from '../core/facts.ts';
import { startRelay } from './relay.ts';
import { createStatelyFeed, loadStately } from './stately-feed.ts';

export interface StatelyInspectorOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** 0: any free one. Default: 8080, where Stately's tools look. */
  readonly port?: number;
  /** How the node is named in the inspector. */
  readonly name?: string;
  /** Events beyond so many a second are left out, and counted; those that change the mode are always shown. Default: 100. */
  readonly eventsPerSecondMax?: number;
}

export interface StatelyInspector {
  /** A page that shows Stately's inspector; it loads the inspector itself from stately.ai. */
  readonly url: string;
  /** What a receiver connects to, as `createWebSocketReceiver({ server })`. */
  readonly server: string;
  /** The option `observe` of `StateSyncNode`; after each `step` of a loop of one's own. */
  readonly observe: (event: SyncEvent, effects: readonly Effect[], state: Facts) => void;
  /** The option `inspect` of `createActor(stateSyncMachine, { inspect })`. */
  readonly inspect: Observer<InspectionEvent>;
  close(): Promise<void>;
}

const SESSION = 'stateSync';

/**
 * Starts a relay on this machine for Stately's inspector, and gives what feeds it. `@statelyai/inspect` has a server of its
 * own, which listens on every interface and cannot be told otherwise: only its conversion of events is used here.
 * @throws StateSyncError DEPENDENCY_MISSING, ADDRESS_IN_USE, TRANSPORT_FAILED
 */
export async function startStatelyInspector(options: StatelyInspectorOptions = {}): Promise<StatelyInspector> {
  const { host, port, name = SESSION, eventsPerSecondMax } = options;
  await loadStately();
  const relay = await startRelay(host, port);
  const feed = await createStatelyFeed({
    name,
    ...(eventsPerSecondMax === undefined ? {} : { eventsPerSecondMax }),
    send: relay.send,
  });
  return {
    url: relay.url,
    server: relay.url.replace(/^http/, 'ws'),
    ...feed,
    close: () => relay.close(),
  };
}
