import type { OperationMode } from '../../machines/operation-mode.ts';
import type { step } from '../core/step.ts';
import type { TraceHeader } from './format.ts';
import { openTrace } from './read.ts';
import type { Divergence } from './replay.ts';
import { Replay } from './replay.ts';

export interface ReplayReport {
  readonly header: TraceHeader;
  /** Records that came out as recorded. */
  readonly records: number;
  /** Where the run and its trace part; the replay ends there. null: nowhere. */
  readonly divergence: Divergence | null;
  /** What this node had committed, before and after. */
  readonly heights: { readonly from: number; readonly to: number };
  readonly modeBefore: OperationMode;
  readonly modeChanges: readonly ModeChange[];
  /** How often the mode changed; `modeChanges` holds the first `MODE_CHANGES_MAX`. */
  readonly modeChangeCount: number;
  /** From the first event to the last, by the clock of the node that wrote the trace. */
  readonly spanMs: number;
  readonly events: Readonly<Record<string, number>>;
  readonly effects: Readonly<Record<string, number>>;
}

export interface ModeChange {
  /** The record. */
  readonly n: number;
  readonly previous: OperationMode;
  readonly next: OperationMode;
  readonly height: number;
}

export interface ReplayOptions {
  /** Called after each record. */
  readonly onRecord?: (n: number) => void;
  /** What to run the events through, if not this package's `step`. */
  readonly stepper?: typeof step;
}

export const MODE_CHANGES_MAX = 1_000;

/**
 * Runs a whole trace again, up to its end or to the first record that does not come out the same.
 * @param pieces as for `openTrace`
 * @throws StateSyncError TRACE_INVALID, TRACE_VERSION, TRACE_TRUNCATED, TRACE_ALTERED; what `onRecord` throws
 */
export async function replayTrace(
  pieces: AsyncIterable<string> | Iterable<string>,
  { onRecord, stepper }: ReplayOptions = {},
): Promise<ReplayReport> {
  const { header, records } = await openTrace(pieces);
  const replay = new Replay(header, stepper);
  const modeChanges: ModeChange[] = [];
  const events: Record<string, number> = {};
  const effectCounts: Record<string, number> = {};
  let [modeChangeCount, count, first, last] = [0, 0, NaN, NaN];
  let divergence: Divergence | null = null;
  for await (const record of records) {
    const { state, effects, divergence: found } = replay.next(record);
    divergence = found;
    if (found !== null) break;
    count = record.n;
    last = record.event.now;
    if (count === 1) first = last;
    add(events, record.event.type);
    for (const effect of effects) {
      add(effectCounts, effect.type);
      if (effect.type !== 'modeChanged') continue;
      const { previous, next } = effect;
      modeChangeCount++;
      if (modeChangeCount <= MODE_CHANGES_MAX) {
        modeChanges.push({ n: count, previous, next, height: state.local.maxHeight });
      }
    }
    onRecord?.(count);
  }
  return {
    header,
    records: count,
    divergence,
    heights: { from: header.state.local.maxHeight, to: replay.state.local.maxHeight },
    modeBefore: header.state.control.mode,
    modeChanges,
    modeChangeCount,
    spanMs: count === 0 ? 0 : last - first,
    events,
    effects: effectCounts,
  };
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
