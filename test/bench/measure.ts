import { cpus } from 'node:os';

/** One figure of a table. */
export interface Row {
  readonly what: string;
  readonly figures: Readonly<Record<string, string>>;
}

export interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Wall-clock and CPU time (user and system, all threads) of one run. */
export async function timed(run: () => unknown): Promise<Sample> {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  await run();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wallMs: performance.now() - wallBefore, cpuMs: (user + system) / 1_000 };
}

/** The run with the median wall-clock time. */
export async function median(runs: number, run: () => unknown): Promise<Sample> {
  const samples: Sample[] = [];
  for (let i = 0; i < runs; i++) samples.push(await timed(run));
  samples.sort((a, b) => a.wallMs - b.wallMs);
  const middle = samples[Math.floor(samples.length / 2)];
  if (middle === undefined) throw new Error('at least one run is needed');
  return middle;
}

export function perSecond(count: number, { wallMs }: Sample): number {
  return (count * 1_000) / wallMs;
}

export function round(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

export function printTable(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const table = [['', ...columns], ...rows.map(({ what, figures }) => [what, ...columns.map((c) => figures[c] ?? '')])];
  const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0))) ?? [];
  for (const row of table) {
    console.log(
      `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`,
    );
  }
}

export function machine(): string {
  const cores = cpus();
  return `${cores[0]?.model.trim() ?? 'unknown CPU'}, ${cores.length} cores, Node ${process.versions.node}`;
}
