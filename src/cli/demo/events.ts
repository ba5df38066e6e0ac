import type { NodeStatus } from '../../node/index.ts';
import type { DemoOptions } from './options.ts';
import type { Cast, Member } from './cast.ts';
import type { ReportedNotice } from './messages.ts';
import type { Summary } from './summary.ts';

/** What happens in a demo, as its views are told. Times are milliseconds since the demo began. */
export type DemoEvent =
  | { readonly type: 'cast'; readonly cast: Cast; readonly options: DemoOptions; readonly directory: string }
  | { readonly type: 'launched'; readonly processes: readonly LaunchedProcess[] }
  | { readonly type: 'phase'; readonly phase: Phase; readonly atMs: number }
  | { readonly type: 'built'; readonly height: number; readonly blocks: number }
  | { readonly type: 'notice'; readonly member: Member; readonly notice: ReportedNotice; readonly atMs: number }
  | { readonly type: 'status'; readonly member: Member; readonly status: NodeStatus; readonly atMs: number }
  | {
      readonly type: 'liveBlock';
      readonly height: number;
      readonly followers: readonly string[];
      readonly atMs: number;
    }
  /** Where the inspector's page is. */
  | { readonly type: 'inspector'; readonly url: string }
  /** Where Stately's inspector is fed. */
  | { readonly type: 'stately'; readonly url: string }
  /** A new block while somebody looks on. */
  | { readonly type: 'madeBlock'; readonly height: number; readonly publisher: Member; readonly atMs: number }
  | { readonly type: 'summary'; readonly summary: Summary };

export interface LaunchedProcess {
  readonly node: string;
  /** Of the operating system. */
  readonly pid: number;
}

export type Phase = 'building' | 'starting' | 'syncing' | 'live' | 'playing';

export interface View {
  show(event: DemoEvent): void;
  /** Gives the terminal back. */
  close(): void;
}
