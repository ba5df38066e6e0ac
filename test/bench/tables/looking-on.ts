import { createTracer } from '../../../src/trace/index.ts';
import type { EngineOptions } from '../engines/core.ts';
import { runEngine } from '../engines/core.ts';
import { interleaved, round } from '../measure.ts';
import type { Bench } from '../table.ts';

/** What a trace costs, its lines thrown away; off is the option `observe` left out. */
export const lookingOnBench: Bench = {
  name: 'looking-on',
  run: async ({ short, runs }) => {
    const blocks = short ? 5_000 : 20_000;
    const trace = () =>
      createTracer({ source: 'bench', writtenBy: '', runtime: '', startedAt: null, write: () => undefined });
    const observers: Readonly<Record<string, () => EngineOptions['observe']>> = {
      'nobody looks on': () => undefined,
      'nobody looks on, again': () => undefined,
      'a trace': () => trace().hook,
    };
    runEngine(8, blocks);
    const contenders = Object.entries(observers).map(
      ([what, observer]) => [what, () => runEngine(8, blocks, { observe: observer() })] as const,
    );
    const measured = await interleaved(runs, Object.fromEntries(contenders), 'cpuMs');
    const usOf = (what: string) => ((measured[what]?.cpuMs ?? NaN) * 1_000) / (measured[what]?.value.events ?? NaN);
    const rows = Object.keys(observers).map((what) => ({
      what,
      figures: {
        'us CPU/event': round(usOf(what)),
        'over nobody': (usOf(what) / usOf('nobody looks on')).toFixed(2),
      },
    }));
    return [
      {
        title: `Looking on: step() alone, 8 peers, ${blocks} blocks, one a request`,
        rows,
        notes: ['The second line is measured as the first is; between them lies what cannot be told apart here.'],
      },
    ];
  },
};
