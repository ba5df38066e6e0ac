import { restoreSnapshot } from '../core/machine.ts';
import type { Facts } from '../core/facts.ts';
import type { SyncEvent } from '../core/events.ts';
import type { ErrorCode } from '../protocol/errors.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { Checksum, createDigest } from './digest.ts';
import type { TraceEnd, TraceHeader, TraceRecord } from './format.ts';
import { TRACE_FORMAT, TRACE_VERSION } from './format.ts';

/** A line longer than this is no line of a trace; in UTF-16 code units. */
export const TRACE_LINE_CHARS_MAX = 64 * 1_048_576;

/**
 * Reads a trace piece by piece, however the text is cut into pieces, and keeps no more of it than one line.
 *
 * Every method throws `StateSyncError`: TRACE_INVALID for what is no trace, TRACE_VERSION for one of another format,
 * TRACE_TRUNCATED where something is missing, TRACE_ALTERED for a text that is not what was written. The records given
 * before the throw are good as far as they go.
 */
export class TraceReader {
  /** null until the first line is read. */
  header: TraceHeader | null = null;
  /** null until the last line is read. */
  end: TraceEnd | null = null;
  /** How many records were read. */
  records = 0;
  readonly #checksum = new Checksum();
  #rest = '';
  #line = 0;

  /** Takes the next piece of the text, and gives what records are complete now. */
  *push(piece: string): Generator<TraceRecord, void> {
    let from = 0;
    for (let to = piece.indexOf('\n'); to >= 0; to = piece.indexOf('\n', from)) {
      const line = this.#rest + piece.slice(from, to);
      this.#rest = '';
      from = to + 1;
      const record = this.#take(line);
      if (record !== null) yield record;
    }
    this.#rest += piece.slice(from);
    if (this.#line === 0 && this.#rest !== '' && !this.#rest.startsWith('{')) throw notATrace();
    if (this.#rest.length > TRACE_LINE_CHARS_MAX) throw this.#invalid('is too long for a line of a trace');
  }

  /** To be called after the last piece. */
  finish(): TraceEnd {
    if (this.header === null)
      throw this.#rest === '' && this.#line === 0 ? fail('TRACE_INVALID', 'it is empty') : notATrace();
    if (this.#rest !== '') throw truncated(this.records, `it is cut off in the middle of line ${this.#line + 1}`);
    if (this.end === null) throw truncated(this.records, 'it has no last line: it was cut, or its writer was killed');
    return this.end;
  }

  #take(line: string): TraceRecord | null {
    this.#line++;
    if (this.header === null) {
      this.header = headerOf(line);
    } else {
      if (this.end !== null) throw this.#invalid('comes after the end of the trace');
      const fields = this.#parse(line);
      if ('end' in fields) this.end = this.#endOf(fields);
      else return this.#recordOf(fields, line);
    }
    this.#checksum.add(line);
    return null;
  }

  #recordOf(fields: Readonly<Record<string, unknown>>, line: string): TraceRecord {
    const { n, event, effects, digest } = fields;
    if (typeof n !== 'number' || !isEvent(event) || !Array.isArray(effects) || typeof digest !== 'string') {
      throw this.#invalid('is not a record: it needs n, event, effects and digest');
    }
    if (n !== this.records + 1) {
      const which =
        n > this.records + 2 ? `records ${this.records + 1} to ${n - 1} are` : `record ${this.records + 1} is`;
      throw n > this.records + 1
        ? truncated(this.records, `${which} missing (line ${this.#line} has record ${n})`)
        : fail('TRACE_ALTERED', `line ${this.#line} has record ${n} where ${this.records + 1} should be`);
    }
    this.records = n;
    this.#checksum.add(line);
    return { n, event, effects: effects as TraceRecord['effects'], digest };
  }

  #endOf({ end, why, checksum }: Readonly<Record<string, unknown>>): TraceEnd {
    if (typeof end !== 'number' || typeof why !== 'string' || typeof checksum !== 'string') {
      throw this.#invalid('is not the end of a trace: it needs end, why and checksum');
    }
    if (end !== this.records) {
      throw truncated(this.records, `its last line speaks of ${end} records, there are ${this.records}`);
    }
    if (checksum !== this.#checksum.hex) {
      throw fail(
        'TRACE_ALTERED',
        'the text is not what was written: its checksum is another one than its last line says',
      );
    }
    return { end, why: why as TraceEnd['why'], checksum };
  }

  #parse(line: string): Readonly<Record<string, unknown>> {
    const value = jsonOf(line);
    if (value === undefined) throw this.#invalid(`is not JSON: ${excerpt(line)}`);
    if (typeof value !== 'object' || value === null) throw this.#invalid(`is not a JSON object: ${excerpt(line)}`);
    return value as Readonly<Record<string, unknown>>;
  }

  #invalid(problem: string): StateSyncError {
    return fail('TRACE_INVALID', `line ${this.#line} ${problem}`);
  }
}

/** A trace that is being read: its header, and its records as they come. */
export interface OpenTrace {
  readonly header: TraceHeader;
  /** To be gone through once; throws as `TraceReader` does. */
  readonly records: AsyncIterable<TraceRecord>;
}

/**
 * Reads a trace as it comes, in bounded memory.
 * @param pieces text, cut anywhere: of a file, `createReadStream(path, 'utf8')` in Node; in a browser
 *   `file.stream().pipeThrough(new TextDecoderStream())`
 * @throws StateSyncError TRACE_INVALID, TRACE_VERSION, TRACE_TRUNCATED, TRACE_ALTERED
 */
export async function openTrace(pieces: AsyncIterable<string> | Iterable<string>): Promise<OpenTrace> {
  const reader = new TraceReader();
  const records = recordsOf(reader, pieces);
  // The header is there with the first record, or when there are none.
  const first = await records.next();
  if (reader.header === null) throw notATrace();
  return { header: reader.header, records: startingWith(first, records) };
}

async function* recordsOf(
  reader: TraceReader,
  pieces: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<TraceRecord, void> {
  for await (const piece of pieces) yield* reader.push(piece);
  reader.finish();
}

async function* startingWith(
  first: IteratorResult<TraceRecord, void>,
  rest: AsyncGenerator<TraceRecord, void>,
): AsyncGenerator<TraceRecord, void> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

function headerOf(line: string): TraceHeader {
  const header = jsonOf(line) as Partial<TraceHeader> | null | undefined;
  if (typeof header !== 'object' || header === null || header.format !== TRACE_FORMAT) throw notATrace();
  if (header.version !== TRACE_VERSION) {
    const versions = `it is of version ${JSON.stringify(header.version)}, this package reads version ${TRACE_VERSION}`;
    throw fail('TRACE_VERSION', `${versions}; it was written by ${JSON.stringify(header.writtenBy)}`);
  }
  const { format, version, writtenBy, runtime, source, startedAt, digest } = header;
  for (const [name, value] of Object.entries({ writtenBy, runtime, source, digest })) {
    if (typeof value !== 'string') throw fail('TRACE_INVALID', `its header has no "${name}"`);
  }
  if (typeof startedAt !== 'string' && startedAt !== null) throw fail('TRACE_INVALID', 'its header has no "startedAt"');
  const state = stateOf(header);
  if (createDigest()(state) !== digest) {
    throw fail('TRACE_ALTERED', 'the state in its header (configuration, heights, peers ...) is not the one written');
  }
  return { format, version, writtenBy, runtime, source, startedAt, digest, state } as TraceHeader;
}

function stateOf({ state, writtenBy }: Partial<TraceHeader>): Facts {
  try {
    return restoreSnapshot({ value: state?.control, context: state }).context;
  } catch (cause) {
    const message = `the state in its header is not one of this version of the package; it was written by ${String(writtenBy)}`;
    throw new StateSyncError('TRACE_INVALID', message, { cause });
  }
}

function isEvent(value: unknown): value is SyncEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { type, now } = value as { readonly type?: unknown; readonly now?: unknown };
  return typeof type === 'string' && typeof now === 'number';
}

/** `undefined` for what is not JSON. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

const EXCERPT_CHARS = 60;

function excerpt(line: string): string {
  return JSON.stringify(line.length > EXCERPT_CHARS ? `${line.slice(0, EXCERPT_CHARS)}...` : line);
}

function truncated(records: number, how: string): StateSyncError {
  return fail('TRACE_TRUNCATED', `${how}; ${records} records are whole`);
}

function notATrace(): StateSyncError {
  return fail('TRACE_INVALID', `it does not begin with the header of a trace ("format": "${TRACE_FORMAT}")`);
}

function fail(code: ErrorCode, problem: string): StateSyncError {
  return new StateSyncError(code, problem);
}
