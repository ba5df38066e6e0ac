import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { chartFiles } from '../../docs/generate-charts.ts';
import { diagramPages } from '../../docs/diagrams/generate.ts';
import { CLAUSES_PAGE, clauseRows, clausesPage } from '../../docs/generate-clauses.ts';

describe('pages written from the charts', () => {
  for (const [address, text] of diagramPages()) {
    const name = address.pathname.split('/').at(-1) ?? '';
    it(`docs/diagrams/${name} is what the chart says now; npm run generate:diagrams`, () => {
      expect(readFileSync(address, 'utf8')).toBe(text);
    });
  }

  for (const [address, text] of chartFiles()) {
    const name = address.pathname.split('/').at(-1) ?? '';
    it(`docs/charts/${name}, for Stately's editor, is what the chart says now; npm run generate:charts`, () => {
      expect(readFileSync(address, 'utf8')).toBe(text);
      if (!name.endsWith('.json')) return;
      const machine = createMachine(JSON.parse(text) as object);
      expect(JSON.parse(JSON.stringify(machine.config)), 'nothing is lost on the way').toEqual(JSON.parse(text));
      expect(Object.keys(machine.states).length).toBeGreaterThan(0);
    });
  }

  it('docs/clauses.md is what charts and tests say now; npm run generate:clauses', () => {
    expect(readFileSync(CLAUSES_PAGE, 'utf8')).toBe(clausesPage());
  });

  it('knows the clauses of the specification', () => {
    const ids = clauseRows().map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(['META-1', 'MODE-10', 'SYNC-8', 'APPLY-5', 'LIVE-3', 'SERVE-4', 'PEER-3']),
    );
  });
});
