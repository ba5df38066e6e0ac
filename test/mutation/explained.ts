import { BLOCK_SURVIVORS } from './explained/blocks.ts';
import { CHART_SURVIVORS } from './explained/charts.ts';
import type { Explanation } from './explained/line.ts';
import { PEER_SURVIVORS } from './explained/peers.ts';
import { REQUEST_SURVIVORS } from './explained/requests.ts';
import { OTHER_SURVIVORS } from './explained/words.ts';
import type { Mutant } from './report.ts';

export const EXPLAINED: readonly Explanation[] = [
  ...CHART_SURVIVORS,
  ...PEER_SURVIVORS,
  ...REQUEST_SURVIVORS,
  ...BLOCK_SURVIVORS,
  ...OTHER_SURVIVORS,
];

export function explanationOf({ file, text, to }: Mutant): Explanation | undefined {
  return EXPLAINED.find((each) => each.file === file && each.line === text && (each.to?.includes(to) ?? true));
}

/** Those that no survivor needs. */
export function unusedExplanations(survivors: readonly Mutant[]): readonly Explanation[] {
  const used = new Set(survivors.map(explanationOf));
  return EXPLAINED.filter((each) => !used.has(each));
}
