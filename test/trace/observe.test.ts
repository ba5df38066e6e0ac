import { createActor } from 'xstate';
import { BLOCK_BY_BLOCK } from '../../properties/arbitraries/core-walk/core-world.ts';
import { describe, expect, it } from 'vitest';
import { stateSyncMachine } from '../../src/core/machine.ts';
import { step } from '../../src/core/step.ts';
import { createFacts } from '../../src/core/initial-facts.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { TraceHeader } from '../../src/trace/index.ts';
import { createTracer, createTraceWriter, openTrace, replayTrace, traceActor } from '../../src/trace/index.ts';
import { ABOUT, choicesOf, traceWalk } from './walk-trace.ts';

const INPUT = {
  local: { minHeight: 1, maxHeight: 9, tipId: 'state-9' },
  seed: 1,
  config: { ...BLOCK_BY_BLOCK, requestBlocksMax: 4 },
};

describe('who writes a trace', () => {
  it('an XState actor writes the one that a loop around step writes', async () => {
    const byStep = traceWalk(choicesOf(11, 200));
    const lines: string[] = [];
    const tracer = traceActor({ ...ABOUT, write: (line) => void lines.push(line) });
    const actor = createActor(stateSyncMachine, { input: INPUT, inspect: tracer.hook }).start();
    const start: SyncEvent = { type: 'Start', now: 1_000_000 };
    const bootstrapped: SyncEvent = { type: 'P2P_IsBootstrapped', now: 1_000_000 };
    actor.send(start);
    actor.send(bootstrapped);
    const { header, records } = await openTrace(byStep);
    expect(actor.getSnapshot().context).toEqual(header.state);
    for await (const { event } of records) actor.send(event);
    tracer.end();
    actor.stop();

    const SIGNALS_BEFORE = 2;
    expect(lines).toHaveLength(byStep.length + SIGNALS_BEFORE);
    const resultsOf = (line: string) => ({ ...(JSON.parse(line) as object), n: 0 });
    expect(lines.slice(3, -1).map(resultsOf)).toEqual(byStep.slice(1, -1).map(resultsOf));
    expect(await replayTrace(lines)).toMatchObject({ divergence: null, records: lines.length - 2 });
  });

  it('a node that starts anew ends its trace', async () => {
    const lines: string[] = [];
    const ends: unknown[] = [];
    const { hook } = createTracer({
      ...ABOUT,
      write: (line) => void lines.push(line),
      onEnd: (...end) => void ends.push(end),
    });
    for (const now of [1, 100]) {
      let state = createFacts(INPUT);
      for (const type of ['Start', 'Stop'] as const) {
        const event: SyncEvent = { type, now };
        const { state: after, effects } = step(state, event);
        hook(event, effects, after, state);
        state = after;
      }
    }
    expect(ends).toEqual([['restarted', 2]]);
    expect(await replayTrace(lines)).toMatchObject({ divergence: null, records: 2 });
  });

  it('a writer that was ended writes nothing more', () => {
    const lines: string[] = [];
    const state = createFacts(INPUT);
    const writer = createTraceWriter({ ...ABOUT, state, write: (line) => void lines.push(line) });
    writer.end();
    writer.end();
    writer.observe({ type: 'Start', now: 1 }, [], state);
    expect(lines).toHaveLength(2);
    expect((JSON.parse(lines[0] ?? '') as TraceHeader).state).toEqual(JSON.parse(JSON.stringify(state)));
  });
});
