import { brokenInWords } from '../report/broken.ts';
import type { PaceViolation } from './check.ts';
import { IS_QUICK_ON_AVERAGE } from './check.ts';

/** @param again the line that shows it once more */
export function paceViolationInWords(violation: PaceViolation, again: string): readonly string[] {
  const network = violation.network.map((line) => `    ${line}`);
  return brokenInWords(violation, again, ['  The network, and what became of it:', ...network]);
}

/** @param slow what `tooSlowOnAverage` says */
export function slowAverageInWords(slow: string, again: string): readonly string[] {
  const { name: property, clauses, says } = IS_QUICK_ON_AVERAGE;
  return brokenInWords({ property, clauses, says, detail: slow }, again);
}
