import { IS_QUICK_ON_AVERAGE, takePace, tooSlowOnAverage } from '../pace/check.ts';
import { brokenInWords } from '../report/broken.ts';
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
  const random = new Random(report.seed).fork('pace');
  const [, again] = REPLAY.exec(replay ?? '') ?? [];
  const runsMax = again === undefined ? RUNS : 1;
  let sum = 0;
  for (let runs = 1; runs <= runsMax; runs++) {
    const seed = again === undefined ? random.whole(0, 0x7fffffff) : Number(again);
    const { violation, overUsual } = await takePace(seed, createHost);
    sum += overUsual;
    report.pace = { runs, overUsual: sum / runs, failed: null };
    if (violation === null) continue;
    const line = `await checkHost(${subjectInCode(subject)}, { replay: 'pace ${seed}' });`;
    const network = violation.network.map((each) => `    ${each}`);
    const words = brokenInWords(violation, line, ['  The network, and what became of it:', ...network]);
    report.pace = { ...report.pace, failed: words.join('\n') };
    return;
  }
  const slow = tooSlowOnAverage(sum / runsMax, runsMax);
  if (slow === null) return;
  const { name: property, clauses, says } = IS_QUICK_ON_AVERAGE;
  const line = `await checkHost(${subjectInCode(subject)}, { seed: ${report.seed} });`;
  report.pace = {
    runs: runsMax,
    overUsual: sum / runsMax,
    failed: brokenInWords({ property, clauses, says, detail: slow }, line).join('\n'),
  };
}
