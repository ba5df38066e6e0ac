import type { Engine } from './engines/engine.ts';

/** One line of a table. */
export interface Row {
  readonly what: string;
  readonly figures: Readonly<Record<string, string>>;
}

/** How a figure grows with another one, to be drawn. */
export interface Series {
  /** Names the picture's file. */
  readonly name: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
}

export interface Axis {
  readonly label: string;
  readonly logarithmic: boolean;
}

export interface Table {
  readonly title: string;
  readonly rows: readonly Row[];
  /** What is to be known to read it; a sentence each. */
  readonly notes?: readonly string[];
  readonly series?: Series;
}

/** One subject of the bench: some tables. */
export interface Bench {
  readonly name: string;
  run(options: BenchOptions): Promise<readonly Table[]>;
}

export interface BenchOptions {
  readonly short: boolean;
  /** How often each contender is measured; the median counts. */
  readonly runs: number;
  /** Other projects' engines; none when they are not installed. */
  readonly others: readonly Engine[];
}

/** For people, on a terminal. */
export function printTable({ title, rows, notes = [] }: Table): void {
  console.log(`\n${title}`);
  const cells = cellsOf(rows);
  const widths = cells[0]?.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0))) ?? [];
  for (const row of cells) {
    const padded = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
    console.log(`  ${padded.join('  ')}`.trimEnd());
  }
  for (const note of notes) console.log(`  ${note}`);
}

/** The same in Markdown. */
export function markdownOf({ title, rows, notes = [] }: Table): string {
  const [head = [], ...body] = cellsOf(rows);
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = line(head.map((_, i) => (i === 0 ? '---' : '---:')));
  const lines = [line([title, ...head.slice(1)]), rule, ...body.map(line)];
  return [lines.join('\n'), ...(notes.length > 0 ? [notes.join(' ')] : [])].join('\n\n');
}

function cellsOf(rows: readonly Row[]): readonly (readonly string[])[] {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  return [['', ...columns], ...rows.map(({ what, figures }) => [what, ...columns.map((name) => figures[name] ?? '')])];
}
