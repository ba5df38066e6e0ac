import { takePace, tooSlowOnAverage } from '../pace/check.ts';
import { paceViolationInWords, slowAverageInWords } from '../pace/words.ts';
import { Random } from '../simulation/random.ts';
import type { HostReport } from './host-report.ts';
import type { HostSubject } from './subject.ts';
import { subjectInCode } from './subject.ts';

const RUNS = 30;
const REPLAY = /^pace (\d+)$/;

/** Whether `replay` is about how long one sync takes. */
export function isPaceReplay(replay: string | number | undefined): replay is string {
  return typeof replay === 'string' && REPLAY.test(replay);
}

/** The host syncs over unequal links in virtual time; of wrappers of `step`, whose host asks for single blocks, nothing is said. */
export async function runPaceCases(subject: HostSubject, report: HostReport, replay?: string): Promise<void> {
  const { createHost } = subject;
  if (createHost === undefined) return;
  const again = (options: string) => `await checkHost(${subjectInCode(subject)}, { ${options} });`;
  const random = new Random(report.seed).fork('pace');
  const [, only] = REPLAY.exec(replay ?? '') ?? [];
  const runsMax = only === undefined ? RUNS : 1;
  let sum = 0;
  let runs = 0;
  let failed: readonly string[] | null = null;
  while (runs < runsMax && failed === null) {
    const seed = only === undefined ? random.whole(0, 0x7fffffff) : Number(only);
    const { violation, overUsual } = await takePace(seed, createHost);
    runs++;
    sum += overUsual;
    if (violation !== null) failed = paceViolationInWords(violation, again(`replay: 'pace ${seed}'`));
  }
  const slow = tooSlowOnAverage(sum / runs, runs);
  if (failed === null && slow !== null) failed = slowAverageInWords(slow, again(`seed: ${report.seed}`));
  report.pace = { runs, overUsual: sum / runs, failed: failed?.join('\n') ?? null };
}
