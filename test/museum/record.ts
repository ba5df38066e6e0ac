import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Stage } from './bug.ts';

/** What the last whole run of the command found; the page is made from it. */
export interface Record {
  /** How many runs each stage was given, and how many of the code as it is broke nothing. */
  readonly runsMax: Readonly<{ [Name in Stage]?: number }>;
  readonly bugs: readonly Recorded[];
}

export interface Recorded {
  readonly id: string;
  /** null: not caught. */
  readonly property: string | null;
  readonly runs: number;
}

export function readRecord(file: URL): Record | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record) : null;
}

export function writeRecord(file: URL, record: Record): void {
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
}
