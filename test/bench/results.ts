import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Table } from './table.ts';

/** The tables of one subject, and under what conditions they were measured. */
export interface Result {
  readonly machine: string;
  readonly short: boolean;
  readonly runs: number;
  readonly tables: readonly Table[];
}

export type Results = Readonly<Record<string, Result>>;

const DIRECTORY = fileURLToPath(new URL('../../.tmp', import.meta.url));
const FILE = `${DIRECTORY}/bench.json`;

/** What earlier runs left, by subject; nothing before the first. */
export function readResults(): Results {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Results;
  } catch {
    return {};
  }
}

/** Subjects that were not measured now keep what was measured before. */
export function saveResult(name: string, result: Result): void {
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(FILE, `${JSON.stringify({ ...readResults(), [name]: result }, null, 2)}\n`);
}
