import { REAL_PROPERTIES, checkRealBlocks } from '../real-blocks/check.ts';
import { Random } from '../simulation/random.ts';
import type { Broken } from '../report/broken.ts';
import { brokenInWords } from '../report/broken.ts';

/** The part of a campaign that the simulated network, whose blocks are stand-ins, cannot be: Pocket's own bytes. */
export interface RealBlocksReport {
  runs: number;
  readonly failures: (Broken & { readonly seed: number })[];
}

const FAILURES_MAX = 3;

/** Draws seeds from `seed` and holds Pocket's wire and validation against every property, until it is over. */
export async function runRealBlocks(seed: number, isOver: (runs: number) => boolean): Promise<RealBlocksReport> {
  const random = new Random(seed).fork('real blocks');
  const report: RealBlocksReport = { runs: 0, failures: [] };
  while (!isOver(report.runs) && report.failures.length < FAILURES_MAX) {
    const drawn = random.whole(0, 0xffffffff);
    const violation = await checkRealBlocks(drawn);
    report.runs++;
    if (violation !== null) report.failures.push({ ...violation, seed: drawn });
  }
  return report;
}

export function describeRealBlocks({ runs, failures }: RealBlocksReport): string {
  const names = REAL_PROPERTIES.map(({ name }) => name).join(', ');
  return [
    `Real blocks and bytes: ${runs} runs, each held against ${names}; ${failures.length} broken.`,
    ...failures.flatMap(describeRealViolation),
  ].join('\n');
}

export function describeRealViolation(violation: Broken & { readonly seed: number }): readonly string[] {
  return brokenInWords(violation, `npm run campaign -- --replay-real ${violation.seed}`);
}
