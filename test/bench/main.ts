/**
 * `npm run bench`: what the engine costs, and what a sync reaches of what is possible, beside other engines. Prints tables
 * and asserts nothing about time. `npm run bench -- --help` has the options.
 */
import { parseArgs } from 'node:util';
import { machine } from './measure.ts';
import { installOthers } from './others/install.ts';
import { loadOthers } from './others/load.ts';
import { writePlots } from './plots/write-plots.ts';
import { readResults, saveResult } from './results.ts';
import { printTable } from './table.ts';
import type { Bench } from './table.ts';
import { blockSizeBench } from './tables/block-size.ts';
import { engineBench } from './tables/engine.ts';
import { failingBench } from './tables/failing.ts';
import { latencyBench } from './tables/latency.ts';
import { lookingOnBench } from './tables/looking-on.ts';
import { networksBench } from './tables/networks.ts';
import { realBench } from './tables/real.ts';
import { responsiveBench } from './tables/responsive.ts';
import { scaleBench } from './tables/scale.ts';
import { simulationBench } from './tables/simulation.ts';
import { stagesBench } from './tables/stages.ts';
import { writeDocs } from './write-docs.ts';

const BENCHES: readonly Bench[] = [
  engineBench,
  latencyBench,
  failingBench,
  networksBench,
  scaleBench,
  realBench,
  blockSizeBench,
  responsiveBench,
  stagesBench,
  lookingOnBench,
  simulationBench,
];

const HELP = `npm run bench -- [options]
  --short          a quick look: smaller, one run each
  --only A,B       some of: ${BENCHES.map(({ name }) => name).join(', ')}
  --others         install Lodestar's and ethereumjs' engines into .tmp/bench-others first (133 MB), to stand beside ours
  --write          put the tables into docs/performance.md
  --plots          draw docs/images/*.svg from what was measured, now or before
For one network in virtual time, peer by peer: npm run bench:network -- --kind "12 peers" --seed 3 --explain`;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    others: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    plots: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(HELP);
else await bench();

async function bench(): Promise<void> {
  const { short } = values;
  const chosen = chosenBenches(values.only);
  const runs = short ? 1 : 5;
  if (values.others) installOthers();
  const where = machine();
  console.log(`pocket-state-sync bench${short ? ', short form' : ''}: ${where}; medians of ${runs} run(s)`);
  const others = await loadOthers();
  if (others.length === 0) console.log('Other engines are not installed; --others does.');
  for (const { name, run } of chosen) {
    const begun = performance.now();
    const tables = await run({ short, runs, others }).catch((error: unknown) => {
      console.error(`\n${name} failed:`, error);
      process.exitCode = 1;
      return null;
    });
    if (tables === null) continue;
    for (const table of tables) printTable(table);
    console.log(`  [${name}: ${((performance.now() - begun) / 1_000).toFixed(0)} s]`);
    saveResult(name, { machine: where, short, runs, tables });
  }
  const results = readResults();
  const names = new Set(chosen.map(({ name }) => name));
  if (values.write) await writeDocs(Object.fromEntries(Object.entries(results).filter(([name]) => names.has(name))));
  if (values.plots) writePlots(results);
}

function chosenBenches(only: string): readonly Bench[] {
  if (only === '') return BENCHES;
  return only.split(',').map((name) => {
    const found = BENCHES.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no "${name}"\n${HELP}`);
    return found;
  });
}
