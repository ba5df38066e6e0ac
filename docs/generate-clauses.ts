/** Writes docs/clauses.md (`npm run generate:clauses`): for each clause of spec.md, where it is in the charts and who tests it. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import {
  blockRequestMachine,
  operationModeMachine,
  peerMachine,
  statesOfChart,
  transitionsOfChart,
} from '../machines/index.ts';

export const CLAUSES_PAGE = new URL('clauses.md', import.meta.url);
const ROOT = new URL('../', import.meta.url);

/** A title that names clauses begins with them: `APPLY-1, A20: ...`. */
const TITLE = /['"`](?:[A-Z]+-\d+|A\d\d)(?:, (?:[A-Z]+-\d+|A\d\d))*: /g;
const ID = /\b(?:[A-Z]+-\d+|A\d\d)\b/g;

export interface ClauseRow {
  readonly id: string;
  readonly chart: readonly string[];
  readonly tests: readonly string[];
}

/** Every clause in the order of the specification, then the adversaries that a test names. */
export function clauseRows(): ClauseRow[] {
  const spec = readFileSync(new URL('spec.md', import.meta.url), 'utf8');
  const ids = new Set([...spec.matchAll(/\*\*([A-Z]+-\d+)\*\*/g)].map(([, id = '']) => id));
  const chart = new Map<string, string[]>();
  for (const machine of [operationModeMachine, blockRequestMachine, peerMachine]) {
    for (const { path, clauses } of statesOfChart(machine)) note(chart, clauses, `${machine.id}.${path}`);
    for (const { from, event, clauses } of transitionsOfChart(machine))
      note(chart, clauses, `${machine.id}.${from}: ${event}`);
  }
  const tests = new Map<string, string[]>();
  for (const [file, titles] of titlesOfTests()) {
    for (const title of titles) note(tests, [...new Set(title.match(ID) ?? [])], file);
  }
  const adversaries = [...tests.keys()].filter((id) => /^A\d\d$/.test(id)).sort();
  return [...ids, ...adversaries].map((id) => ({
    id,
    chart: chart.get(id) ?? [],
    tests: [...new Set(tests.get(id))].sort(),
  }));
}

export function clausesPage(): string {
  const rows = clauseRows();
  const clauses = rows.filter(({ id }) => id.includes('-'));
  const untested = clauses.filter(({ tests }) => tests.length === 0).map(({ id }) => id);
  const list = (items: readonly string[]) => items.map((item) => `\`${item}\``).join('<br>');
  const table = (lines: readonly ClauseRow[]) =>
    lines.map(({ id, chart, tests }) => `| ${id} | ${list(chart)} | ${list(tests)} |`).join('\n');
  return `<!-- Written by docs/generate-clauses.ts. Do not edit. -->
# Clauses, charts and tests

The clauses of [spec.md](spec.md), the states and transitions of the charts that carry them out, and the test files and
scenarios whose titles name them.

Clauses that no test names: ${untested.length === 0 ? 'none' : untested.join(', ')}.

| clause | in the charts | tests |
| --- | --- | --- |
${table(clauses)}

## Adversaries

| adversary | in the charts | tests |
| --- | --- | --- |
${table(rows.filter(({ id }) => !id.includes('-')))}
`;
}

/** The titles in each test file and the heading of each scenario, as they stand in the source. */
function titlesOfTests(): [file: string, titles: string[]][] {
  const files = globSync(['test/**/*.test.ts', 'test/scenarios/*.scenario', 'properties/**/*.ts'], {
    cwd: ROOT,
  }).sort();
  return files.map((file) => {
    const text = readFileSync(new URL(file, ROOT), 'utf8');
    if (file.endsWith('.scenario')) return [file, [text.slice(0, text.indexOf(':'))]];
    return [file, text.match(TITLE) ?? []];
  });
}

function note(map: Map<string, string[]>, ids: readonly string[], where: string): void {
  for (const id of ids) map.set(id, [...(map.get(id) ?? []), where]);
}

if (import.meta.main) writeFileSync(CLAUSES_PAGE, clausesPage());
