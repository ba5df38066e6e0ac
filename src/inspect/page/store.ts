import { batch, computed, signal } from '@preact/signals';
import type { FaultOrder, InspectorInfo, SourceInfo } from '../feed.ts';
import { TOKEN_HEADER } from '../feed.ts';
import type { Ask, Progress, Rows, Tell } from '../model/engine-messages.ts';
import type { LogFilter } from '../model/log-rows.ts';
import type { View } from '../model/view.ts';
import { noteTaken } from './lit-edges.ts';
import { readPoint, writePoint } from './point-link.ts';

/** Everything the page shows, and what can be asked for. The state lives here; the parts only draw it. */
export const info = signal<InspectorInfo | null>(null);
/** Whether the server is there. */
export const serverThere = signal(true);
export const progress = signal<Progress | null>(null);
export const view = signal<View | null>(null);
/** The same point, for the parts that are drawn a frame later: all at once would take too long for one frame. */
export const detail = signal<View | null>(null);
export const rows = signal<Rows | null>(null);
/** The source looked at: one of the server's, or a file that was opened here. */
export const sourceId = signal<string | null>(null);
export const filter = signal<LogFilter>({ topics: [], text: '' });
export const openPaths = signal<readonly string[]>(['["state"]']);
/** What is said to the user once: of a fault ordered, of a link copied. */
export const said = signal<{ readonly text: string; readonly bad: boolean } | null>(null);

export const FILE_SOURCE = 'file:';

export const title = computed(() => {
  const id = sourceId.value;
  if (id?.startsWith(FILE_SOURCE) === true) return id.slice(FILE_SOURCE.length);
  return info.value?.sources.find((source) => source.id === id)?.title ?? '';
});

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

worker.addEventListener('message', ({ data }: MessageEvent<Tell>) => {
  inNextFrame(() => {
    batch(() => takeFirst(data));
    inNextFrame(() => {
      batch(() => takeRest(data));
      // The engine tells more when this is on the screen, not when it is only on its way there.
      setTimeout(() => ask({ type: 'drawn' }), 0);
    });
  });
});

/** Frames rest in a hidden page. */
function inNextFrame(draw: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(draw);
  else setTimeout(draw, 125);
}

function takeFirst(told: Tell): void {
  if (told.fresh) view.value = detail.value = rows.value = null;
  if (told.progress !== null) progress.value = told.progress;
  if (told.view === null) return;
  noteTaken(told.view.edges);
  view.value = told.view;
  writePoint(sourceId.value, told.view, progress.value?.following ?? true);
}

function takeRest(told: Tell): void {
  if (told.rows !== null) rows.value = told.rows;
  if (told.view !== null) detail.value = told.view;
}

function ask(what: Ask): void {
  worker.postMessage(what);
}

/** Hears what there is to see, now and whenever it changes; goes on by itself when the server comes back. */
export function listen(): void {
  const events = new EventSource('api/info');
  events.addEventListener('message', ({ data }: MessageEvent<string>) => {
    serverThere.value = true;
    const before = info.value;
    const now = JSON.parse(data) as InspectorInfo;
    info.value = now;
    if (JSON.stringify(before?.names) !== JSON.stringify(now.names)) {
      ask({ type: 'names', names: Object.entries(now.names) });
    }
    if (sourceId.value === null) openFirst(now.sources);
  });
  events.addEventListener('error', () => (serverThere.value = false));
}

/** The source that the link names, or the first one. */
function openFirst(sources: readonly SourceInfo[]): void {
  const point = readPoint();
  if (point?.source.startsWith(FILE_SOURCE) === true) {
    const name = point.source.slice(FILE_SOURCE.length);
    tell(`The link is to event ${point.n} of the file ${name}. Open or drop that file here to see it.`, false);
    return;
  }
  const source = sources.find(({ id }) => id === point?.source) ?? sources[0];
  if (source === undefined) return;
  if (point !== null && point.source !== source.id) {
    tell(`The link is to ${point.source}, which is not here; this is ${source.title}.`, true);
  }
  openSource(source.id);
  if (point !== null && point.source === source.id) ask({ type: 'seekPlace', run: point.run, n: point.n });
}

export function openSource(id: string): void {
  clear(id);
  ask({ type: 'open', source: { kind: 'url', url: new URL(`api/sources/${id}`, location.href).href, title: id } });
}

export function openFile(file: File): void {
  const point = readPoint();
  const id = `${FILE_SOURCE}${file.name}`;
  clear(id);
  ask({ type: 'open', source: { kind: 'file', file, title: file.name } });
  if (point?.source === id) ask({ type: 'seekPlace', run: point.run, n: point.n });
}

function clear(id: string): void {
  sourceId.value = id;
  view.value = detail.value = null;
  rows.value = null;
  progress.value = null;
}

export function seek(index: number): void {
  ask({ type: 'seek', index });
}

export function step(by: number): void {
  ask({ type: 'step', by });
}

export function follow(): void {
  ask({ type: 'follow' });
}

/** Times as fast as it was. */
export const SPEEDS = [1, 10, 100] as const;
export const speed = signal<number>(1);

/** Live: holds what is shown, or goes back to the newest. In a record that is over: plays it. */
export function togglePlay(): void {
  const state = progress.value;
  if (state === null) return;
  if (state.playing || (state.source.is === 'live' && state.following)) ask({ type: 'pause' });
  else if (state.source.is === 'live') follow();
  else ask({ type: 'play', times: speed.value });
}

export function setSpeed(times: number): void {
  speed.value = times;
  if (progress.value?.playing === true) ask({ type: 'play', times });
}

export function narrow(next: LogFilter): void {
  filter.value = next;
  ask({ type: 'filter', filter: next });
}

export function askRows(from: number, to: number): void {
  ask({ type: 'rows', from, to });
}

export function toggleTree(key: string): void {
  const paths = openPaths.value;
  openPaths.value = paths.includes(key) ? paths.filter((path) => path !== key) : [...paths, key];
  ask({ type: 'openTree', paths: openPaths.value });
}

/** How long something stays that was said; what went wrong stays until it is dismissed. */
const SAID_MS = 7_000;

export function tell(text: string, bad: boolean): void {
  const told = { text, bad };
  said.value = told;
  if (bad) return;
  setTimeout(() => {
    if (said.value === told) said.value = null;
  }, SAID_MS);
}

/** Orders something of the demo; the server says what became of it. */
export async function order(fault: FaultOrder, done: string): Promise<void> {
  try {
    const response = await fetch('api/faults', {
      method: 'POST',
      headers: { 'content-type': 'application/json', [TOKEN_HEADER]: info.value?.token ?? '' },
      body: JSON.stringify(fault),
    });
    const answer = (await response.text()).trim();
    tell(response.ok ? done : answer, !response.ok);
  } catch {
    tell('The inspector does not answer: nothing was ordered.', true);
  }
}
