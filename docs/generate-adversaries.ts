/** Writes docs/adversaries.md (`npm run generate:adversaries`): for each adversary its file, scenario, properties and tests. */
import { globSync, writeFileSync } from 'node:fs';
import { CATALOGUE_ENTRIES } from '../properties/adversaries/catalogue.ts';
import { ADVERSARIES } from '../properties/index.ts';
import { clauseRows } from './generate-clauses.ts';

export const ADVERSARIES_PAGE = new URL('adversaries.md', import.meta.url);
const ROOT = new URL('../', import.meta.url);

export interface AdversaryRow {
  readonly id: string;
  readonly name: string;
  readonly does: string;
  readonly mustHappen: string;
  /** Where it is, from the package's root; null: nowhere. */
  readonly file: string | null;
  readonly scenario: string | null;
  readonly properties: readonly string[];
  /** Other tests that name it in a title: of bytes, signatures, stores. */
  readonly tests: readonly string[];
}

/** Every adversary of the catalogue, and then every fault of the environment. */
export function adversaryRows(): AdversaryRow[] {
  const files = new Set(globSync(['properties/adversaries/*.ts', 'test/scenarios/*.scenario'], { cwd: ROOT }));
  const tests = new Map(clauseRows().map((row) => [row.id, row.tests]));
  const known = new Map(ADVERSARIES.map((each) => [each.id, each]));
  const entries = new Map(CATALOGUE_ENTRIES.map((entry) => [entry.id, entry]));
  return [...new Set([...entries.keys(), ...known.keys()])].map((id) => {
    const { name = '', mustHappen = '', properties = [] } = entries.get(id) ?? {};
    const adversary = known.get(id);
    const stem = `${id.toLowerCase()}-${adversary?.name ?? name}`;
    const present = (path: string) => (files.has(path) ? path : null);
    const file = present(`properties/adversaries/${stem}.ts`);
    const scenario = present(`test/scenarios/${stem}.scenario`);
    const others = (tests.get(id) ?? []).filter((test) => test !== scenario);
    return {
      ...{ id, name: adversary?.name ?? name, does: adversary?.does ?? '', mustHappen },
      ...{ file: adversary === undefined ? null : file, scenario, properties, tests: others },
    };
  });
}

export function adversariesPage(): string {
  const rows = adversaryRows();
  const link = (path: string | null) => (path === null ? '' : `[${path.split('/').at(-1) ?? path}](../${path})`);
  const list = (paths: readonly string[]) => paths.map(link).join('<br>');
  const named = ({ id, name, file }: AdversaryRow) => `${id} ${file === null ? name : `[${name}](../${file})`}`;
  const peers = rows.filter(({ id }) => id.startsWith('A'));
  const ours = rows.filter(({ id }) => !id.startsWith('A'));
  return `<!-- Written by docs/generate-adversaries.ts. Do not edit. -->
# Adversaries

What peers have done to block sync, and the world around it; what must happen instead; and where each is: its file, its
scenario, the properties that would break, and the other tests whose titles name it.

A campaign (\`npm run campaign\`) gives each of them its turn, run after run, besides those it draws, and counts how often
each acted. A47 (poisoned snapshots) and A48 (stalled streams) come with what they attack.

| adversary | does | must happen | scenario | properties | other tests |
| --- | --- | --- | --- | --- | --- |
${peers
  .map((row) => {
    const properties = row.properties.map((name) => `\`${name}\``).join('<br>');
    const cells = [named(row), row.does, row.mustHappen, link(row.scenario), properties, list(row.tests)];
    return `| ${cells.join(' | ')} |`;
  })
  .join('\n')}

## Faults of the environment

| fault | does |
| --- | --- |
${ours.map((row) => `| ${named(row)} | ${row.does} |`).join('\n')}
`;
}

if (import.meta.main) writeFileSync(ADVERSARIES_PAGE, adversariesPage());
