/** One change of one source file: the text to find there, exactly once, and what stands there instead. */
export interface Change {
  /** Path from the package's root. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Origin {
  /** Who had the bug. */
  readonly project: string;
  /** What went wrong there. */
  readonly what: string;
  /** Issues, pull requests or advisories that tell of it. */
  readonly links: readonly string[];
}

/** What looks for the bug; see the stages of the campaign. */
export type Stage = 'network' | 'real blocks' | 'walks' | 'whole nodes' | 'pace';

/** A bug that is put into a copy of the code. */
export interface Bug {
  readonly id: string;
  /** What the altered code does, in plain words. */
  readonly title: string;
  readonly changes: readonly Change[];
  readonly stage: Stage;
  /** The named properties it breaks: being caught by another one would be luck, and does not count. */
  readonly breaks: readonly string[];
}

/** A bug that a block-sync engine had. */
export interface Exhibit extends Bug {
  readonly origin: Origin;
  readonly clauses: readonly string[];
}

export function github(thread: string): string {
  const [repository = '', number = ''] = thread.split('#');
  return `https://github.com/${repository}/issues/${number}`;
}
