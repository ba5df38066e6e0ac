import type { InspectionEvent } from 'xstate';
import type { Effect } from '../core/effects.ts';
import type { SyncEvent } from '../core/events.ts';
import type { Facts } from '../core/facts.ts';
import type { StateSyncActor } from '../core/machine.ts';
import type { TraceEndReason } from './format.ts';
import type { TraceWriter, TraceWriterOptions } from './write.ts';
import { createTraceWriter } from './write.ts';

/** The option `observe` of `StateSyncNode`. */
export type Observe = (event: SyncEvent, effects: readonly Effect[], state: Facts, before: Facts) => void;

/** As for a writer, but for the state: the trace begins with the first event. */
export type TracerOptions = Omit<TraceWriterOptions, 'state'>;

export interface Tracer<Hook> {
  readonly hook: Hook;
  /** Writes the last line, also when nothing was observed: then there is nothing to end. */
  readonly end: (why?: TraceEndReason) => void;
}

/**
 * Traces a `StateSyncNode`: `new StateSyncNode({ ..., observe: tracer.hook })`. A trace is of one run of the node; when the
 * node is stopped and started again the trace ends with `restarted`, and a new one needs a new tracer.
 */
export function createTracer(options: TracerOptions): Tracer<Observe> {
  let writer: TraceWriter | null = null;
  let last: Facts | null = null;
  return {
    hook: (event, effects, state, before) => {
      writer ??= createTraceWriter({ ...options, state: before });
      if (last !== null && last !== before) writer.end('restarted');
      writer.observe(event, effects, state);
      last = state;
    },
    end: (why) => writer?.end(why),
  };
}

/**
 * Traces an XState actor of `stateSyncMachine`: `createActor(stateSyncMachine, { input, inspect: tracer.hook })`. The machine
 * takes its own signals as events too; like `step`, a trace holds only the events that came from outside.
 */
export function traceActor(options: TracerOptions): Tracer<(event: InspectionEvent) => void> {
  let writer: TraceWriter | null = null;
  let effects: Effect[] = [];
  return {
    hook: (inspected) => {
      if (inspected.type === '@xstate.actor') {
        // The one actor of the machine; it has no others.
        (inspected.actorRef as StateSyncActor).on('*', (effect) => void effects.push(effect));
      } else if (inspected.type === '@xstate.snapshot') {
        const { context } = inspected.snapshot as ReturnType<StateSyncActor['getSnapshot']>;
        writer ??= createTraceWriter({ ...options, state: context });
        if (isFromOutside(inspected.event)) writer.observe(inspected.event, effects, context);
        effects = [];
      }
    },
    end: (why) => writer?.end(why),
  };
}

/** XState tells of starting and stopping as events, `xstate.init` and `xstate.stop`. */
function isFromOutside(event: { readonly type: string }): event is SyncEvent {
  return !event.type.startsWith('xstate.');
}
