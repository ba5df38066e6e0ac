/** Traces: written, read, and run again. Loads the core and nothing else; runs in a browser too. */
export { TRACE_FORMAT, TRACE_VERSION } from './format.ts';
export type { NamedBlock, TracedEffect, TraceEnd, TraceEndReason, TraceHeader, TraceRecord } from './format.ts';
export { createDigest } from './digest.ts';
export type { Digest } from './digest.ts';
export { createTraceWriter } from './write.ts';
export type { TraceWriter, TraceWriterOptions } from './write.ts';
export { createTracer, traceActor } from './observe.ts';
export type { Observe, Tracer, TracerOptions } from './observe.ts';
export { openTrace, TraceReader, TRACE_LINE_CHARS_MAX } from './read.ts';
export type { OpenTrace } from './read.ts';
export { describeDivergence, Replay } from './replay.ts';
export type { Divergence, ReplayedStep } from './replay.ts';
export { describeDifference, differencesOf } from './difference.ts';
export type { Difference } from './difference.ts';
export { replayTrace } from './replay-trace.ts';
export type { ModeChange, ReplayOptions, ReplayReport } from './replay-trace.ts';
