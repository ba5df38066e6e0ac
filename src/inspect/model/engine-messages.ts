import type { LogFilter, LogRow } from './log-rows.ts';
import type { Disagreement } from './timeline.ts';
import type { View } from './view.ts';

/** What the page asks of the engine, which runs in a worker. */
export type Ask =
  | { readonly type: 'open'; readonly source: OpenSource }
  | { readonly type: 'names'; readonly names: readonly (readonly [address: string, name: string])[] }
  /** Look at one point. */
  | { readonly type: 'seek'; readonly index: number }
  /** Look so many events further on (or back) than the point asked for last, be it drawn yet or not. */
  | { readonly type: 'step'; readonly by: number }
  /** Go on from the point by itself, so many times as fast as it was. */
  | { readonly type: 'play'; readonly times: number }
  | { readonly type: 'pause' }
  | { readonly type: 'seekPlace'; readonly run: number; readonly n: number }
  /** Look at the newest, as it comes. */
  | { readonly type: 'follow' }
  | { readonly type: 'filter'; readonly filter: LogFilter }
  /** Which rows of the narrowed log are on screen. */
  | { readonly type: 'rows'; readonly from: number; readonly to: number }
  | { readonly type: 'openTree'; readonly paths: readonly string[] }
  /** What was told last is drawn: there may be more. */
  | { readonly type: 'drawn' };

export type OpenSource =
  | { readonly kind: 'url'; readonly url: string; readonly title: string }
  | { readonly kind: 'file'; readonly file: Blob; readonly title: string };

/** What the engine tells the page: all that is new, to be drawn at once. null: as it was. */
export interface Tell {
  /** What was told before is of something else: another source, or the same one from the start. */
  readonly fresh: boolean;
  readonly progress: Progress | null;
  readonly view: View | null;
  readonly rows: Rows | null;
}

export interface Progress {
  readonly title: string;
  /** Indexes of the timeline: the oldest kept, and one above the newest. */
  readonly first: number;
  readonly end: number;
  readonly following: boolean;
  readonly playing: boolean;
  readonly source: SourceState;
  /** Of what is read from a file, the share that is read: 0 to 1. */
  readonly read: number | null;
  /** How long reading a file and running its events took. */
  readonly readMs: number | null;
  readonly eventsPerSecond: number;
  /** Events that passed and are not here. */
  readonly skipped: number;
  readonly problem: Problem | null;
  readonly disagreement: Disagreement | null;
  /** Where the mode changed, for the time line; thinned out when there are many. */
  readonly marks: readonly Mark[];
  /** Length of the timeline. */
  readonly endMs: number;
}

export interface Mark {
  readonly index: number;
  readonly atMs: number;
  readonly mode: string;
}

export type SourceState =
  | { readonly is: 'nothing' }
  | { readonly is: 'connecting' }
  | { readonly is: 'reading' }
  | { readonly is: 'live' }
  /** A file is read, or reading it ended early. */
  | { readonly is: 'ended' }
  | { readonly is: 'gone'; readonly why: string }
  | { readonly is: 'lost'; readonly why: string; readonly retryInMs: number };

/** Why nothing, or not all, can be shown. */
export interface Problem {
  readonly code: string;
  readonly text: string;
  readonly advice: string;
}

export interface Rows {
  /** Of the narrowed log. */
  readonly total: number;
  readonly from: number;
  readonly rows: readonly LogRow[];
  /** Where the point looked at is among them; the one before it when it is left out. */
  readonly current: number;
  /** Whether all entries have been looked at. */
  readonly complete: boolean;
}
