import type { Effect, Facts, SyncEvent } from '../../index.ts';
import { step } from '../../index.ts';
import type { TracedEffect, TraceHeader, TraceRecord } from '../../trace/index.ts';
import { createDigest } from '../../trace/index.ts';
import { plainEffects } from '../../trace/plain.ts';
import type { TakenEdge } from './edges-taken.ts';
import { edgesTaken } from './edges-taken.ts';
import { Rates } from './rates.ts';

/** A state is kept every so many entries; others are computed from the one before. */
const CHECKPOINT_EVERY = 500;

/** The state is compared with the trace at every so many events. */
const CHECK_EVERY = 100;

/** How many entries are kept of something that goes on and on; then the oldest go. */
export const ENTRIES_MAX = 250_000;
const DROPPED_AT_ONCE = 50_000;

/** One life of a node: from a header to the end, or to the next header that does not follow from it. */
export interface Run {
  readonly header: Omit<TraceHeader, 'state'>;
  /** Which run of its source: 1, 2, 3 ... */
  readonly number: number;
  /** How many events of the run came before the header; 0 when the trace has it from the start. */
  readonly after: number;
  /** When it began, on the timeline. */
  readonly atMs: number;
  /** What the core's own clock showed then; it never goes back, as the host's may. */
  readonly coreMs: number;
}

/** What may be stood at: the beginning of a run, or an event with what came of it. */
export interface Entry {
  readonly run: Run;
  /** Of the event within its run; for the beginning, how many events came before. */
  readonly n: number;
  /** Milliseconds from the beginning of the timeline. */
  readonly atMs: number;
  /** null: the beginning of a run. */
  readonly event: SyncEvent | null;
  readonly effects: readonly TracedEffect[];
  readonly edges: readonly TakenEdge[];
}

/** Where what `step` says here is not what the trace says. */
export interface Disagreement {
  readonly run: number;
  readonly n: number;
  readonly what: 'state' | 'effects' | 'broken';
  readonly detail: string;
}

/** How a header stands to what came before it. */
export interface Place {
  readonly run: number;
  /** How many events of the run came before. */
  readonly after: number;
}

/**
 * Everything that was read, and the state at any point of it: the page's own `step` runs over the events, and must
 * agree with what the trace says came of them.
 */
export class Timeline {
  readonly rates = new Rates();
  /** The first place where this package's `step` and the trace part. */
  disagreement: Disagreement | null = null;
  #entries: Entry[] = [];
  #first = 0;
  readonly #checkpoints = new Map<number, Facts>();
  readonly #digest = createDigest();
  #run: Run | null = null;
  #last: Facts | null = null;
  #broken = false;
  #unchecked: { readonly n: number; readonly state: Facts; readonly digest: string }[] = [];
  #recent: { index: number; state: Facts } | null = null;

  /** The index of the oldest entry that is kept. */
  get first(): number {
    return this.#first;
  }

  /** One above the index of the newest entry. */
  get end(): number {
    return this.#first + this.#entries.length;
  }

  /** Where the run stands: what a header that goes on with it would say. */
  get place(): Place | null {
    const last = this.#entries.at(-1);
    return last === undefined ? null : { run: last.run.number, after: last.n };
  }

  /** A header: goes on with the run if it belongs to the place that was reached, else begins another. */
  begin({ state, ...header }: TraceHeader, place?: Place): void {
    this.checkNow();
    const here = this.place;
    const at = place ?? { run: (here?.run ?? 0) + 1, after: 0 };
    const follows = here !== null && here.run === at.run && here.after === at.after;
    if (follows && !this.#broken) {
      // Only a check: what was computed here must be what the node has.
      this.#compare('state', this.#digest(this.#last), this.#digest(state), at);
      return;
    }
    const before = this.#entries.at(-1);
    const atMs = this.#startOf(header, before);
    this.#run = { header, number: at.run, after: at.after, atMs, coreMs: state.clock.now };
    this.#broken = false;
    this.#push({ run: this.#run, n: at.after, atMs, event: null, effects: [], edges: [] }, state);
  }

  /**
   * One event. What follows a place where `step` could not go on is left out.
   * @param after how many events of the run came before the header that the record belongs to
   */
  append(record: TraceRecord, after = this.#run?.after ?? 0): void {
    const run = this.#run;
    const before = this.#last;
    if (run === null || before === null || this.#broken) return;
    const { event } = record;
    const n = after + record.n;
    const stepped = this.#step(before, event, n);
    if (stepped === null) return;
    const { state, effects } = stepped;
    if (this.disagreement === null) this.#check(record, n, state, plainEffects(effects));
    const atMs = run.atMs + state.clock.now - run.coreMs;
    this.rates.note(this.end, atMs, event, effects);
    const edges = edgesTaken(before, event, effects, state);
    this.#push({ run, n, atMs, event, effects: record.effects, edges }, state);
    if (this.#entries.length > ENTRIES_MAX) this.#dropOldest();
  }

  entryAt(index: number): Entry {
    const entry = this.#entries[index - this.#first];
    if (entry === undefined) throw new RangeError(`no entry ${index}`);
    return entry;
  }

  /** The entry of an event by its run and number; the nearest one that is kept. `undefined`: no such run. */
  find({ run, after }: Place): number | undefined {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && (entry.run.number < run || (entry.run.number === run && entry.n < after)))
        low = middle + 1;
      else high = middle;
    }
    const found = this.#entries[low];
    return found === undefined || found.run.number !== run ? undefined : this.#first + low;
  }

  /** The state after an entry. */
  stateAt(index: number): Facts {
    if (index === this.end - 1 && this.#last !== null) return this.#last;
    const recent = this.#recent;
    let at = index - (index % CHECKPOINT_EVERY);
    while (at > this.#first && !this.#checkpoints.has(at)) at -= CHECKPOINT_EVERY;
    let state = this.#checkpoints.get(Math.max(at, this.#first));
    at = Math.max(at, this.#first);
    if (recent !== null && recent.index <= index && recent.index >= at) [at, state] = [recent.index, recent.state];
    // A run may begin between a checkpoint and the entry.
    for (const start of this.#starts)
      if (start.index > at && start.index <= index) [at, state] = [start.index, start.state];
    if (state === undefined) throw new RangeError(`no state at ${index}`);
    for (let next = at + 1; next <= index; next++) {
      const { event } = this.entryAt(next);
      if (event !== null) state = step(state, event).state;
    }
    this.#recent = { index, state };
    return state;
  }

  /** Where runs begin, with their states. */
  readonly #starts: { readonly index: number; readonly state: Facts }[] = [];

  #step(before: Facts, event: SyncEvent, n: number): { state: Facts; effects: readonly Effect[] } | null {
    try {
      return step(before, event);
    } catch (error) {
      this.#broken = true;
      const detail = error instanceof Error ? error.message : String(error);
      this.disagreement ??= { run: this.#run?.number ?? 0, n, what: 'broken', detail };
      return null;
    }
  }

  /** Effects each time; the state now and then, and then where exactly it began to differ. */
  #check(record: TraceRecord, n: number, state: Facts, effects: readonly TracedEffect[]): void {
    const run = this.#run?.number ?? 0;
    if (JSON.stringify(effects) !== JSON.stringify(record.effects)) {
      // The order of fields may be another one.
      this.#compare('effects', this.#digest(effects), this.#digest(record.effects), { run, after: n });
    }
    this.#unchecked.push({ n, state, digest: record.digest });
    if (this.#unchecked.length >= CHECK_EVERY) this.checkNow();
  }

  /** Compares the state with what the trace says, at the newest event. */
  checkNow(): void {
    const unchecked = this.#unchecked;
    this.#unchecked = [];
    const last = unchecked.at(-1);
    if (last === undefined || this.#digest(last.state) === last.digest) return;
    for (const { n, state, digest } of unchecked) {
      this.#compare('state', this.#digest(state), digest, { run: this.#run?.number ?? 0, after: n });
    }
  }

  #compare(what: Disagreement['what'], here: string, there: string, { run, after }: Place): void {
    if (here === there || this.disagreement !== null) return;
    this.disagreement = { run, n: after, what, detail: `digest ${here} here, ${there} in the trace` };
  }

  #push(entry: Entry, state: Facts): void {
    const index = this.end;
    this.#entries.push(entry);
    this.#last = state;
    if (entry.event === null) this.#starts.push({ index, state });
    if (index % CHECKPOINT_EVERY === 0 || index === this.#first) this.#checkpoints.set(index, state);
  }

  #startOf(header: Omit<TraceHeader, 'state'>, before: Entry | undefined): number {
    if (before === undefined) return 0;
    const previous = before.run.header.startedAt;
    if (header.startedAt === null || previous === null) return before.atMs;
    return Math.max(before.atMs, before.run.atMs + Date.parse(header.startedAt) - Date.parse(previous));
  }

  #dropOldest(): void {
    const first = this.#first + DROPPED_AT_ONCE;
    const state = this.stateAt(first);
    this.#entries = this.#entries.slice(DROPPED_AT_ONCE);
    for (const index of this.#checkpoints.keys()) if (index < first) this.#checkpoints.delete(index);
    while (this.#starts[0] !== undefined && this.#starts[0].index < first) this.#starts.shift();
    this.#first = first;
    this.#checkpoints.set(first, state);
    this.#recent = null;
    this.rates.dropBelow(first);
  }
}
