import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from 'vitest';
import { CONTRACT_RULES } from '../../properties/contract/rules.ts';
import { PROPERTIES } from '../../properties/index.ts';
import { PACE_PROPERTIES } from '../../properties/pace/check.ts';
import { REAL_PROPERTIES } from '../../properties/real-blocks/check.ts';
import { WALK_PROPERTIES } from '../../properties/walks/watch.ts';
import { WHOLE_NODE_PROPERTIES } from '../../properties/whole-nodes/properties.ts';
import { ROOT, altered } from './alter.ts';
import type { Stage } from './bug.ts';
import { ALL_BUGS, COLLECTIONS } from './collections.ts';
import { EXHIBITS } from './exhibits/index.ts';
import type { Hunt } from './hunt.ts';
import { UNALTERED } from './hunt.ts';
import type { Task } from './hunter.ts';
import { huntAll } from './hunters.ts';
import { PLANTED } from './planted/index.ts';
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

/** What the watch on every run tells of by itself. */
const MONITOR = ['reaches-the-tip-in-bounded-time', 'nothing-escapes', 'never-spins'];
const named = (properties: readonly { readonly name: string }[]) => properties.map(({ name }) => name);
const NETWORK = [...named(PROPERTIES), ...named(CONTRACT_RULES), ...MONITOR];
const NAMES_BY_STAGE: Readonly<Record<Stage, readonly string[]>> = {
  network: NETWORK,
  walks: [...named(WALK_PROPERTIES), ...MONITOR],
  'real blocks': named(REAL_PROPERTIES),
  'whole nodes': [...named(WHOLE_NODE_PROPERTIES), ...named(CONTRACT_RULES)],
  pace: named(PACE_PROPERTIES),
};

describe('the bugs', () => {
  it('are at least 36 that somebody had, and 100 planted ones, each with a name and a change of its own', () => {
    expect(EXHIBITS.length).toBeGreaterThanOrEqual(36);
    expect(PLANTED.length).toBeGreaterThanOrEqual(100);
    expect(new Set(ALL_BUGS.map(({ id }) => id)).size).toBe(ALL_BUGS.length);
    expect(new Set(ALL_BUGS.map(({ changes }) => JSON.stringify(changes))).size).toBe(ALL_BUGS.length);
  });

  it.each(ALL_BUGS)('$id: the change fits in exactly one place, changes it, and leaves TypeScript', ({ changes }) => {
    const sources = new Map<string, string>();
    for (const change of changes) {
      const source = sources.get(change.file) ?? readFileSync(new URL(change.file, ROOT), 'utf8');
      const after = altered(source, change);
      expect(after).not.toBe(source);
      sources.set(change.file, after);
    }
    for (const source of sources.values()) expect(stripTypeScriptTypes(source, { mode: 'strip' })).not.toBe('');
  });

  it.each(ALL_BUGS)('$id: names properties that its stage has', ({ breaks, stage }) => {
    expect(breaks.length).toBeGreaterThan(0);
    for (const name of breaks) expect(NAMES_BY_STAGE[stage]).toContain(name);
  });

  it.each(EXHIBITS)('$id: names clauses and an origin', ({ clauses, origin }) => {
    expect(clauses.length).toBeGreaterThan(0);
    expect(origin.what).not.toBe('');
  });

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

describe.each(Object.values(COLLECTIONS))('$page.pathname', ({ bugs, record: file, page, pageOf }) => {
  it('is what the bugs and the last whole run say; npm run museum, npm run planted -- --write', () => {
    const record = readRecord(file);
    if (record === null) throw new Error('there is no record of a whole run');
    expect(record.bugs.map(({ id }) => id)).toEqual(bugs.map(({ id }) => id));
    expect(record.bugs.filter(({ property }) => property === null)).toEqual([]);
    expect(readFileSync(page, 'utf8')).toBe(pageOf(record));
  });
});
