/**
 * `npm run bench:network`: one network, or some, in virtual time; `--help` has the options. The tool to tune the scheduler
 * with: the same seed gives the same run.
 */
import { parseArgs } from 'node:util';
import type { SyncConfig } from '../../../src/protocol/config.ts';
import { printTable } from '../table.ts';
import { drawnTable } from './drawn.ts';
import { explain } from './explain.ts';
import { drawPlan, NETWORK_KINDS } from './kinds.ts';
import { runNetwork } from '../../../properties/pace/run-network.ts';

const HELP = `npm run bench:network -- [options]
  --kind TEXT    only kinds of networks whose name contains it: ${NETWORK_KINDS.map(({ name }) => `"${name}"`).join('; ')}
  --seed N       the first seed; default 1
  --seeds N      how many; default 1
  --config JSON  settings that differ from the defaults
  --explain      tell what each peer did
  --drawn        instead, networks as the pace check draws them, and how long their syncs take on average`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    kind: { type: 'string', default: '' },
    config: { type: 'string', default: '{}' },
    explain: { type: 'boolean', default: false },
    drawn: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const config = JSON.parse(values.config) as Partial<SyncConfig>;
const first = Number(values.seed);
if (values.drawn) {
  printTable(await drawnTable(first, Number(values.seeds)));
  process.exit();
}
const rows = [];
for (const kind of NETWORK_KINDS.filter(({ name }) => name.includes(values.kind))) {
  for (let seed = first; seed < first + Number(values.seeds); seed++) {
    const begun = performance.now();
    const figures = await runNetwork(drawPlan(kind, seed, config));
    if (values.explain) explain(figures);
    rows.push({
      what: `${kind.name}, seed ${seed}`,
      figures: {
        'over the bound': figures.overLower.toFixed(3),
        'over the reachable': figures.overReachable.toFixed(3),
        'bytes ratio': figures.bytesRatio.toFixed(3),
        stalls: String(figures.stalls),
        'took s': ((performance.now() - begun) / 1_000).toFixed(1),
      },
    });
  }
}
printTable({ title: 'Networks in virtual time', rows });
