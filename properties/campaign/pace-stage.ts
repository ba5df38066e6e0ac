import type { PaceViolation } from '../pace/check.ts';
import { checkPace, PACE_PROPERTIES, takePace, tooSlowOnAverage } from '../pace/check.ts';
import { paceViolationInWords, slowAverageInWords } from '../pace/words.ts';
import { createStateSyncNode } from '../simulation/host-under-test.ts';
import type { CreateHost } from '../simulation/host-under-test.ts';
import { Random } from '../simulation/random.ts';

/** The part of a campaign that looks at how long a sync takes. */
export interface PaceReport {
  readonly seed: number;
  runs: number;
  /** How long they took, over how long they usually take: the average. */
  overUsual: number;
  readonly failures: (PaceViolation & { readonly seed: number })[];
  /** Whether a planted bug was caught: else nothing that was not found means anything. */
  readonly isCanaryCaught: boolean;
}

const FAILURES_MAX = 3;
const CANARY_RUNS_MAX = 20;

/** A bug: every peer is asked for the next range only when it has given the one before. */
const oneRangeAtATime: CreateHost = (options) =>
  createStateSyncNode({ ...options, config: { ...options.config, inFlightPerPeerMax: 1 } });

/** Draws seeds from `seed`, until it is over. */
export async function runPace(
  seed: number,
  isOver: (runs: number) => boolean,
  createHost: CreateHost = createStateSyncNode,
): Promise<PaceReport> {
  const random = new Random(seed).fork('pace');
  const draw = () => random.whole(0, 0x7fffffff);
  let isCanaryCaught = false;
  for (let runs = 0; runs < CANARY_RUNS_MAX && !isCanaryCaught; runs++) {
    isCanaryCaught = (await checkPace(draw(), oneRangeAtATime)) !== null;
  }
  const report: PaceReport = { seed, runs: 0, overUsual: 0, failures: [], isCanaryCaught };
  while (!isOver(report.runs) && report.failures.length < FAILURES_MAX) {
    const drawn = draw();
    const { violation, overUsual } = await takePace(drawn, createHost);
    report.runs++;
    report.overUsual += (overUsual - report.overUsual) / report.runs;
    if (violation !== null) report.failures.push({ ...violation, seed: drawn });
  }
  return report;
}

export function isPaceGood({ runs, overUsual, failures, isCanaryCaught }: PaceReport): boolean {
  return failures.length === 0 && isCanaryCaught && tooSlowOnAverage(overUsual, runs) === null;
}

export function describePace({ seed, runs, overUsual, failures, isCanaryCaught }: PaceReport): string {
  const caught = isCanaryCaught ? 'caught' : 'NOT CAUGHT';
  const names = PACE_PROPERTIES.map(({ name }) => name).join(', ');
  return [
    `Pace: ${runs} syncs over unequal links, held against ${names}; ${failures.length} broken, ` +
      `${overUsual.toFixed(3)} times as long as usual on average. ` +
      `Planted bug (every peer is asked for one range at a time): ${caught}.`,
    ...failures.flatMap(describePaceViolation),
    ...describeAverage(tooSlowOnAverage(overUsual, runs), seed, runs),
  ].join('\n');
}

function describeAverage(slow: string | null, seed: number, runs: number): readonly string[] {
  return slow === null ? [] : slowAverageInWords(slow, `npm run campaign -- --seed ${seed} --runs ${runs}`);
}

export function describePaceViolation(violation: PaceViolation & { readonly seed: number }): readonly string[] {
  return paceViolationInWords(violation, `npm run campaign -- --replay-pace ${violation.seed}`);
}
