import { cpus, loadavg } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface Measured<Value> extends Sample {
  readonly value: Value;
}

/** Without the garbage of whoever was measured before. */
export async function timed<Value>(run: () => Value | Promise<Value>): Promise<Measured<Value>> {
  collectGarbage();
  return timedAsIs(run);
}

/**
 * Wall-clock and CPU time (user and system, all threads) of one run, and what it gave; with whatever garbage there is: a
 * forced collection takes optimized code with it, which one long run would not have lost.
 */
export async function timedAsIs<Value>(run: () => Value | Promise<Value>): Promise<Measured<Value>> {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  const value = await run();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { value, wallMs: performance.now() - wallBefore, cpuMs: (user + system) / 1_000 };
}

/**
 * All contenders take turns, `runs` times, so that what else the machine does hits all alike; of each, the run with the
 * median of `by`.
 */
export async function interleaved<Value>(
  runs: number,
  contenders: Readonly<Record<string, () => Value | Promise<Value>>>,
  by: keyof Sample = 'wallMs',
): Promise<Readonly<Record<string, Measured<Value>>>> {
  const samples = new Map<string, Measured<Value>[]>();
  for (let i = 0; i < runs; i++) {
    for (const [name, run] of Object.entries(contenders)) {
      samples.set(name, [...(samples.get(name) ?? []), await timed(run)]);
    }
  }
  return Object.fromEntries([...samples].map(([name, all]) => [name, middleOf(all, by)]));
}

export function middleOf<Value>(samples: readonly Measured<Value>[], by: keyof Sample): Measured<Value> {
  const sorted = [...samples].sort((a, b) => a[by] - b[by]);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('at least one run is needed');
  return middle;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

export function perSecond(count: number, { wallMs }: Sample): number {
  return (count * 1_000) / wallMs;
}

export function cpuUsEach(count: number, { cpuMs }: Sample): number {
  return (cpuMs * 1_000) / count;
}

export function round(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '' : 'never';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

export function percent(share: number): string {
  return Number.isNaN(share) ? '' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

let collect: (() => void) | null = null;

export function collectGarbage(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}

/** Where and when, and how busy the machine was before the bench began. */
export function machine(): string {
  const cores = cpus();
  const [load = 0] = loadavg();
  const model = cores[0]?.model.trim() ?? 'unknown CPU';
  const day = new Date().toISOString().slice(0, 10);
  return `${model}, ${cores.length} cores, Node ${process.versions.node}, ${day}, load average ${load.toFixed(1)} at the start`;
}
