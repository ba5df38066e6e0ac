import type { Axis } from '../table.ts';

export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

const TICKS_ABOUT = 6;

/** Maps values to places from `start` to `end`; a linear axis begins at 0. */
export function scaleOf(
  { logarithmic }: Axis,
  values: readonly number[],
  [start, end]: readonly [number, number],
): Scale {
  const highest = Math.max(...values, logarithmic ? 1e-9 : 1e-6);
  const lowest = logarithmic ? Math.min(...values) : 0;
  const ticks = logarithmic ? decades(lowest, highest) : steps(highest);
  const from = Math.min(lowest, ticks[0] ?? lowest);
  const to = Math.max(highest, ticks.at(-1) ?? highest);
  const place = (value: number) =>
    logarithmic ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  return { at: (value) => start + place(value) * (end - start), ticks };
}

/** 1, 10, 100; with few of them also 2 and 5. */
function decades(lowest: number, highest: number): readonly number[] {
  const first = Math.floor(Math.log10(lowest));
  const last = Math.ceil(Math.log10(highest));
  const factors = last - first <= 2 ? [1, 2, 5] : [1];
  const all = Array.from({ length: last - first + 1 }, (_, i) =>
    factors.map((factor) => factor * 10 ** (first + i)),
  ).flat();
  const from = all.findLastIndex((tick) => tick <= lowest);
  const to = all.findIndex((tick) => tick >= highest);
  return all.slice(Math.max(0, from), to === -1 ? undefined : to + 1);
}

function steps(highest: number): readonly number[] {
  const rough = highest / TICKS_ABOUT;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10);
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, i) => i * step);
}
