const FORMAT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `12,345`. */
export function number(value: number): string {
  return FORMAT.format(value);
}

/** At most two units; `--` when unknown. */
export function duration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return '--';
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (minutes < 60) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  const [hours, restMinutes] = [Math.floor(minutes / 60), minutes % 60];
  return restMinutes === 0 ? `${hours} h` : `${hours} h ${restMinutes} min`;
}

/** A time of one request or one step of work: `0.4 ms`, `38 ms`, `1.2 s`. */
export function shortTime(ms: number): string {
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : duration(ms);
}

const KIBIBYTE = 1_024;

/** `812 B`, `4.1 KiB`, `12.0 MiB`. */
export function bytes(count: number): string {
  if (count < KIBIBYTE) return `${Math.round(count)} B`;
  const inKib = count / KIBIBYTE;
  return inKib < KIBIBYTE ? `${inKib.toFixed(1)} KiB` : `${(inKib / KIBIBYTE).toFixed(1)} MiB`;
}

/** `block 7`, `blocks 7..9`. */
export function heights(from: number, to: number): string {
  return from === to ? `block ${number(from)}` : `blocks ${number(from)}..${number(to)}`;
}

/** `1 block`, `2 blocks`. */
export function count(amount: number, noun: string): string {
  return `${number(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}
