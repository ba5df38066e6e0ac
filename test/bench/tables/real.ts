import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { medianOf, percent, round } from '../measure.ts';
import { applyCeiling, commitCeiling, decodeCeiling, verifyCeiling } from '../real/ceilings.ts';
import { runHonestDemo } from '../real/demo-run.ts';
import { averageBytes, sampleChain } from '../real/sample-chain.ts';
import type { SampleChain } from '../real/sample-chain.ts';
import { syncFrom } from '../real/sync.ts';
import { transportCeiling } from '../real/transport.ts';
import type { Bench, BenchOptions, Row, Table } from '../table.ts';

/** Small blocks, where no stage is much slower than the others; and large ones, where executing them is. */
const CHAINS = [
  { transactions: 3, blocks: 3_000, shortBlocks: 500 },
  { transactions: 100, blocks: 1_000, shortBlocks: 60 },
] as const;
const DEMO_TRANSACTIONS = 3;
const REQUEST_BLOCKS = 32;
const COMMIT_GROUP = 128;
const SERVERS = [1, 2];

/** Real processes, libp2p, LevelDB and signatures: what a sync reaches of what its slowest stage could. */
export const realBench: Bench = {
  name: 'real',
  run: async (options) => {
    const tables: Table[] = [];
    for (const { transactions, blocks, shortBlocks } of CHAINS) {
      const chain = await sampleChain(options.short ? shortBlocks : blocks, transactions);
      const scratch = mkdtempSync(join(tmpdir(), 'pocket-bench-'));
      try {
        tables.push(await syncTable(options, chain, transactions, scratch));
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    }
    return options.short ? tables : [...tables, await demoTable()];
  },
};

async function syncTable(
  { short, runs }: BenchOptions,
  chain: SampleChain,
  transactions: number,
  scratch: string,
): Promise<Table> {
  const bytes = averageBytes(chain);
  const rounds = Math.min(runs, 3);
  const ceilings = new Map<string, number[]>();
  const synced = new Map<number, number[]>(SERVERS.map((count) => [count, []]));
  const spentUs = new Map<number, { syncing: number[]; all: number[] }>(
    SERVERS.map((count) => [count, { syncing: [], all: [] }]),
  );
  let megabytesPerSecond = 0;
  // All in turns: what else the machine does hits all alike.
  for (let i = 0; i < rounds; i++) {
    const place = (name: string) => join(scratch, `${i}-${name}`);
    const chainDirectory = place('chain');
    const note = (what: string, rate: number): void => void ceilings.set(what, [...(ceilings.get(what) ?? []), rate]);
    note('ceiling: blocks decoded', await decodeCeiling(chain));
    note('ceiling: certificates verified', await verifyCeiling(chain));
    note('ceiling: blocks executed', await applyCeiling(chain));
    note(
      `ceiling: durable commits of ${COMMIT_GROUP} blocks`,
      await commitCeiling(chain, COMMIT_GROUP, chainDirectory),
    );
    note(SINGLE_COMMITS, await commitCeiling(short ? first(chain, 100) : first(chain, 1_000), 1, place('single')));
    const transport = await transportCeiling(bytes, REQUEST_BLOCKS);
    note(`ceiling: libp2p, ${REQUEST_BLOCKS} blocks a request`, transport.blocksPerSecond);
    megabytesPerSecond = transport.bytesPerSecond / 1e6;
    for (const servers of SERVERS) {
      const figures = await syncFrom(servers, chainDirectory, place('sync'));
      synced.get(servers)?.push(figures.blocks / figures.seconds);
      spentUs.get(servers)?.syncing.push((figures.cpuSeconds * 1e6) / figures.blocks);
      spentUs.get(servers)?.all.push(((figures.cpuSeconds + figures.servingCpuSeconds) * 1e6) / figures.blocks);
    }
  }
  const medians = [...ceilings].map(([what, rates]) => ({ what, rate: medianOf(rates) }));
  const slowest = Math.min(...medians.filter(({ what }) => what !== SINGLE_COMMITS).map(({ rate }) => rate));
  const rows: Row[] = [
    ...medians.map(({ what, rate }) => ({ what, figures: { 'blocks/s': round(rate), 'us/block': round(1e6 / rate) } })),
    ...SERVERS.map((servers) => {
      const rate = medianOf(synced.get(servers) ?? []);
      const allUs = medianOf(spentUs.get(servers)?.all ?? []);
      return {
        what: `one node syncing from ${servers} other${servers === 1 ? '' : 's'}`,
        figures: {
          'blocks/s': round(rate),
          'us/block': round(1e6 / rate),
          'us CPU/block, all processes': round(allUs),
          'of the slowest ceiling': percent(rate / slowest),
          'of what the cores allow': percent((rate * allUs) / (cpus().length * 1e6)),
        },
      };
    }),
  ];
  return {
    title: `For real: ${chain.blocks.length} blocks of ${round(bytes)} bytes with ${transactions} transactions and 4 signatures`,
    rows,
    notes: [
      `Each stage's ceiling has all ${cpus().length} cores to itself. A sync shares them among all stages and the serving processes: what the cores allow is their number over the CPU time that all processes spend on a block.`,
      `The syncing process spends ${round(medianOf(spentUs.get(1)?.syncing ?? []))} us CPU a block in all its threads, with one server; libp2p alone carried ${round(megabytesPerSecond)} MB/s.`,
      'Commits of one block each are shown for comparison and are not the slowest ceiling.',
    ],
  };
}

const SINGLE_COMMITS = 'durable commits, one block each';

function first({ genesis, blocks }: SampleChain, count: number): SampleChain {
  return { genesis, blocks: blocks.slice(0, count) };
}

/** Two nodes catching up with four at the same time, with the demo's own display and pace. */
async function demoTable(): Promise<Table> {
  const members = await runHonestDemo(1_000, DEMO_TRANSACTIONS);
  const rows = members.map(({ name, sync }) => ({
    what: name,
    figures: { 'blocks/s': round(sync?.blocksPerSecond ?? 0) },
  }));
  return { title: 'The demo, 1,000 blocks: two nodes catch up with four at the same time', rows };
}
