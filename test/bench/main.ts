/**
 * `npm run bench [-- --short]`: what the engine costs, and what a real sync reaches beside what its stages could.
 * Prints tables; asserts nothing about time.
 */
import { createTracer } from '../../src/trace/index.ts';
import { measureCeilings } from './ceilings.ts';
import { runHonestDemo } from './demo-run.ts';
import { runEngine } from './engine.ts';
import type { EngineRun } from './engine.ts';
import { machine, median, perSecond, printTable, round } from './measure.ts';
import type { Row, Sample } from './measure.ts';
import { runNode } from './memory-peers.ts';
import { sampleChain } from './sample-chain.ts';
import { eventsPerNodeSecond, runSimulation, warmUpSimulation } from './simulation.ts';
import type { SimulationRun } from './simulation.ts';

const short = process.argv.includes('--short');
const RUNS = short ? 1 : 5;
const ENGINE_BLOCKS = short ? 5_000 : 20_000;
const REAL_BLOCKS = short ? 200 : 1_000;
const TRANSACTIONS = 3;
const SIMULATED_FAULTS_MS = short ? 60_000 : 600_000;

console.log(`pocket-state-sync bench${short ? ', short form' : ''}: ${machine()}; median of ${RUNS} run(s)`);
printTable('The core alone: step() with peers, verifier, executor and store that take no time', await coreRows());
printTable('The core alone, 32 blocks a request', await rangeRows());
printTable('The node over in-memory peers: host loop and ports included', await nodeRows());
printTable('Simulated network: 8 nodes under test, 6 peers, all properties checked', await simulationRows());
printTable('Looking on: the core with 8 peers, and who sees every event', await observedRows());
await printReal();

async function coreRows(): Promise<Row[]> {
  runEngine(8, ENGINE_BLOCKS); // Warm-up.
  const rows: Row[] = [];
  for (const peers of [8, 1_000, 10_000]) {
    let run: EngineRun = { events: 0, blocks: 0 };
    const sample = await median(RUNS, () => (run = runEngine(peers, ENGINE_BLOCKS)));
    rows.push({
      what: `${peers} peers, ${ENGINE_BLOCKS} blocks`,
      figures: {
        'events/s': round(perSecond(run.events, sample)),
        'us CPU/event': round((sample.cpuMs * 1_000) / run.events),
        ...blockFigures(ENGINE_BLOCKS, sample),
      },
    });
  }
  return rows;
}

async function rangeRows(): Promise<Row[]> {
  const blocks = 10 * ENGINE_BLOCKS;
  runEngine(8, blocks, { requestBlocksMax: 32 }); // Warm-up.
  const sample = await median(RUNS, () => runEngine(8, blocks, { requestBlocksMax: 32 }));
  return [{ what: `8 peers, ${blocks} blocks`, figures: blockFigures(blocks, sample) }];
}

async function simulationRows(): Promise<Row[]> {
  await warmUpSimulation();
  let run: SimulationRun = { events: 0, simulatedMs: 0 };
  const sample = await median(Math.min(RUNS, 3), async () => (run = await runSimulation(SIMULATED_FAULTS_MS)));
  const hours = run.simulatedMs / 3_600_000;
  return [
    {
      what: `${round(hours)} simulated hours, ${round(eventsPerNodeSecond(run))} events/s a node`,
      figures: {
        'simulated hours/CPU minute': round(hours / (sample.cpuMs / 60_000)),
        'us CPU/event': round((sample.cpuMs * 1_000) / run.events),
      },
    },
  ];
}

async function nodeRows(): Promise<Row[]> {
  await runNode(8, ENGINE_BLOCKS); // Warm-up.
  const rows: Row[] = [];
  for (const peers of [1, 8, 64]) {
    const sample = await median(RUNS, () => runNode(peers, ENGINE_BLOCKS));
    rows.push({ what: `${peers} peers, ${ENGINE_BLOCKS} blocks`, figures: blockFigures(ENGINE_BLOCKS, sample) });
  }
  return rows;
}

/** What a trace costs, its lines thrown away; off is the option `observe` left out. */
async function observedRows(): Promise<Row[]> {
  const trace = () =>
    createTracer({ source: 'bench', writtenBy: '', runtime: '', startedAt: null, write: () => undefined });
  const observers = { 'nobody looks on': () => undefined, 'a trace': () => trace().hook };
  const rows: Row[] = [];
  for (const [what, observer] of Object.entries(observers)) {
    let run: EngineRun = { events: 0, blocks: 0 };
    const sample = await median(RUNS, () => (run = runEngine(8, ENGINE_BLOCKS, { observe: observer() })));
    rows.push({ what, figures: { 'us CPU/event': round((sample.cpuMs * 1_000) / run.events) } });
  }
  return rows;
}

function blockFigures(blocks: number, sample: Sample) {
  return { 'blocks/s': round(perSecond(blocks, sample)), 'us CPU/block': round((sample.cpuMs * 1_000) / blocks) };
}

async function printReal(): Promise<void> {
  const chain = await sampleChain(REAL_BLOCKS, TRANSACTIONS);
  const { verify, apply, commit, transport } = await measureCeilings(chain);
  const members = await runHonestDemo(REAL_BLOCKS, TRANSACTIONS);
  const inSequence = 1 / (1 / verify + 1 / apply + 1 / commit);
  const megabytes = (transport.bytesPerSecond / 1_000_000).toFixed(1);
  printTable(
    `For real: ${REAL_BLOCKS} blocks, ${TRANSACTIONS} transactions and 4 signatures each; processes, libp2p, LevelDB`,
    [
      { what: 'ceiling: certificates verified', figures: { 'blocks/s': round(verify) } },
      { what: 'ceiling: blocks executed', figures: { 'blocks/s': round(apply) } },
      { what: 'ceiling: durable commits, one block each', figures: { 'blocks/s': round(commit) } },
      { what: 'those three one after another', figures: { 'blocks/s': round(inSequence) } },
      {
        what: `ceiling: blocks over libp2p, 16 in flight (${megabytes} MB/s)`,
        figures: { 'blocks/s': round(transport.blocksPerSecond) },
      },
      ...members.map(({ name, sync }) => ({
        what: `demo: ${name}, while the others share the cores`,
        figures: { 'blocks/s': round(sync?.blocksPerSecond ?? 0) },
      })),
    ],
  );
}
