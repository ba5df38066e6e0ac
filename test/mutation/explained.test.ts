import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXPLAINED, explanationOf, unusedExplanations } from './explained.ts';
import type { Mutant } from './report.ts';
import { explanationTable } from './survivors-page.ts';

const ROOT = new URL('../../', import.meta.url);
const linesOf = (file: string) => readFileSync(new URL(file, ROOT), 'utf8').split('\n');

function mutantOf(file: string, text: string, to: string): Mutant {
  return {
    file,
    text,
    to,
    from: '',
    line: 1,
    start: { line: 1, column: 1 },
    end: { line: 1, column: 1 },
    survived: true,
  };
}

describe('explanations of mutants that live', () => {
  it('are of lines that there are', () => {
    const gone = EXPLAINED.filter(({ file, line }) => !linesOf(file).some((each) => each.trim() === line));
    expect(gone.map(({ file, line }) => `${file}: ${line}`)).toEqual([]);
  });

  it('are all in docs/mutation.md, as they are now', () => {
    const page = readFileSync(new URL('docs/mutation.md', ROOT), 'utf8');
    expect(page).toContain(explanationTable().join('\n'));
  });

  it('canary: another line, another file and another mutant than the one explained are not explained', () => {
    const narrow = EXPLAINED.find(({ to }) => to !== undefined);
    if (narrow === undefined) throw new Error('no explanation names its mutants');
    const { file, line, to = [] } = narrow;
    expect(explanationOf(mutantOf(file, line, to[0] ?? ''))).toBe(narrow);
    expect(explanationOf(mutantOf(file, line, 'something else'))).toBeUndefined();
    expect(explanationOf(mutantOf(file, `${line} `, to[0] ?? ''))).toBeUndefined();
    expect(explanationOf(mutantOf('src/core/random.ts', line, to[0] ?? ''))).toBeUndefined();
    expect(unusedExplanations([mutantOf(file, line, to[0] ?? '')])).not.toContain(narrow);
    expect(unusedExplanations([])).toEqual(EXPLAINED);
  });
});
