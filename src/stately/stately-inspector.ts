import type { InspectionEvent, Observer } from 'xstate';
import { stateSyncConfig } from '../../machines/state-sync.ts';
import type { Effect } from '../core/effects.ts';
import type { SyncEvent } from '../core/events.ts';
import type { Facts } from '../core/facts.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { startRelay } from './relay.ts';
import type { Relay } from './relay.ts';
import { contextOf, eventOf } from './shown.ts';

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

const PORT = 8_080;
const EVENTS_PER_SECOND_MAX = 100;
/** The definition's deepest list is the clauses of a transition, nine levels down. */
const DEPTH_MAX = 16;
const SESSION = 'stateSync';

/**
 * Starts a relay on this machine for Stately's inspector, and gives what feeds it. `@statelyai/inspect` has a server of its
 * own, which listens on every interface and cannot be told otherwise: only its conversion of events is used here.
 * @throws StateSyncError DEPENDENCY_MISSING, ADDRESS_IN_USE, TRANSPORT_FAILED
 */
export async function startStatelyInspector(options: StatelyInspectorOptions = {}): Promise<StatelyInspector> {
  const { host = '127.0.0.1', port = PORT, name = SESSION } = options;
  const { createInspector } = await importStately();
  const relay: Relay = await startRelay(host, port);
  const inspector = createInspector(relay, {
    serializationDepthLimit: DEPTH_MAX,
    sanitizeContext: (context) => contextOf(context as Facts),
    sanitizeEvent: eventOf,
  });
  const actor = { sessionId: name, logic: { config: { ...stateSyncConfig, id: name } } };
  const rate = new Rate(options.eventsPerSecondMax ?? EVENTS_PER_SECOND_MAX);
  let told = false;
  return {
    url: relay.url,
    server: relay.url.replace(/^http/, 'ws'),
    inspect: inspector.inspect,
    observe: (event, effects, state) => {
      const snapshot = { status: 'active', value: state.control, context: state } as const;
      if (!told) inspector.actor(actor as unknown as Parameters<typeof inspector.actor>[0], snapshot);
      told = true;
      const isMove = effects.some(({ type }) => type === 'modeChanged' || type === 'serverChanged');
      if (!rate.lets(event.now) && !isMove) return;
      inspector.event(name, event);
      inspector.snapshot(name, { ...snapshot, context: { ...state, leftOut: rate.takeLeftOut() } }, { event });
    },
    close: () => relay.close(),
  };
}

/** Counts what goes through in each second of the node's own clock. */
class Rate {
  readonly #max: number;
  #second = NaN;
  #count = 0;
  #leftOut = 0;

  constructor(max: number) {
    this.#max = max;
  }

  lets(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) this.#count = 0;
    this.#second = second;
    this.#count++;
    if (this.#count <= this.#max) return true;
    this.#leftOut++;
    return false;
  }

  /** How many were left out since this was asked last. */
  takeLeftOut(): number {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }
}

async function importStately() {
  try {
    return await import('@statelyai/inspect');
  } catch (cause) {
    throw new StateSyncError('DEPENDENCY_MISSING', "Stately's inspector needs: npm install @statelyai/inspect ws", {
      cause,
    });
  }
}
