import { takePace } from '../../../properties/pace/check.ts';
import type { Table } from '../table.ts';

/** How long syncs of networks drawn as the pace check draws them take, on average, by what goes wrong in them. */
export async function drawnTable(firstSeed: number, networks: number): Promise<Table> {
  const ratios = new Map<string, number[]>();
  let broken = 0;
  for (let seed = firstSeed; seed < firstSeed + networks; seed++) {
    const { trouble, ratio, violation } = await takePace(seed);
    ratios.set(trouble, [...(ratios.get(trouble) ?? []), ratio]);
    if (violation !== null) broken++;
  }
  const rows = [...ratios].sort().map(([trouble, all]) => ({
    what: trouble,
    figures: {
      networks: String(all.length),
      'mean over the reachable': (all.reduce((sum, each) => sum + each, 0) / all.length).toFixed(3),
    },
  }));
  return { title: `${networks} drawn networks in virtual time, ${broken} slower than allowed`, rows };
}
