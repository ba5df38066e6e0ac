import type { Names } from '../../words/index.ts';
import type { Rows } from './engine-messages.ts';
import type { LogFilter } from './log-rows.ts';
import { logRow, matches } from './log-rows.ts';
import type { Timeline } from './timeline.ts';

/** How many entries are looked at before others have their turn. */
const LOOKED_AT_ONCE = 20_000;
const ROWS_MAX = 300;

export interface RowsAsked {
  readonly from: number;
  readonly to: number;
  /** As many as that, but the newest. */
  readonly atEnd: boolean;
}

/** The log as it is narrowed: which entries are in it. Looks at new entries as they come, and at old ones in slices. */
export class Log {
  filter: LogFilter;
  #indexes: number[] = [];
  #looked = 0;
  complete = true;

  constructor(filter: LogFilter = { topics: [], text: '' }) {
    this.filter = filter;
  }

  narrow(filter: LogFilter): void {
    this.filter = filter;
    this.refilter();
  }

  /** The names of peers are other ones: what matches may be too. */
  refilter(): void {
    this.#indexes = [];
    this.#looked = 0;
    this.complete = false;
  }

  rows(timeline: Timeline, names: Names, { from, to, atEnd }: RowsAsked, current: number): Rows {
    this.#look(timeline, names);
    const indexes = this.#isAll ? null : this.#indexes;
    const total = indexes === null ? timeline.end - timeline.first : indexes.length;
    const at = (row: number): number => (indexes === null ? timeline.first + row : (indexes[row] ?? 0));
    const length = Math.min(ROWS_MAX, Math.max(0, to - from));
    const first = Math.max(0, atEnd ? total - length : Math.min(from, total - 1));
    const last = Math.min(total, first + length);
    const rows = Array.from({ length: Math.max(0, last - first) }, (_, i) => at(first + i));
    return {
      total,
      from: first,
      rows: rows.map((index) => logRow(timeline.entryAt(index), index, names)),
      current: indexes === null ? current - timeline.first : lastUpTo(indexes, current),
      complete: this.complete,
    };
  }

  get #isAll(): boolean {
    return this.filter.topics.length === 0 && this.filter.text === '';
  }

  #look(timeline: Timeline, names: Names): void {
    if (this.#isAll) {
      this.complete = true;
      return;
    }
    const { first, end } = timeline;
    if (this.#indexes[0] !== undefined && this.#indexes[0] < first) {
      this.#indexes = this.#indexes.filter((index) => index >= first);
    }
    this.#looked = Math.max(this.#looked, first);
    const last = Math.min(end, this.#looked + LOOKED_AT_ONCE);
    for (; this.#looked < last; this.#looked++) {
      if (matches(timeline.entryAt(this.#looked), this.filter, names)) this.#indexes.push(this.#looked);
    }
    this.complete = this.#looked === end;
  }
}

/** The row of the last entry at or before `index`; -1 when there is none. */
function lastUpTo(indexes: readonly number[], index: number): number {
  let low = 0;
  let high = indexes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((indexes[middle] ?? 0) <= index) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
