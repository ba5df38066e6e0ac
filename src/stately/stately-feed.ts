import type { InspectionEvent, Observer } from 'xstate';
import { stateSyncConfig } from '../../machines/state-sync.ts';
import type { Effect } from '../core/effects.ts';
import type { SyncEvent } from '../core/events.ts';
import type { Facts } from '../core/facts.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { contextOf, eventOf } from './shown.ts';

/** What Stately's inspector is told, as `@statelyai/inspect` words it: plain data. */
export interface StatelyMessage {
  readonly type: string;
  readonly sessionId: string;
}

export interface StatelyFeedOptions {
  /** How the node is named in the inspector. */
  readonly name: string;
  readonly eventsPerSecondMax?: number;
  readonly send: (message: StatelyMessage) => void;
}

export interface StatelyFeed {
  /** After each `step`. */
  readonly observe: (event: SyncEvent, effects: readonly Effect[], state: Facts) => void;
  /** The option `inspect` of `createActor`. */
  readonly inspect: Observer<InspectionEvent>;
}

const EVENTS_PER_SECOND_MAX = 100;
/** The definition's deepest list is the clauses of a transition, nine levels down. */
const DEPTH_MAX = 16;

/** What feeds Stately's inspector, wherever its relay is. @throws StateSyncError DEPENDENCY_MISSING */
export async function createStatelyFeed(options: StatelyFeedOptions): Promise<StatelyFeed> {
  const { name, send } = options;
  const { createInspector } = await loadStately();
  const inspector = createInspector(
    { send: (message) => send(message) },
    {
      serializationDepthLimit: DEPTH_MAX,
      sanitizeContext: (context) => contextOf(context as Facts),
      sanitizeEvent: eventOf,
    },
  );
  const actor = { sessionId: name, logic: { config: { ...stateSyncConfig, id: name } } };
  const rate = new Rate(options.eventsPerSecondMax ?? EVENTS_PER_SECOND_MAX);
  let told = false;
  return {
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

/** @throws StateSyncError DEPENDENCY_MISSING */
export async function loadStately() {
  try {
    return await import('@statelyai/inspect');
  } catch (cause) {
    throw new StateSyncError('DEPENDENCY_MISSING', "Stately's inspector needs: npm install @statelyai/inspect ws", {
      cause,
    });
  }
}
