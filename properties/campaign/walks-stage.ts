import { Random } from '../simulation/random.ts';
import type { WalkViolation } from '../walks/check.ts';
import { WALKS_A_RUN, checkWalks } from '../walks/check.ts';
import { WALK_PROPERTIES } from '../walks/watch.ts';
import { leakedSlot } from './canaries/leaked-slot.ts';
import { brokenInWords } from '../report/broken.ts';

/** The part of a campaign in which the core walks alone. */
export interface WalksReport {
  runs: number;
  readonly failures: (WalkViolation & { readonly seed: number })[];
  /** Whether a planted bug was caught: else nothing that was not found means anything. */
  readonly isCanaryCaught: boolean;
}

const FAILURES_MAX = 3;
const CANARY_RUNS_MAX = 10;

/** Draws seeds from `seed`, until it is over. */
export function runWalks(seed: number, isOver: (runs: number) => boolean): WalksReport {
  const random = new Random(seed).fork('walks');
  const draw = () => random.whole(0, 0x7fffffff);
  let isCanaryCaught = false;
  for (let runs = 0; runs < CANARY_RUNS_MAX && !isCanaryCaught; runs++) {
    isCanaryCaught = checkWalks(draw(), leakedSlot) !== null;
  }
  const report: WalksReport = { runs: 0, failures: [], isCanaryCaught };
  while (!isOver(report.runs) && report.failures.length < FAILURES_MAX) {
    const drawn = draw();
    const violation = checkWalks(drawn);
    report.runs++;
    if (violation !== null) report.failures.push({ ...violation, seed: drawn });
  }
  return report;
}

export function areWalksGood({ failures, isCanaryCaught }: WalksReport): boolean {
  return failures.length === 0 && isCanaryCaught;
}

export function describeWalks({ runs, failures, isCanaryCaught }: WalksReport): string {
  const caught = isCanaryCaught ? 'caught' : 'NOT CAUGHT';
  return [
    `Walks of the core alone: ${runs * WALKS_A_RUN}, each event held against ${WALK_PROPERTIES.length} properties; ` +
      `${failures.length} broken. Planted bug (the slot of a request that timed out is not given back): ${caught}.`,
    ...failures.flatMap(describeWalkViolation),
  ].join('\n');
}

export function describeWalkViolation(violation: WalkViolation & { readonly seed: number }): readonly string[] {
  const end = violation.lastEvents.map((line) => `    ${line}`);
  return brokenInWords(violation, `npm run campaign -- --replay-walks ${violation.seed}`, [
    '  The end of the smallest walk in which it did:',
    ...end,
  ]);
}
