import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from 'vitest';
import { CONTRACT_RULES } from '../../properties/contract/rules.ts';
import { PROPERTIES } from '../../properties/index.ts';
import { REAL_PROPERTIES } from '../../properties/real-blocks/check.ts';
import { ROOT, altered } from './alter.ts';
import { EXHIBITS } from './exhibits/index.ts';
import type { Hunt } from './hunt.ts';
import { UNALTERED } from './hunt.ts';
import type { Task } from './hunter.ts';
import { huntAll } from './hunters.ts';
import { MUSEUM_PAGE, museumPage } from './page.ts';
import { readRecord } from './record.ts';

/** Of different subjects, each caught within a few runs. `npm run museum` has them all. */
const QUICK = [
  'departed-maximum',
  'nobody-known-is-synced',
  'no-timeout',
  'verdict-ignored',
  'banned-but-connected',
  'tells-the-height-being-decided',
  'self-declared-sender',
];
const QUICK_RUNS_MAX = 40;

describe('the exhibits', () => {
  it('are at least 36, each with a name of its own', () => {
    expect(EXHIBITS.length).toBeGreaterThanOrEqual(36);
    expect(new Set(EXHIBITS.map(({ id }) => id)).size).toBe(EXHIBITS.length);
  });

  it.each(EXHIBITS)('$id: the change fits in exactly one place, changes it, and leaves TypeScript', ({ changes }) => {
    const sources = new Map<string, string>();
    for (const change of changes) {
      const source = sources.get(change.file) ?? readFileSync(new URL(change.file, ROOT), 'utf8');
      const after = altered(source, change);
      expect(after).not.toBe(source);
      sources.set(change.file, after);
    }
    for (const source of sources.values()) expect(stripTypeScriptTypes(source, { mode: 'strip' })).not.toBe('');
  });

  it.each(EXHIBITS)(
    '$id: names clauses, an origin, and properties that there are',
    ({ clauses, origin, breaks, stage }) => {
      expect(clauses.length).toBeGreaterThan(0);
      expect(origin.what).not.toBe('');
      const monitor = ['reaches-the-tip-in-bounded-time', 'nothing-escapes', 'never-spins'];
      const contract = CONTRACT_RULES.map(({ name }) => name);
      const network = [...PROPERTIES.map(({ name }) => name), ...monitor, ...contract];
      const names = stage === 'network' ? network : REAL_PROPERTIES.map(({ name }) => name);
      for (const name of breaks) expect(names).toContain(name);
    },
  );

  it('a text to find that is not there once is an error', () => {
    const change = { file: 'x.ts', find: 'a', replace: 'b' };
    expect(() => altered('aa', change)).toThrow('2 places');
    expect(() => altered('c', change)).toThrow('0 places');
    expect(altered('cac', change)).toBe('cbc');
  });
});

describe('the hunt, for a few of them', () => {
  it(
    'META-6, META-8, SYNC-4, APPLY-1, PEER-1, SERVE-2, META-1: finds these bugs, and nothing in the code as it is',
    { timeout: 60_000 },
    async () => {
      const tasks: Task[] = EXHIBITS.filter(({ id }) => QUICK.includes(id)).map(({ id, stage, breaks }) => {
        return { id, stage, breaks, runsMax: QUICK_RUNS_MAX };
      });
      for (const stage of ['network', 'real blocks'] as const)
        tasks.push({ id: UNALTERED, stage, breaks: [], runsMax: 3 });
      const found: [Task, Hunt | Error][] = [];
      await huntAll(tasks, 2, (task, hunt) => found.push([task, hunt]));
      expect(found).toHaveLength(QUICK.length + 2);
      for (const [{ id, breaks }, hunt] of found) {
        if (hunt instanceof Error) throw hunt;
        if (id === UNALTERED) expect(hunt).toMatchObject({ caught: null, unexpected: [] });
        else expect(breaks, id).toContain(hunt.caught?.property);
      }
    },
  );
});

describe('docs/museum.md', () => {
  it('is what the exhibits and the last whole run say; npm run museum -- --write', () => {
    const record = readRecord();
    if (record === null) throw new Error('there is no record of a whole run');
    expect(record.exhibits.map(({ id }) => id)).toEqual(EXHIBITS.map(({ id }) => id));
    expect(readFileSync(MUSEUM_PAGE, 'utf8')).toBe(museumPage(record));
  });
});
