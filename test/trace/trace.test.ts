import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/core/facts.ts';
import { step } from '../../src/core/step.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import { createDigest, createTraceWriter, describeDivergence, openTrace, replayTrace } from '../../src/trace/index.ts';
import type { Choice } from '../../properties/arbitraries/core-walk/walk.ts';
import { ABOUT, choicesOf, traceWalk } from './walk-trace.ts';

const walks = fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000)), { minLength: 40, maxLength: 120, size: 'max' });
const LINES = traceWalk(choicesOf(7, 150));
const TEXT = LINES.join('');

describe('a trace', () => {
  it('replays to the same effects and digests, whatever happened, however its text is cut', async () => {
    let [records, effects] = [0, 0];
    await fc.assert(
      fc.asyncProperty(walks, fc.integer({ min: 1, max: 5_000 }), async (choices: readonly Choice[], size) => {
        const text = traceWalk(choices).join('');
        const report = await replayTrace(pieces(text, size));
        expect(report.divergence).toBeNull();
        records += report.records;
        effects += Object.values(report.effects).reduce((sum, count) => sum + count, 0);
      }),
      { seed: 20_261_123, numRuns: 40 },
    );
    expect(records).toBeGreaterThan(2_000);
    expect(effects).toBeGreaterThan(2_000);
  });

  it('holds no body of a block, and its header is the whole state', async () => {
    expect(TEXT).toContain('"blocks":[{');
    expect(TEXT).not.toContain('"body"');
    const { header } = await openTrace(LINES);
    expect(header.state.config.requestBlocksMax).toBe(4);
    expect(createDigest()(header.state)).toBe(header.digest);
  });

  it('may begin in the middle of a run', async () => {
    const { header, records } = await openTrace(LINES);
    let state: Facts = header.state;
    for await (const { n, event } of records) {
      if (n > 60) break;
      state = step(state, event).state;
    }
    const lines: string[] = [];
    const writer = createTraceWriter({ ...ABOUT, state, write: (line) => void lines.push(line) });
    for await (const { n, event } of (await openTrace(LINES)).records) {
      if (n <= 60) continue;
      const { state: next, effects } = step(state, event);
      writer.observe(event, effects, next);
      state = next;
    }
    writer.end();
    const report = await replayTrace(lines);
    expect(report).toMatchObject({ divergence: null, records: LINES.length - 2 - 60 });
  });

  it('ends at its size limit, and is whole as far as it goes', async () => {
    const ends: unknown[] = [];
    const charsMax = 20_000;
    const lines = traceWalk(choicesOf(7, 150), { charsMax, onEnd: (...end) => void ends.push(end) });
    const { records, divergence } = await replayTrace(lines);
    expect(lines.join('').length).toBeLessThanOrEqual(charsMax);
    expect(records).toBeGreaterThan(10);
    expect(records).toBeLessThan(LINES.length - 2);
    expect(divergence).toBeNull();
    expect(ends).toEqual([['sizeLimit', records]]);
  });
});

describe('what is no trace, or no whole one, or another one than was written', () => {
  const header = LINES[0] ?? '';
  const rest = LINES.slice(1).join('');
  const replaced = (from: RegExp, to: string) => {
    const text = TEXT.replace(from, to);
    if (text === TEXT) throw new Error(`the trace has no ${String(from)}`);
    return text;
  };
  const headerWith = (change: object) => {
    const changed = { ...(JSON.parse(header) as object), ...change };
    return `${JSON.stringify(changed)}\n${rest}`;
  };

  it.each([
    ['empty', '', 'TRACE_INVALID', 'it is empty'],
    ['words', 'This is no trace.\nNot at all.\n', 'TRACE_INVALID', 'does not begin with the header'],
    ['binary', '\u0000\u0001\u0002'.repeat(1_000), 'TRACE_INVALID', 'does not begin with the header'],
    ['other JSON', '{"a":1}\n', 'TRACE_INVALID', 'does not begin with the header'],
    ['JSON without lines', '{"a":1}', 'TRACE_INVALID', 'does not begin with the header'],
    [
      'another version',
      headerWith({ version: 2 }),
      'TRACE_VERSION',
      'it is of version 2, this package reads version 1',
    ],
    ['a header without a source', headerWith({ source: 7 }), 'TRACE_INVALID', 'no "source"'],
    ['a header without a state', headerWith({ state: {} }), 'TRACE_INVALID', 'not one of this version'],
    ['cut in the header', header.slice(0, -20), 'TRACE_INVALID', 'does not begin with the header'],
    ['cut in the middle of a line', TEXT.slice(0, -300), 'TRACE_TRUNCATED', 'in the middle of line'],
    ['cut between lines', LINES.slice(0, 50).join(''), 'TRACE_TRUNCATED', 'has no last line'],
    ['only a header', header, 'TRACE_TRUNCATED', 'has no last line'],
    [
      'a line missing',
      LINES.toSpliced(20, 1).join(''),
      'TRACE_TRUNCATED',
      'record 20 is missing (line 21 has record 21)',
    ],
    ['lines missing', LINES.toSpliced(20, 3).join(''), 'TRACE_TRUNCATED', 'records 20 to 22 are missing'],
    [
      'a line twice',
      LINES.toSpliced(20, 0, LINES[20] ?? '').join(''),
      'TRACE_ALTERED',
      'has record 20 where 21 should be',
    ],
    ['two traces in one', TEXT + TEXT, 'TRACE_INVALID', 'comes after the end'],
    [
      'a line that is no JSON',
      LINES.toSpliced(20, 1, 'oops\n').join(''),
      'TRACE_INVALID',
      'line 21 is not JSON: "oops"',
    ],
    ['a line of something else', LINES.toSpliced(20, 1, '{"b":2}\n').join(''), 'TRACE_INVALID', 'is not a record'],
    ['another source', replaced(/"source":"test"/, '"source":"mine"'), 'TRACE_ALTERED', 'its checksum is another one'],
    [
      'another configuration',
      replaced(/"inFlightMax":16/, '"inFlightMax":17'),
      'TRACE_ALTERED',
      'the state in its header',
    ],
  ])('%s', async (_what, text, code, message) => {
    const error = await failureOf(text);
    expect(error).toBeInstanceOf(StateSyncError);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it('no single character can be changed unnoticed', async () => {
    const notices = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.nat(TEXT.length - 2), fc.constantFrom('0', '7', 'x', '"', ','), async (at, character) => {
        fc.pre(TEXT[at] !== character);
        const text = TEXT.slice(0, at) + character + TEXT.slice(at + 1);
        const notice = await replayTrace([text]).then(
          ({ divergence }) => (divergence === null ? 'NOTHING' : 'TRACE_DIVERGED'),
          (error: unknown) => (error as StateSyncError).code,
        );
        expect(notice).not.toBe('NOTHING');
        notices.set(notice, (notices.get(notice) ?? 0) + 1);
      }),
      { seed: 20_261_123, numRuns: 150 },
    );
    for (const code of ['TRACE_DIVERGED', 'TRACE_INVALID', 'TRACE_ALTERED'])
      expect([...notices.keys()]).toContain(code);
  });

  it('gives the records before the damage', async () => {
    const { records } = await openTrace([LINES.slice(0, 50).join('')]);
    let read = 0;
    await expect(
      (async () => {
        for await (const { n } of records) read = n;
      })(),
    ).rejects.toThrow('49 records are whole');
    expect(read).toBe(49);
  });
});

describe('where a run and its trace part', () => {
  it('names the first record, the event in words, and each field', async () => {
    const at = LINES.findIndex((line) => line.includes('"type":"sendGetBlocks"'));
    const text = LINES.with(at, (LINES[at] ?? '').replace(/"to":(\d+),"bytesMax"/, '"to":7777,"bytesMax"')).join('');
    const { divergence, records } = await replayTrace([text]);
    expect(records).toBe(at - 1);
    const told = divergence === null ? '' : describeDivergence(divergence).join('\n');
    expect(told).toContain(`record ${at} does not come out the same`);
    expect(told).toMatch(/effects\[\d+\]\.to: recorded 7777, now \d+/);
  });

  it('finds another code by its digest alone, at the record where it first differs', async () => {
    let steps = 0;
    const changed: typeof step = (facts, event) => {
      const { state, effects } = step(facts, event);
      return ++steps < 30 ? { state, effects } : { state: { ...state, random: state.random + 1 }, effects };
    };
    const { divergence } = await replayTrace(LINES, { stepper: changed });
    expect(divergence).toMatchObject({ record: { n: 30 }, effects: [] });
    expect(divergence?.changed.map(({ path }) => path)).toContain('random');
    expect(divergence === null ? '' : describeDivergence(divergence).join('\n')).toContain(
      'state after it: digest recorded',
    );
  });

  it('an event that is none of the protocol is a divergence, not a crash', async () => {
    const at = LINES.findIndex((line) => line.includes('"type":"blocksReceived"'));
    const text = LINES.with(at, (LINES[at] ?? '').replace(/"blocks":\[/, '"bricks":[')).join('');
    const { divergence } = await replayTrace([text]);
    expect(divergence?.record.n).toBe(at);
    expect(divergence === null ? '' : describeDivergence(divergence).join('\n')).toContain('step threw TypeError');
  });
});

function pieces(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
}

async function failureOf(text: string): Promise<StateSyncError> {
  try {
    await replayTrace([text]);
  } catch (error) {
    return error as StateSyncError;
  }
  throw new Error('it was replayed');
}
