import type { WriteStream } from 'node:fs';
import { createWriteStream, openSync, statSync } from 'node:fs';
import { parse } from 'node:path';
import { StateSyncError } from '../protocol/errors.ts';
import type { Observe, TraceEndReason, TraceHeader } from '../trace/index.ts';
import { createTracer } from '../trace/index.ts';
import { packageTitle } from './package-version.ts';

export interface TraceFileOptions extends Pick<TraceHeader, 'source'> {
  /** Where the trace goes. When a file is there already, `name.2.ext`, `name.3.ext` ... is taken. */
  readonly path: string;
  /** How long the file may become. Default: 1 GiB. */
  readonly bytesMax?: number;
  /** How much may wait to be written before the trace is given up. Default: 16 MiB. */
  readonly bufferBytesMax?: number;
  /** Told once how the trace ended: a reason, or a StateSyncError TRACE_FAILED. */
  readonly onEnd?: (end: { readonly why: TraceEndReason | StateSyncError; readonly records: number }) => void;
}

/** A trace on its way into a file. What goes wrong with it ends the trace, and never holds up or ends the node. */
export interface TraceFile {
  readonly path: string;
  /** The option `observe` of `StateSyncNode`. */
  readonly observe: Observe;
  /** Ends the trace, and resolves when all of it is written or writing has failed. Never rejects. */
  close(): Promise<void>;
}

const MEBIBYTE = 1_048_576;
const BYTES_MAX = 1_024 * MEBIBYTE;
const BUFFER_BYTES_MAX = 16 * MEBIBYTE;
const FILES_MAX = 10_000;

/** Writes the trace of a node into a new file. @throws StateSyncError TRACE_FAILED when the file cannot be made */
export function createTraceFile(options: TraceFileOptions): TraceFile {
  return new NodeTraceFile(options);
}

class NodeTraceFile implements TraceFile {
  readonly path: string;
  readonly observe: Observe;
  readonly #stream: WriteStream;
  readonly #onEnd: NonNullable<TraceFileOptions['onEnd']>;
  readonly #end: () => void;
  readonly #closed: Promise<void>;
  #lines = 0;
  #failed = false;

  constructor(options: TraceFileOptions) {
    const { source, bytesMax = BYTES_MAX, bufferBytesMax = BUFFER_BYTES_MAX, onEnd = () => undefined } = options;
    const { fd, path } = openNew(options.path);
    this.path = path;
    this.#onEnd = onEnd;
    this.#stream = createWriteStream(path, { fd });
    this.#closed = new Promise((resolve) => this.#stream.once('close', resolve));
    this.#stream.on('error', (cause) => this.#fail(cause));
    const { hook, end } = createTracer({
      source,
      writtenBy: packageTitle(),
      runtime: `node ${process.version}`,
      startedAt: new Date().toISOString(),
      charsMax: bytesMax,
      write: (line) => this.#write(line),
      hasRoom: () => this.#stream.writableLength < bufferBytesMax,
      onEnd: (why, records) => {
        this.#stream.end();
        if (!this.#failed) onEnd({ why, records });
      },
    });
    this.observe = (...seen) => {
      if (!this.#failed) hook(...seen);
    };
    this.#end = () => {
      end();
    };
  }

  async close(): Promise<void> {
    this.#end();
    if (!this.#stream.closed) this.#stream.end();
    await this.#closed;
  }

  #write(line: string): void {
    if (this.#failed) return;
    this.#lines++;
    this.#stream.write(line);
  }

  #fail(cause: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    const why = new StateSyncError('TRACE_FAILED', `cannot write the trace ${this.path}: ${cause.message}`, { cause });
    // Of what was given to the stream, the header is no record, and what the disk took is not known.
    this.#onEnd({ why, records: Math.max(0, this.#lines - 1) });
  }
}

function openNew(path: string): { readonly fd: number; readonly path: string } {
  const { dir, name, ext } = parse(path);
  for (let number = 1; number <= FILES_MAX; number++) {
    const candidate = number === 1 ? path : `${dir === '' ? '' : `${dir}/`}${name}.${number}${ext}`;
    try {
      return { fd: openSync(candidate, isDevice(candidate) ? 'w' : 'wx'), path: candidate };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new StateSyncError('TRACE_FAILED', `cannot write the trace ${candidate}: ${reason}`, { cause });
    }
  }
  throw new StateSyncError('TRACE_FAILED', `there are ${FILES_MAX} traces beside ${path} already`);
}

/** As `/dev/stdout`, which is always there. */
function isDevice(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isCharacterDevice() === true;
}
