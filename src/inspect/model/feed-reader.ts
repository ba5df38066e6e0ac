import { TRACE_LINE_CHARS_MAX, TraceReader } from '../../trace/index.ts';
import type { FeedLine, FeedStart } from '../feed.ts';
import type { Place, Timeline } from './timeline.ts';

export interface FeedNews {
  readonly start: (start: FeedStart) => void;
  readonly ended: (why: string) => void;
  /** The node tells something, for the first time or again. */
  readonly alive: () => void;
  /** Events that are not here: the page or the server could not keep up, or the server keeps only the newest. */
  readonly skipped: (events: number) => void;
}

/** Reads what a server of the inspector sends into a timeline; what is there already is left out. */
export class FeedReader {
  readonly #timeline: Timeline;
  readonly #news: FeedNews;
  #reader: TraceReader | null = null;
  /** Where the piece being read begins. */
  #piece: Place | null = null;
  #rest = '';

  constructor(timeline: Timeline, news: FeedNews) {
    this.#timeline = timeline;
    this.#news = news;
  }

  /** Takes text, cut anywhere. @throws StateSyncError as `TraceReader` does */
  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
    const isHopeless = this.#reader === null && this.#rest !== '' && !this.#rest.startsWith('{');
    // The reader of traces says what is wrong with it.
    if (isHopeless || this.#rest.length > TRACE_LINE_CHARS_MAX) this.#take(this.#rest);
  }

  /** @throws StateSyncError when the text was not whole */
  finish(): void {
    if (this.#rest !== '') this.#take(this.#rest);
    (this.#reader ?? new TraceReader()).finish();
    this.#timeline.checkNow();
  }

  #line(line: string): void {
    if (line.startsWith('{"feed":')) return this.#control((JSON.parse(line) as FeedLine).feed);
    this.#take(`${line}\n`);
  }

  #take(text: string): void {
    // A file has no pieces: it is one trace.
    const reader = (this.#reader ??= new TraceReader());
    const isNew = reader.header === null;
    for (const record of reader.push(text)) {
      const here = this.#timeline.place;
      const known = this.#piece !== null && here?.run === this.#piece.run ? here.after - this.#piece.after : 0;
      if (record.n > known) this.#timeline.append(record, this.#piece?.after);
    }
    if (isNew && reader.header !== null) this.#begin(reader);
  }

  #begin({ header }: TraceReader): void {
    if (header === null) return;
    const here = this.#timeline.place;
    const piece = this.#piece;
    if (piece === null) return this.#timeline.begin(header);
    const isKnown = here !== null && here.run === piece.run && here.after > piece.after;
    if (isKnown) return;
    if (here?.run === piece.run && piece.after > here.after) this.#news.skipped(piece.after - here.after);
    this.#timeline.begin(header, piece);
  }

  #control(feed: FeedLine['feed']): void {
    switch (feed.is) {
      case 'start':
        return this.#news.start(feed);
      case 'ended':
        return this.#news.ended(feed.why);
      case 'piece':
        this.#news.alive();
        this.#piece = { run: feed.run, after: feed.after };
        this.#reader = new TraceReader();
    }
  }
}
