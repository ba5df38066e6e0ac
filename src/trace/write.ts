import type { Effect } from '../core/effects.ts';
import type { SyncEvent } from '../core/events.ts';
import type { Facts } from '../core/facts.ts';
import type { Digest } from './digest.ts';
import { Checksum, createDigest } from './digest.ts';
import type { TraceEnd, TraceEndReason, TraceHeader } from './format.ts';
import { TRACE_FORMAT, TRACE_VERSION } from './format.ts';
import { plainEffects, plainEvent, plainJson } from './plain.ts';

export interface TraceWriterOptions extends Pick<TraceHeader, 'source' | 'writtenBy' | 'runtime' | 'startedAt'> {
  /** The state before the first event. */
  readonly state: Facts;
  /** Takes one line, with its line feed. Must not throw. */
  readonly write: (line: string) => void;
  /** Asked before each record; where it says no, the trace ends. Default: there is always room. */
  readonly hasRoom?: () => boolean;
  /** The trace ends before it is longer than this, in UTF-16 code units. Default: no limit. */
  readonly charsMax?: number;
  /** Told once when the trace ends, whatever ended it. */
  readonly onEnd?: (why: TraceEndReason, records: number) => void;
}

export interface TraceWriter {
  /** One event with what came of it, and the state it came to. After the end it does nothing. */
  observe(event: SyncEvent, effects: readonly Effect[], state: Facts): void;
  /** Writes the last line. Doing it twice is harmless. */
  end(why?: TraceEndReason): void;
  /** How many records were written. */
  readonly records: number;
  readonly ended: boolean;
}

/** Room that is kept for the last line. */
const END_CHARS_MAX = 200;

/**
 * Writes a trace as lines of text, the header at once. Synchronous and pure but for `write`; it keeps nothing but the
 * digests of the state's parts.
 */
export function createTraceWriter(options: TraceWriterOptions): TraceWriter {
  return new LineWriter(options);
}

class LineWriter implements TraceWriter {
  records = 0;
  ended = false;
  readonly #options: TraceWriterOptions;
  readonly #digest: Digest = createDigest();
  readonly #checksum = new Checksum();
  #chars = 0;

  constructor(options: TraceWriterOptions) {
    this.#options = options;
    const { source, writtenBy, runtime, startedAt, state } = options;
    const digest = this.#digest(state);
    const about = { writtenBy, runtime, source, startedAt, digest, state };
    this.#write(plainJson({ format: TRACE_FORMAT, version: TRACE_VERSION, ...about } satisfies TraceHeader));
  }

  observe(event: SyncEvent, effects: readonly Effect[], state: Facts): void {
    if (this.ended) return;
    const { charsMax = Infinity, hasRoom } = this.#options;
    if (hasRoom?.() === false) return this.end('noRoom');
    const digest = this.#digest(state);
    const n = this.records + 1;
    const line = JSON.stringify({ n, event: plainEvent(event), effects: plainEffects(effects), digest });
    if (this.#chars + line.length + 1 + END_CHARS_MAX > charsMax) return this.end('sizeLimit');
    this.records = n;
    this.#write(line);
  }

  end(why: TraceEndReason = 'closed'): void {
    if (this.ended) return;
    this.ended = true;
    const end: TraceEnd = { end: this.records, why, checksum: this.#checksum.hex };
    this.#write(JSON.stringify(end));
    this.#options.onEnd?.(why, this.records);
  }

  #write(line: string): void {
    this.#checksum.add(line);
    this.#chars += line.length + 1;
    this.#options.write(`${line}\n`);
  }
}
