import { describe, expect, it } from 'vitest';
import { clauseTexts } from '../../src/inspect/build/clause-texts.ts';
import { EDGES } from '../../src/inspect/model/charts.ts';
import { NAMED_CLAUSES } from '../../src/inspect/model/clauses.ts';
import { Engine } from '../../src/inspect/model/engine.ts';
import type { Tell } from '../../src/inspect/model/engine-messages.ts';
import { FeedReader } from '../../src/inspect/model/feed-reader.ts';
import { entriesOf } from '../../src/inspect/model/ordered-entries.ts';
import { countsOf } from '../../src/inspect/model/view.ts';
import type { View } from '../../src/inspect/model/view.ts';
import { whyNotSynced } from '../../src/index.ts';
import { walkTrace } from './sample-traces.ts';

const EVENTS = 3_000;
const TRACE = walkTrace(EVENTS, 11);

function readInto(engine: Engine, text: string, cut = 1_000): FeedReader {
  const nothing = () => undefined;
  const reader = new FeedReader(engine.timeline, { start: nothing, ended: nothing, alive: nothing, skipped: nothing });
  for (let at = 0; at < text.length; at += cut) reader.push(text.slice(at, at + cut));
  return reader;
}

function opened(text = TRACE): { engine: Engine; told: Tell[]; view: (index: number) => View } {
  const told: Tell[] = [];
  const engine = new Engine(
    (tell) => void told.push(tell),
    () => 0,
  );
  engine.reset('a walk');
  readInto(engine, text).finish();
  const view = (index: number): View => {
    engine.handle({ type: 'drawn' });
    engine.handle({ type: 'seek', index });
    engine.flush();
    const last = told.findLast((tell) => tell.view !== null)?.view;
    if (last == null) throw new Error('no view was told');
    return last;
  };
  return { engine, told, view };
}

it.skip('the page in a real browser: npm run test:page, which needs Chromium');

describe('the timeline of a trace', () => {
  it('runs every event again and agrees with the trace, effects and state', () => {
    const { engine } = opened();
    expect(engine.timeline.end).toBeGreaterThan(EVENTS);
    expect(engine.timeline.disagreement).toBeNull();
  });

  it('gives the same state at a point, whichever way one comes there', () => {
    const { engine } = opened();
    const { timeline } = engine;
    const points = Array.from({ length: 40 }, (_, i) => (i * 7_919) % timeline.end);
    const forth = points
      .toSorted((a, b) => a - b)
      .map((index) => [index, JSON.stringify(timeline.stateAt(index))] as const);
    for (const [index, state] of forth.toReversed()) expect(JSON.stringify(timeline.stateAt(index))).toBe(state);
  });

  it('steps that come faster than the page draws add up', () => {
    const { engine, told, view } = opened();
    view(100);
    for (const by of [10, 10, -1, 100]) engine.handle({ type: 'step', by });
    engine.handle({ type: 'drawn' });
    engine.flush();
    expect(told.findLast((tell) => tell.view !== null)?.view?.index).toBe(219);
    engine.handle({ type: 'step', by: -1_000 });
    engine.handle({ type: 'drawn' });
    engine.flush();
    expect(told.findLast((tell) => tell.view !== null)?.view?.index).toBe(engine.timeline.first);
  });

  it('an effect that is not what step makes of the event is found, and the event named', () => {
    const lines = TRACE.split('\n');
    const at = lines.findIndex((line, i) => i > 2_000 && line.includes('"type":"sendMetadataRequest"'));
    lines[at] = (lines[at] ?? '').replace('"type":"sendMetadataRequest"', '"type":"sendNothing"');
    expect(disagreementOf(lines)).toMatchObject({ what: 'effects', n: at });
  });

  it('a state that is another one from some event on is found, and the first such event named', () => {
    const at = 2_345;
    const lines = TRACE.split('\n').map((line, i) =>
      i < at ? line : line.replace(/"digest":"..../, '"digest":"0000'),
    );
    expect(disagreementOf(lines)).toMatchObject({ what: 'state', n: at });
  });
});

/** Without the last line: its checksum does not hold. */
function disagreementOf(lines: readonly string[]) {
  const engine = new Engine(
    () => undefined,
    () => 0,
  );
  engine.reset('');
  readInto(engine, `${lines.slice(0, -2).join('\n')}\n`);
  engine.timeline.checkNow();
  return engine.timeline.disagreement;
}

describe('a feed', () => {
  const lines = TRACE.split('\n');
  const piece = (run: number, after: number): string => `{"feed":{"is":"piece","run":${run},"after":${after}}}\n`;

  it('that begins again from the start adds nothing twice, and goes on where it was', () => {
    const engine = new Engine(
      () => undefined,
      () => 0,
    );
    engine.reset('live');
    readInto(engine, `${piece(1, 0)}${lines.slice(0, 501).join('\n')}\n`);
    expect(engine.timeline.place).toEqual({ run: 1, after: 500 });
    readInto(engine, `${piece(1, 0)}${lines.slice(0, 801).join('\n')}\n`);
    expect(engine.timeline.place).toEqual({ run: 1, after: 800 });
    expect(engine.timeline.end).toBe(801);
    expect(engine.timeline.disagreement).toBeNull();
  });

  it('another run of the node is a beginning of its own', () => {
    const engine = new Engine(
      () => undefined,
      () => 0,
    );
    engine.reset('live');
    readInto(
      engine,
      `${piece(1, 0)}${lines.slice(0, 101).join('\n')}\n${piece(2, 0)}${lines.slice(0, 51).join('\n')}\n`,
    );
    expect(engine.timeline.place).toEqual({ run: 2, after: 50 });
    const index = engine.timeline.find({ run: 2, after: 10 }) ?? -1;
    expect(engine.timeline.entryAt(index)).toMatchObject({ n: 10, run: { number: 2 } });
  });
});

describe('what is to be seen of a point', () => {
  it('is what the state says: reason, counts, peers, heights', () => {
    const { engine, view } = opened();
    for (let index = 0; index < engine.timeline.end; index += 137) {
      const facts = engine.timeline.stateAt(index);
      const seen = view(index);
      expect(seen.reason.mode).toBe(facts.control.mode);
      expect(seen.reason.code).toBe(whyNotSynced(facts)?.code ?? null);
      expect(seen.counts).toEqual(countsOf(facts));
      expect(seen.peers.map(({ id }) => id).sort()).toEqual(entriesOf(facts.peers.byId).map(({ key }) => key));
      const { local } = facts;
      const committed = seen.strip.stretches.filter(({ stage }) => stage === 'committed');
      expect(committed).toEqual([{ from: local.minHeight, to: local.maxHeight, stage: 'committed' }]);
    }
  });

  it('lights the edges that lead from the state before to the state after', () => {
    const { engine } = opened();
    const { timeline } = engine;
    const taken = new Set<number>();
    for (let index = 1; index < timeline.end; index++) {
      const { edges } = timeline.entryAt(index);
      const [before, after] = [timeline.stateAt(index - 1), timeline.stateAt(index)];
      const modes = edges.map(({ edge }) => EDGES[edge]).filter((edge) => edge?.from.startsWith('mode.') === true);
      if (before.control.mode !== after.control.mode) expect(modes).not.toEqual([]);
      if (modes.length > 0) {
        expect(modes[0]?.from).toBe(`mode.${before.control.mode}`);
        expect(modes.at(-1)?.to).toBe(`mode.${after.control.mode}`);
      }
      for (const { edge } of edges) taken.add(edge);
    }
    expect(taken.size, 'a walk takes most of the charts').toBeGreaterThan(35);
  });

  it('the log is narrowed to what contains the words, and to topics', () => {
    const { engine, told } = opened();
    engine.handle({ type: 'filter', filter: { topics: ['modes'], text: 'SyncMode' } });
    engine.flush();
    const rows = told.findLast((tell) => tell.rows !== null)?.rows;
    expect(rows?.complete).toBe(true);
    expect(rows?.total).toBeGreaterThan(0);
    expect(rows?.total).toBeLessThan(EVENTS / 10);
    const words = rows?.rows.map((row) =>
      [row.text, ...row.effects, ...row.edges.map((edge) => EDGES[edge]?.to)].join(' '),
    );
    for (const text of words ?? []) expect(text).toContain('SyncMode');
  });

  it('names only clauses that docs/spec.md has', () => {
    const known = clauseTexts();
    expect(Object.keys(known).length).toBeGreaterThan(40);
    const named = [...NAMED_CLAUSES, ...EDGES.flatMap(({ clauses }) => clauses)];
    expect(named.filter((id) => known[id] === undefined)).toEqual([]);
  });
});
