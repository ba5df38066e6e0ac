import type { Engine, Load } from '../engines/engine.ts';
import { CLEAN, PROCESS_BLOCKS } from '../engines/engine.ts';
import { OUR_NODE } from '../engines/node.ts';
import { interleaved, percent, perSecond, round } from '../measure.ts';
import type { Bench, BenchOptions, Row, Table } from '../table.ts';

const ROUND_TRIP_MS = 20;
const PROCESS_MS = 10;
const PROCESS_LIMIT_PER_SECOND = (PROCESS_BLOCKS * 1_000) / PROCESS_MS;

/** How well an engine hides that answers and processing take time. */
export const latencyBench: Bench = {
  name: 'latency',
  run: async (options) => [await beside(options), await roundTrips(options)],
};

async function beside({ short, runs, others }: BenchOptions): Promise<Table> {
  const engines = [OUR_NODE, ...others];
  const waiting = await ratesOf(runs, engines, {
    ...CLEAN,
    blocks: short ? 10_000 : 60_000,
    roundTripMs: ROUND_TRIP_MS,
  });
  const processing: Load = {
    ...CLEAN,
    // Ten seconds at the limit: the start is half a percent of them.
    blocks: short ? 3_200 : 32_000,
    processMs: PROCESS_MS,
    limitMs: short ? 3_000 : 12_000,
  };
  const busy = await ratesOf(Math.min(runs, 3), engines, { ...processing, roundTripMs: ROUND_TRIP_MS });
  const rows = engines.map(({ name }): Row => ({
    what: name,
    figures: {
      [`blocks/s, ${ROUND_TRIP_MS} ms round trip`]: round(waiting[name] ?? NaN),
      [`blocks/s, and ${PROCESS_MS} ms a ${PROCESS_BLOCKS} blocks`]: round(busy[name] ?? NaN),
      'of what processing allows': percent((busy[name] ?? NaN) / PROCESS_LIMIT_PER_SECOND),
    },
  }));
  return { title: `8 peers, ${ROUND_TRIP_MS} ms round trip, ${PROCESS_BLOCKS} blocks a request`, rows };
}

async function roundTrips({ short, runs, others }: BenchOptions): Promise<Table> {
  const blocks = short ? 4_000 : 40_000;
  const roundTripsMs = short ? [5, 20, 100] : [1, 5, 20, 50, 100, 200];
  const engines = [OUR_NODE, ...others];
  const found = new Map<string, [number, number][]>(engines.map(({ name }) => [name, []]));
  for (const roundTripMs of roundTripsMs) {
    const rates = await ratesOf(Math.min(runs, 3), engines, { ...CLEAN, blocks, roundTripMs, limitMs: 5_000 });
    for (const { name } of engines) found.get(name)?.push([roundTripMs, rates[name] ?? NaN]);
  }
  const rows = engines.map(({ name }) => ({
    what: name,
    figures: Object.fromEntries((found.get(name) ?? []).map(([ms, rate]) => [`${ms} ms`, round(rate)])),
  }));
  return {
    title: `blocks/s by round trip, 8 peers, ${blocks} blocks`,
    rows,
    series: {
      name: 'latency',
      x: { label: 'round trip, ms', logarithmic: true },
      y: { label: 'blocks a second', logarithmic: true },
      lines: engines.map(({ name }) => ({ name, points: found.get(name) ?? [] })),
    },
  };
}

async function ratesOf(
  runs: number,
  engines: readonly Engine[],
  load: Load,
): Promise<Readonly<Record<string, number>>> {
  const contenders = Object.fromEntries(engines.map((engine) => [engine.name, () => engine.run(load)]));
  const measured = await interleaved(runs, contenders);
  return Object.fromEntries(Object.entries(measured).map(([name, each]) => [name, perSecond(each.value.blocks, each)]));
}
