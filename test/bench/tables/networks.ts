import { medianOf } from '../measure.ts';
import { drawPlan, NETWORK_KINDS } from '../network/kinds.ts';
import type { NetworkFigures } from '../../../properties/pace/run-network.ts';
import { runNetwork } from '../../../properties/pace/run-network.ts';
import type { Bench, Row, Table } from '../table.ts';

/** How near the whole node comes to what the links allow, among unequal peers. */
export const networksBench: Bench = {
  name: 'networks',
  run: async ({ short }) => {
    const seeds = Array.from({ length: short ? 1 : 10 }, (_, i) => i + 1);
    const honest: Row[] = [];
    const lying: Row[] = [];
    for (const kind of NETWORK_KINDS) {
      const runs: NetworkFigures[] = [];
      for (const seed of seeds) runs.push(await runNetwork(drawPlan(kind, seed)));
      (kind.liars === 0 ? honest : lying).push({ what: kind.name, figures: figuresOf(runs) });
    }
    const how = `${seeds.length} seeds each; bandwidths 1:10, round trips 5 to 300 ms, one FIFO link a peer`;
    return [
      table(`Total time over its lower bound, in virtual time: ${how}`, honest),
      table('The same with a third of the peers lying: tamper, silent, absent, inflate', lying),
    ];
  },
};

const NOTES = [
  'Lower bound: the larger of bytes / bandwidth of the honest peers + shortest round trip, and the sum of the apply times.',
  '"Stricter": also counts the bandwidth of those who exaggerate, and that nothing comes before metadata and a first request went there and back.',
];

function table(title: string, rows: readonly Row[]): Table {
  return { title, rows, notes: NOTES };
}

function figuresOf(runs: readonly NetworkFigures[]): Row['figures'] {
  const worst = runs.reduce((a, b) => (b.overLower > a.overLower ? b : a));
  return {
    median: ratio(medianOf(runs.map(({ overLower }) => overLower))),
    worst: `${ratio(worst.overLower)} (seed ${worst.plan.seed})`,
    'stricter: median': ratio(medianOf(runs.map(({ overReachable }) => overReachable))),
    'bytes / chain': ratio(medianOf(runs.map(({ bytesRatio }) => bytesRatio))),
    'stalls > 1 s': String(runs.reduce((sum, { stalls }) => sum + stalls, 0)),
  };
}

function ratio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : 'not synced';
}
