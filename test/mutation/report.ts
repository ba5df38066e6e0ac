import { readFileSync } from 'node:fs';

interface Place {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** One small change, and whether it lived. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** The whole line that it begins in. */
  readonly text: string;
  readonly start: Place;
  readonly end: Place;
  readonly from: string;
  readonly to: string;
  readonly survived: boolean;
}

/** Stryker's report, as far as it is read here (mutation-testing-elements). */
interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly ReportedMutant[] }>>;
}

interface ReportedMutant {
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

/** What says something about the tests; others could not be compiled, or are switched off. */
const COUNTED: ReadonlySet<string> = new Set(['Killed', 'Timeout', 'Survived', 'NoCoverage']);

export function readReport(path: string): readonly Mutant[] {
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as Report;
  return Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split('\n');
    return mutants
      .filter(({ status }) => COUNTED.has(status))
      .map(({ replacement = '', status, location: { start, end } }): Mutant => {
        const text = (lines[start.line - 1] ?? '').trim();
        const survived = status === 'Survived' || status === 'NoCoverage';
        return { file, line: start.line, text, start, end, from: cut(lines, start, end), to: replacement, survived };
      });
  });
}

/** Tells a mutant from all others. */
export function keyOf({ file, start, end, to }: Pick<Mutant, 'file' | 'start' | 'end' | 'to'>): string {
  return [file, start.line, start.column, end.line, end.column, to].join(' ');
}

export function survivorsOf(mutants: readonly Mutant[]): readonly Mutant[] {
  return mutants.filter(({ survived }) => survived);
}

/** A table of the files, those with the most noticed first. */
export function describeFiles(mutants: readonly Mutant[]): string {
  return noticedByFile(mutants)
    .map(({ file, all, share }) => `${file.padEnd(36)} ${String(all).padStart(5)}  ${share.toFixed(1).padStart(5)} %`)
    .join('\n');
}

export function noticedByFile(mutants: readonly Mutant[]) {
  const files = [...new Set(mutants.map(({ file }) => file))];
  return files
    .map((file) => {
      const own = mutants.filter((mutant) => mutant.file === file);
      return { file, all: own.length, share: 100 * (1 - survivorsOf(own).length / own.length) };
    })
    .sort((a, b) => b.share - a.share || (a.file < b.file ? -1 : 1));
}

function cut(lines: readonly string[], start: Place, end: Place): string {
  const within = lines.slice(start.line - 1, end.line);
  const last = within.length - 1;
  return within
    .map((line, i) => line.slice(i === 0 ? start.column - 1 : 0, i === last ? end.column - 1 : undefined).trim())
    .join(' ');
}
