import type { Effect } from '../core/effects.ts';
import type { SyncEvent } from '../core/events.ts';
import type { Facts } from '../core/facts.ts';
import type { SyncBlock } from '../protocol/block.ts';

/**
 * A trace: what one core was told and what it answered, as lines of JSON (NDJSON). The first line is a `TraceHeader`,
 * the others are `TraceRecord`s, the last one is a `TraceEnd`. The header holds the whole state, so that a trace may
 * begin at any moment of a run and needs nothing beside it.
 */
export const TRACE_FORMAT = 'pocket-state-sync-trace';
export const TRACE_VERSION = 1;

export interface TraceHeader {
  readonly format: typeof TRACE_FORMAT;
  readonly version: number;
  /** Package and version that wrote it, as in `pocket-state-sync 0.1.0`. */
  readonly writtenBy: string;
  /** What it ran on, as in `node v24.21.0`. */
  readonly runtime: string;
  /** Whose trace it is: a node's address, a member of the demo, `simulation seed 7`. */
  readonly source: string;
  /** Wall clock when it began, ISO 8601; null where time is virtual. */
  readonly startedAt: string | null;
  /** Of `state`. */
  readonly digest: string;
  /** The state before the first record: configuration, seed and all. Plain data. */
  readonly state: Facts;
}

export interface TraceRecord {
  /** 1, 2, 3 ... */
  readonly n: number;
  readonly event: SyncEvent;
  readonly effects: readonly TracedEffect[];
  /** Of the state after the event. */
  readonly digest: string;
}

/** The last line. A trace without it was cut off, or whoever wrote it was killed. */
export interface TraceEnd {
  /** How many records there are. */
  readonly end: number;
  readonly why: TraceEndReason;
  /** Of every line before this one. */
  readonly checksum: string;
}

/**
 * `closed`: the writer was told to stop. `sizeLimit`: the trace is as long as it may be. `noRoom`: events came faster than
 * lines could be written; leaving some out would make the rest useless. `restarted`: the node started anew from its store,
 * and what came then is no continuation.
 */
export type TraceEndReason = 'closed' | 'sizeLimit' | 'noRoom' | 'restarted';

/** Blocks go into a trace without their `body`, which the core never looks into; in effects by height and id alone. */
export type TracedEffect = WithBlocksNamed<Effect>;

export type NamedBlock = Pick<SyncBlock, 'height' | 'id'>;

type WithBlocksNamed<E> = E extends unknown ? { readonly [Key in keyof E]: Named<E[Key]> } : never;
type Named<Value> = Value extends readonly SyncBlock[]
  ? readonly NamedBlock[]
  : Value extends SyncBlock
    ? NamedBlock
    : Value;
