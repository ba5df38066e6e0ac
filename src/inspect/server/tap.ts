import type { Facts } from '../../index.ts';
import type { Observe, TraceWriter } from '../../trace/index.ts';
import { createTraceWriter } from '../../trace/index.ts';
import type { FeedSink } from './trace-feed.ts';

export interface TapOptions {
  /** Whose trace it is, as in the header. */
  readonly source: string;
  readonly writtenBy: string;
  readonly sink: FeedSink;
  /** Runs are numbered from here. Default: 1. */
  readonly firstRun?: number;
}

/** A new piece, with a whole state, begins after so much; whoever comes later begins at the oldest piece kept. */
const PIECE_RECORDS_MAX = 5_000;
const PIECE_CHARS_MAX = 4 * 1_048_576;

/** The option `observe` of a `StateSyncNode`: what the node is told and answers goes to a feed. */
export function createTap({ source, writtenBy, sink, firstRun = 1 }: TapOptions): Observe {
  let writer: TraceWriter | null = null;
  let last: Facts | null = null;
  let run = firstRun - 1;
  let after = 0;
  let chars = 0;
  let startedAt = '';
  const open = (state: Facts): TraceWriter => {
    sink.piece({ run, after });
    chars = 0;
    const write = (line: string): void => {
      chars += line.length;
      sink.line(line);
    };
    const runtime = `node ${process.version}`;
    return createTraceWriter({ source, writtenBy, runtime, startedAt, state, write });
  };
  return (event, effects, state, before) => {
    if (writer === null || before !== last) {
      run += 1;
      after = 0;
      startedAt = new Date().toISOString();
      writer = open(before);
    } else if (writer.records >= PIECE_RECORDS_MAX || chars >= PIECE_CHARS_MAX) {
      after += writer.records;
      writer = open(before);
    }
    writer.observe(event, effects, state);
    last = state;
  };
}
