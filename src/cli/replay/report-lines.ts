import type { ReplayReport } from '../../trace/index.ts';
import { describeDivergence } from '../../trace/index.ts';
import { ERROR_CODES } from '../../protocol/errors.ts';

const MODE_LINES_MAX = 20;

/** A replay in words. */
export function reportLines(report: ReplayReport, seconds: number): string[] {
  const { header, records, divergence, heights, spanMs } = report;
  const when = header.startedAt === null ? '' : `, begun ${header.startedAt}`;
  const speed = seconds > 0 ? ` (${number(records / seconds)} a second)` : '';
  return [
    `Trace of ${header.source}, written by ${header.writtenBy} on ${header.runtime}${when}.`,
    `${number(records)} records over ${(spanMs / 1_000).toFixed(1)} s came out the same, effects and states${speed}.`,
    `Height ${number(heights.from)} -> ${number(heights.to)}.`,
    ...modeLines(report),
    `Events: ${countsOf(report.events)}.`,
    `Effects: ${countsOf(report.effects)}.`,
    ...(divergence === null ? [] : ['', ...describeDivergence(divergence), '', ERROR_CODES.TRACE_DIVERGED]),
  ];
}

function modeLines({ modeBefore, modeChanges, modeChangeCount }: ReplayReport): string[] {
  if (modeChangeCount === 0) return [`Mode ${modeBefore} throughout.`];
  const shown = modeChanges.slice(0, MODE_LINES_MAX);
  const lines = shown.map(
    ({ n, previous, next, height }) => `  record ${number(n)}, height ${number(height)}: ${previous} -> ${next}`,
  );
  const more = modeChangeCount - shown.length;
  return [`Mode changes: ${number(modeChangeCount)}.`, ...lines, ...(more > 0 ? [`  and ${number(more)} more`] : [])];
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return entries.length === 0 ? 'none' : entries.map(([name, count]) => `${number(count)} ${name}`).join(', ');
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
