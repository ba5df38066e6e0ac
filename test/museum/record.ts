import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Stage } from './exhibit.ts';

/** What the last whole run of the command found; the page is made from it. */
export interface Record {
  /** How many runs each stage was given, and how many of the code as it is broke nothing. */
  readonly runsMax: Readonly<{ [Name in Stage]: number }>;
  readonly exhibits: readonly Recorded[];
}

export interface Recorded {
  readonly id: string;
  /** null: not caught. */
  readonly property: string | null;
  readonly runs: number;
}

const RECORD = new URL('record.json', import.meta.url);

export function readRecord(): Record | null {
  return existsSync(RECORD) ? (JSON.parse(readFileSync(RECORD, 'utf8')) as Record) : null;
}

export function writeRecord(record: Record): void {
  writeFileSync(RECORD, `${JSON.stringify(record, null, 2)}\n`);
}
