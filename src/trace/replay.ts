import type { Effect } from '../core/effects.ts';
import type { SyncEvent } from '../core/events.ts';
import type { Facts } from '../core/facts.ts';
import { step } from '../core/step.ts';
import { eventText } from '../words/events.ts';
import type { Difference } from './difference.ts';
import { describeDifference, differencesOf } from './difference.ts';
import type { Digest } from './digest.ts';
import { createDigest } from './digest.ts';
import type { TraceHeader, TraceRecord } from './format.ts';
import { plainEffects } from './plain.ts';

/** One record run again. */
export interface ReplayedStep {
  readonly record: TraceRecord;
  readonly before: Facts;
  readonly state: Facts;
  readonly effects: readonly Effect[];
  /** What is not as recorded; null: nothing. */
  readonly divergence: Divergence | null;
}

/** Where a run and its trace part. */
export interface Divergence {
  readonly record: TraceRecord;
  /** Fields of `effects`: as recorded (before), and as `step` gives them now (after). */
  readonly effects: readonly Difference[];
  /** The digest of the state after the event; null when it is as recorded. */
  readonly digest: { readonly recorded: string; readonly replayed: string } | null;
  /** What the event changed in the state when run again. A trace holds no states to compare this with, only digests. */
  readonly changed: readonly Difference[];
  /** What `step` threw; null: nothing. Only an event that is none of the protocol's, or a bug, makes it throw. */
  readonly threw: string | null;
}

/**
 * Runs the events of a trace through `step` again, one by one, and holds what comes of each against the record.
 * Nothing else is needed: the state that the header holds, and the events, decide everything.
 */
export class Replay {
  state: Facts;
  readonly #digest: Digest = createDigest();
  readonly #step: typeof step;

  /** @param stepper what to run the events through, if not this package's `step` */
  constructor({ state }: Pick<TraceHeader, 'state'>, stepper: typeof step = step) {
    this.state = state;
    this.#step = stepper;
  }

  next(record: TraceRecord): ReplayedStep {
    const before = this.state;
    try {
      const { state, effects } = this.#step(before, record.event);
      this.state = state;
      const divergence = this.#compare(record, before, state, effects);
      return { record, before, state, effects, divergence };
    } catch (error) {
      const threw = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const divergence = { record, effects: [], digest: null, changed: [], threw };
      return { record, before, state: before, effects: [], divergence };
    }
  }

  #compare(record: TraceRecord, before: Facts, state: Facts, effects: readonly Effect[]): Divergence | null {
    const given = plainEffects(effects);
    const replayed = this.#digest(state);
    const sameEffects = sameJson(record.effects, given);
    if (sameEffects && replayed === record.digest) return null;
    return {
      record,
      effects: sameEffects ? [] : differencesOf(record.effects, JSON.parse(JSON.stringify(given)), 'effects'),
      digest: replayed === record.digest ? null : { recorded: record.digest, replayed },
      changed: differencesOf(before, state),
      threw: null,
    };
  }
}

function sameJson(recorded: unknown, given: unknown): boolean {
  const text = JSON.stringify(given);
  // The order of fields may be another one in another version of the package.
  return JSON.stringify(recorded) === text || differencesOf(recorded, JSON.parse(text), '', 1).length === 0;
}

const LINES_MAX = 20;

/** A divergence in words, a line each: which record, which event, what differs, what the event changed. */
export function describeDivergence({ record, effects, digest, changed, threw }: Divergence): string[] {
  const { n, event } = record;
  const lines = [`record ${n} does not come out the same`, `  event: ${inWords(event)}`];
  if (threw !== null) lines.push(`  step threw ${threw}`);
  if (effects.length > 0) lines.push('  effects:', ...list(effects, 'recorded', 'now'));
  if (digest !== null) lines.push(`  state after it: digest recorded ${digest.recorded}, now ${digest.replayed}`);
  if (changed.length > 0)
    lines.push('  what the event changed in the state, run again:', ...list(changed, 'was', 'is'));
  return lines;
}

function list(differences: readonly Difference[], from: string, to: string): string[] {
  const lines = differences.slice(0, LINES_MAX).map((each) => `    ${describeDifference(each, from, to)}`);
  const more = differences.length - LINES_MAX;
  return more > 0 ? [...lines, `    and ${more} more`] : lines;
}

/** An event in plain words; of a malformed one, its type. */
function inWords(event: SyncEvent): string {
  try {
    return `${eventText(new Map(), event)} (${event.type} at ${event.now} ms)`;
  } catch {
    return event.type;
  }
}
