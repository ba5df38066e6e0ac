import { aloneInTurns } from '../alone/in-turns.ts';
import type { Load } from '../engines/engine.ts';
import { CLEAN } from '../engines/engine.ts';
import { OUR_CORE } from '../engines/core.ts';
import { OUR_NODE } from '../engines/node.ts';
import { cpuUsEach, perSecond, round } from '../measure.ts';
import type { Bench, BenchOptions, Row, Table } from '../table.ts';

const BASE_PEERS = 8;
const REQUEST_BLOCKS = 32;

/** What downloading and ordering a block costs an engine when nothing around it takes time. */
export const engineBench: Bench = {
  name: 'engine',
  run: async (options) => [await besideOthers(options), await peersTable(options), await singleBlocks(options)],
};

async function besideOthers({ short, runs, others }: BenchOptions): Promise<Table> {
  const load: Load = { ...CLEAN, blocks: short ? 96_000 : 384_000 };
  const engines = [OUR_CORE, OUR_NODE, ...others];
  const measured = await aloneInTurns(runs, engines, load);
  const alike = others.filter(({ ownRange }) => ownRange !== true);
  const best = Math.min(...alike.map(({ name }) => usOf(measured[name])));
  const rows = engines.map(({ name }): Row => {
    const us = usOf(measured[name]);
    const sample = measured[name];
    return {
      what: name,
      figures: {
        'us CPU/block': round(us),
        'blocks/s': sample === undefined ? '' : round(perSecond(sample.value.blocks, sample)),
        ...(others.length > 0 ? { 'over the best other with such requests': round(us / best) } : {}),
      },
    };
  });
  return {
    title: `Engine only: ${BASE_PEERS} peers, ${REQUEST_BLOCKS} blocks a request, no latency, ${load.blocks} blocks`,
    rows,
    notes: [OTHERS_NOTE, WARM_NOTE],
  };
}

export const OTHERS_NOTE =
  'Other engines are handed whole blocks and neither verify, nor store, nor keep a chain; `StateSyncNode` does what it always does.';

const WARM_NOTE =
  'Each engine in a process of its own, one at a time and in turns, after up to three runs that do not count: what a process does first costs several times as much; of three such processes the middle one. All with `node --min-semi-space-size=16`.';

/** How the cost of a block grows with the number of peers. */
async function peersTable({ short, runs, others }: BenchOptions): Promise<Table> {
  const blocks = short ? 96_000 : 384_000;
  const engines = [OUR_CORE, OUR_NODE, ...others];
  const peerCounts = [BASE_PEERS, 64, 1_000];
  const costs = new Map<string, Map<number, number>>(engines.map(({ name }) => [name, new Map()]));
  for (const peers of peerCounts) {
    const measured = await aloneInTurns(Math.min(runs, 3), engines, { ...CLEAN, peers, blocks });
    for (const { name } of engines) costs.get(name)?.set(peers, usOf(measured[name]));
  }
  const rows = engines.map(({ name }): Row => {
    const of = (peers: number) => costs.get(name)?.get(peers) ?? NaN;
    const growth = of(1_000) / of(BASE_PEERS);
    const figures = Object.fromEntries(peerCounts.map((peers) => [`${peers} peers`, round(of(peers))]));
    return { what: name, figures: { ...figures, 'growth, 8 to 1,000': round(growth) } };
  });
  return {
    title: `us CPU a block by number of peers, ${blocks} blocks, connecting included`,
    rows,
    series: {
      name: 'peers',
      x: { label: 'peers', logarithmic: true },
      y: { label: 'us CPU a block', logarithmic: false },
      lines: engines.map(({ name }) => ({ name, points: [...(costs.get(name) ?? [])] })),
    },
  };
}

/** One block a request, as on Pocket's own wire. */
async function singleBlocks({ short, runs }: BenchOptions): Promise<Table> {
  const load: Load = { ...CLEAN, blocks: short ? 5_000 : 20_000, requestBlocks: 1 };
  const measured = await aloneInTurns(runs, [OUR_CORE, OUR_NODE], load);
  const rows = [OUR_CORE, OUR_NODE].map(({ name }) => ({
    what: name,
    figures: { 'us CPU/block': round(usOf(measured[name])) },
  }));
  return { title: `One block a request: ${BASE_PEERS} peers, ${load.blocks} blocks`, rows };
}

function usOf(
  measured:
    { readonly value: { readonly blocks: number }; readonly cpuMs: number; readonly wallMs: number } | undefined,
) {
  return measured === undefined ? NaN : cpuUsEach(measured.value.blocks, measured);
}
