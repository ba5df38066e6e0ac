import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AdversaryRow } from '../../docs/generate-adversaries.ts';
import { ADVERSARIES_PAGE, adversariesPage, adversaryRows } from '../../docs/generate-adversaries.ts';
import { CATALOGUE_ENTRIES } from '../../properties/adversaries/catalogue.ts';
import { ADVERSARIES, PROPERTIES } from '../../properties/index.ts';
import { REACHES_THE_TIP } from '../../properties/campaign/simulate.ts';

/** A01 to A50, but for the two whose features do not exist. */
const IDS = Array.from({ length: 50 }, (_, i) => `A${String(i + 1).padStart(2, '0')}`).filter(
  (id) => id !== 'A47' && id !== 'A48',
);

/** What an adversary lacks, in words. */
function gapsOf({ id, file, scenario, properties }: AdversaryRow): string[] {
  return [
    ...(file === null ? [`${id} has no file`] : []),
    ...(scenario === null ? [`${id} has no scenario`] : []),
    ...(properties.length === 0 ? [`${id} names no property`] : []),
  ];
}

describe('the catalogue of adversaries', () => {
  const rows = adversaryRows().filter(({ id }) => id.startsWith('A'));

  it('has every adversary, each with its file, its scenario and the properties it attacks', () => {
    expect(CATALOGUE_ENTRIES.map(({ id }) => id)).toEqual(IDS);
    expect(rows.map(({ id }) => id)).toEqual(IDS);
    expect(rows.flatMap(gapsOf)).toEqual([]);
  });

  it('canary: one without file, scenario or property is told', () => {
    const bare = {
      id: 'A99',
      name: 'x',
      does: '',
      mustHappen: '',
      file: null,
      scenario: null,
      properties: [],
      tests: [],
    };
    expect(gapsOf(bare)).toEqual(['A99 has no file', 'A99 has no scenario', 'A99 names no property']);
  });

  it('gives every adversary the name its file has, and names only properties that exist', () => {
    const names = new Map(ADVERSARIES.map(({ id, name }) => [id, name]));
    for (const { id, name } of CATALOGUE_ENTRIES) expect(names.get(id), id).toBe(name);
    const properties = [...PROPERTIES.map(({ name }) => name), REACHES_THE_TIP.name];
    expect(properties).toEqual(expect.arrayContaining(CATALOGUE_ENTRIES.flatMap((entry) => entry.properties)));
  });

  it('A21, A25, A26, A32, A41: what bytes and signatures decide is tested with bytes and signatures', () => {
    for (const id of ['A21', 'A25', 'A26', 'A32', 'A41']) {
      const { tests = [] } = rows.find((row) => row.id === id) ?? {};
      expect(
        tests.filter((test) => /^test\/(wire|transport|validation)\//.test(test)),
        id,
      ).not.toEqual([]);
    }
  });
});

it('docs/adversaries.md is what files and tests say now; npm run generate:adversaries', () => {
  expect(readFileSync(ADVERSARIES_PAGE, 'utf8')).toBe(adversariesPage());
});
