import type { Names } from '../../words/index.ts';
import type { TakenEdge } from './edges-taken.ts';
import type { Ask, Mark, Problem, Progress, Rows, SourceState, Tell } from './engine-messages.ts';
import { Log } from './log.ts';
import { Remarks } from './peer-rows.ts';
import { Timeline } from './timeline.ts';
import { viewOf } from './view.ts';

const MARKS_MAX = 400;
/** The page is never left alone for longer than this. */
const REST_MS_MAX = 150;
/** While a file is read nobody follows each event: the time is better spent on reading. */
const READING_REST_MS = 200;
/** Played, nothing happens for no longer than this. */
const QUIET_MS_MAX = 1_500;
/** An event that a link names is waited for so long. */
const WANTED_MS_MAX = 10_000;

/**
 * The page's brain, apart from its looks: keeps the timeline, and tells what is to be seen of the point looked at. It
 * tells no faster than the page draws: what happens between two drawings comes in one.
 */
export class Engine {
  timeline = new Timeline();
  #remarks = new Remarks();
  #log = new Log();
  #marks: Mark[] = [];
  #noted = 0;
  readonly #tell: (tell: Tell) => void;
  readonly #nowMs: () => number;
  #names: Names = new Map();
  #opened: ReadonlySet<string> = new Set(['["state"]']);
  #title = '';
  #source: SourceState = { is: 'nothing' };
  #read: number | null = null;
  #readMs: number | null = null;
  #problem: Problem | null = null;
  #skipped = 0;
  #following = true;
  #index = -1;
  /** The newest entry that the page has seen. */
  #shown = -1;
  #playing: { readonly times: number; readonly sinceMs: number } | null = null;
  #wanted: { readonly run: number; readonly n: number; readonly sinceMs: number } | null = null;
  /** How many rows there were when the page was told last. */
  #rowsTold = 0;
  #rowsAsked = { from: 0, to: 60 };
  #dirty = { view: false, rows: false, progress: true };
  #fresh = false;
  #drawing = false;
  #toldAtMs = 0;
  #restUntilMs = 0;
  readonly #pace: { atMs: number; end: number }[] = [];

  constructor(tell: (tell: Tell) => void, nowMs: () => number) {
    this.#tell = tell;
    this.#nowMs = nowMs;
  }

  /** Forgets everything: another source, or the same one from the start. */
  reset(title: string): void {
    this.timeline = new Timeline();
    this.#remarks = new Remarks();
    this.#log = new Log(this.#log.filter);
    this.#marks = [];
    this.#noted = 0;
    this.#title = title;
    this.#read = this.#readMs = this.#problem = null;
    this.#skipped = 0;
    this.#following = true;
    this.#playing = null;
    this.#index = this.#shown = -1;
    this.#pace.length = 0;
    this.#dirty = { view: true, rows: true, progress: true };
    this.#fresh = true;
  }

  source(source: SourceState): void {
    this.#source = source;
    this.#dirty.progress = true;
  }

  read(share: number | null, tookMs: number | null): void {
    this.#read = share;
    this.#readMs = tookMs;
    this.#dirty.progress = true;
  }

  problem(problem: Problem | null): void {
    this.#problem = problem;
    this.#dirty.progress = true;
  }

  skipped(events: number): void {
    this.#skipped += events;
    this.#dirty.progress = true;
  }

  /** What the page asks; `open` is for whoever reads the source. */
  handle(ask: Exclude<Ask, { readonly type: 'open' }>): void {
    switch (ask.type) {
      case 'names':
        this.#names = new Map(ask.names);
        this.#log.refilter();
        this.#dirty = { view: true, rows: true, progress: true };
        break;
      case 'seek':
        this.#wanted = null;
        this.#playing = null;
        this.#seek(ask.index);
        break;
      case 'step':
        this.#wanted = this.#playing = null;
        this.#seek(this.#index + ask.by);
        break;
      case 'play':
        this.#play(ask.times);
        break;
      case 'pause':
        this.#playing = null;
        this.#following = false;
        this.#dirty = { view: true, rows: true, progress: true };
        break;
      case 'seekPlace':
        this.#wanted = { run: ask.run, n: ask.n, sinceMs: this.#nowMs() };
        this.#dirty.progress = true;
        break;
      case 'follow':
        this.#wanted = this.#playing = null;
        this.#following = true;
        this.#dirty = { view: true, rows: true, progress: true };
        break;
      case 'filter':
        this.#log.narrow(ask.filter);
        this.#dirty.rows = true;
        break;
      case 'rows':
        this.#rowsAsked = { from: ask.from, to: ask.to };
        this.#dirty.rows = true;
        break;
      case 'openTree':
        this.#opened = new Set(ask.paths);
        this.#dirty.view = true;
        break;
      case 'drawn':
        this.#drawing = false;
        // As much time as drawing takes is left for everything else that the page does.
        this.#restUntilMs =
          this.#nowMs() +
          (this.#source.is === 'reading' ? READING_REST_MS : Math.min(REST_MS_MAX, this.#nowMs() - this.#toldAtMs));
    }
  }

  /** Tells what is new, unless the page has yet to draw what it was told. */
  flush(): void {
    this.#note();
    if (this.#drawing || this.#nowMs() < this.#restUntilMs) return;
    const { timeline } = this;
    this.#findWanted();
    this.#playOn();
    if (this.#following && timeline.end > timeline.first && this.#index !== timeline.end - 1) {
      this.#index = timeline.end - 1;
      this.#dirty = { view: true, rows: true, progress: true };
    }
    if (this.#index >= 0 && this.#index < timeline.first) this.#seek(timeline.first);
    const { view, rows, progress } = this.#dirty;
    const isNews = progress || (view && this.#index >= 0) || rows || !this.#log.complete;
    if (!isNews) return;
    this.#dirty = { view: false, rows: false, progress: false };
    this.#drawing = true;
    this.#toldAtMs = this.#nowMs();
    const fresh = this.#fresh;
    this.#fresh = false;
    this.#tell({
      fresh,
      progress: progress ? this.#progress() : null,
      view: view && this.#index >= 0 ? this.#view() : null,
      rows: rows || !this.#log.complete ? this.#rows() : null,
    });
  }

  #rows(): Rows {
    const { from, to } = this.#rowsAsked;
    // Whoever looks at the end goes on looking at the end.
    const atEnd = to >= this.#rowsTold;
    const told = this.#log.rows(this.timeline, this.#names, { from, to, atEnd }, this.#index);
    this.#rowsTold = told.total;
    this.#dirty.rows = !told.complete;
    return told;
  }

  #seek(index: number): void {
    const { timeline } = this;
    if (timeline.end === timeline.first) return;
    this.#following = false;
    this.#index = Math.max(timeline.first, Math.min(timeline.end - 1, index));
    // Only what this one event did.
    this.#shown = this.#index - 1;
    this.#dirty = { view: true, rows: true, progress: true };
  }

  #play(times: number): void {
    const { timeline } = this;
    if (timeline.end === timeline.first) return;
    if (this.#index >= timeline.end - 1) this.#seek(timeline.first);
    this.#following = false;
    this.#playing = { times, sinceMs: this.#nowMs() };
    this.#dirty.progress = true;
  }

  /** Passes every event whose time has come. */
  #playOn(): void {
    const playing = this.#playing;
    if (playing === null) return;
    const { timeline } = this;
    const nowMs = this.#nowMs();
    let leftMs = (nowMs - playing.sinceMs) * playing.times;
    let index = this.#index;
    while (index < timeline.end - 1) {
      const gapMs = timeline.entryAt(index + 1).atMs - timeline.entryAt(index).atMs;
      const waitMs = Math.min(gapMs, QUIET_MS_MAX * playing.times);
      if (waitMs > leftMs) break;
      leftMs -= waitMs;
      index++;
    }
    this.#playing = index === timeline.end - 1 ? null : { ...playing, sinceMs: nowMs - leftMs / playing.times };
    if (index === this.#index && this.#playing !== null) return;
    this.#index = index;
    this.#dirty = { view: true, rows: true, progress: true };
  }

  /** A link may name an event that is still to be read. */
  #findWanted(): void {
    if (this.#wanted === null) return;
    const { run, n, sinceMs } = this.#wanted;
    const place = this.timeline.place;
    const isThere = place !== null && (place.run > run || (place.run === run && place.after >= n));
    // Of a live source nobody knows when all that it has kept is here.
    const mayCome = this.#source.is === 'live' && this.#nowMs() - sinceMs < WANTED_MS_MAX;
    if (!isThere && (mayCome || this.#source.is === 'reading' || this.#source.is === 'connecting')) return;
    const index = isThere ? this.timeline.find({ run, after: n }) : undefined;
    const found = index === undefined ? null : this.timeline.entryAt(index);
    if (index !== undefined) this.#seek(index);
    if (found?.n !== n && place !== null) {
      const shown = index === undefined ? 'The newest point is shown' : 'The next one that is kept is shown';
      const text = `The link names event ${n} of run ${run}, which is not in this record. ${shown}.`;
      this.#problem = { code: 'NOT_IN_RECORD', text, advice: 'Look for it with the slider, or open another record.' };
    }
    if (place === null) return;
    this.#wanted = null;
    this.#dirty.progress = true;
  }

  /** Takes note of what was added to the timeline. */
  #note(): void {
    const { timeline } = this;
    for (let index = Math.max(this.#noted, timeline.first); index < timeline.end; index++) {
      const { atMs, effects, event } = timeline.entryAt(index);
      if (event === null) {
        this.#marks.push({ index, atMs, mode: timeline.stateAt(index).control.mode });
      }
      for (const effect of effects) {
        if (effect.type === 'reportPeer') this.#remarks.note(effect.peer, { index, atMs, report: effect.report });
        if (effect.type === 'modeChanged') this.#marks.push({ index, atMs, mode: effect.next });
      }
    }
    if (this.#noted === timeline.end) return;
    this.#noted = timeline.end;
    if (this.#marks.length > 2 * MARKS_MAX) this.#marks = this.#marks.filter((_, i) => i % 2 === 0);
    this.#dirty.progress = true;
    this.#dirty.rows = true;
  }

  #view() {
    const { timeline } = this;
    const edges = new Map<number, number>();
    for (let index = Math.max(this.#shown + 1, timeline.first); index <= this.#index; index++) {
      for (const { edge, count } of timeline.entryAt(index).edges) edges.set(edge, (edges.get(edge) ?? 0) + count);
    }
    this.#shown = this.#index;
    const taken: TakenEdge[] = [...edges].map(([edge, count]) => ({ edge, count }));
    return viewOf(timeline, this.#index, {
      names: this.#names,
      remarks: this.#remarks,
      opened: this.#opened,
      edges: taken,
      plotUpToMs: this.#following ? timeline.entryAt(this.#index).atMs : timeline.entryAt(timeline.end - 1).atMs,
    });
  }

  #progress(): Progress {
    const { timeline } = this;
    const { first, end, disagreement } = timeline;
    return {
      title: this.#title,
      first,
      end,
      following: this.#following,
      playing: this.#playing !== null,
      source: this.#source,
      read: this.#read,
      readMs: this.#readMs,
      eventsPerSecond: this.#eventsPerSecond(),
      skipped: this.#skipped,
      problem: this.#problem,
      disagreement,
      marks: this.#marks.filter(({ index }) => index >= first),
      endMs: end > first ? timeline.entryAt(end - 1).atMs : 0,
    };
  }

  #eventsPerSecond(): number {
    const nowMs = this.#nowMs();
    this.#pace.push({ atMs: nowMs, end: this.timeline.end });
    while (this.#pace.length > 2 && nowMs - (this.#pace[0]?.atMs ?? nowMs) > 2_000) this.#pace.shift();
    const first = this.#pace[0];
    if (first === undefined || nowMs - first.atMs < 200) return 0;
    return ((this.timeline.end - first.end) * 1_000) / (nowMs - first.atMs);
  }
}
