/**
 * What server and page of the inspector say to each other. A feed is lines of text: pieces of a trace, each a header
 * with its records, and between them lines of their own, `{"feed": ...}`.
 */
export interface FeedLine {
  readonly feed: FeedStart | FeedPiece | FeedEnded;
}

/** The first line. */
export interface FeedStart {
  readonly is: 'start';
  /** Of the server: another one means that everything begins anew. */
  readonly session: string;
  readonly kind: SourceKind;
  /** Length in bytes of a file; null for what goes on. */
  readonly bytes: number | null;
}

/** A header follows, and the records after it. */
export interface FeedPiece {
  readonly is: 'piece';
  /** Which run of the source: it begins anew when the node does. */
  readonly run: number;
  /** How many events of the run came before the header. */
  readonly after: number;
}

/** The node is gone. */
export interface FeedEnded {
  readonly is: 'ended';
  readonly why: string;
}

export type SourceKind = 'live' | 'file';

/** What the page is told first, and again whenever it changes. */
export interface InspectorInfo {
  /** Package and version. */
  readonly writtenBy: string;
  readonly session: string;
  readonly sources: readonly SourceInfo[];
  /** Names of peers by their address. */
  readonly names: Readonly<Record<string, string>>;
  /** Only in the demo. */
  readonly demo: DemoInfo | null;
  /** To be sent with every order: other pages cannot know it. */
  readonly token: string;
}

export interface SourceInfo {
  readonly id: string;
  readonly title: string;
  readonly kind: SourceKind;
}

export interface DemoInfo {
  /** What the demo is at, in words. */
  readonly phase: string;
  readonly members: readonly DemoMember[];
}

export interface DemoMember {
  readonly name: string;
  /** What it is there for, in words. */
  readonly role: string;
  readonly life: 'starting' | 'running' | 'left' | 'killed';
  /** What is wrong with it now, in words; '' for nothing. */
  readonly conduct: string;
  /** What may be done to it now. */
  readonly faults: readonly { readonly fault: Fault; readonly label: string; readonly explanation: string }[];
}

/** What can be done to a member of the demo. */
export const FAULTS = [
  'inflate',
  'tamper',
  'silence',
  'behave',
  'leave',
  'return',
  'kill',
  'restart',
  'restartEmpty',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The body of a POST to `/api/faults`. */
export interface FaultOrder {
  readonly member: string;
  readonly fault: Fault;
}

/** Of 127.0.0.1. */
export const DEFAULT_PORT = 7_077;

export const TOKEN_HEADER = 'x-inspector-token';
