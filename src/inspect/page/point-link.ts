import type { View } from '../model/view.ts';

/** A point that a link names: `#source=full-node&run=1&event=1234`. */
export interface Point {
  readonly source: string;
  readonly run: number;
  readonly n: number;
}

export function readPoint(): Point | null {
  const fields = new URLSearchParams(location.hash.slice(1));
  const source = fields.get('source');
  const [run, n] = [Number(fields.get('run') ?? '1'), Number(fields.get('event') ?? NaN)];
  if (source === null || !Number.isSafeInteger(run) || !Number.isSafeInteger(n)) return null;
  return { source, run, n };
}

/** The address of the page names what it shows: the newest of a source, or one event of it. */
export function writePoint(source: string | null, { run, n }: View, following: boolean): void {
  if (source === null) return;
  const fields = new URLSearchParams({ source });
  if (!following) {
    fields.set('run', String(run));
    fields.set('event', String(n));
  }
  const hash = `#${fields.toString()}`;
  if (location.hash !== hash) history.replaceState(null, '', hash);
}
