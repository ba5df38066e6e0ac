import { brokenInWords } from '../report/broken.ts';
import type { WholeNodeViolation } from './check.ts';

/** @param again the line that shows it once more */
export function violationInWords(violation: WholeNodeViolation, again: string): readonly string[] {
  return brokenInWords(violation, again, [
    '  The node:',
    ...violation.plan.map((line) => `    ${line}`),
    '  What led to it:',
    ...violation.story.map((line) => `    ${line}`),
  ]);
}
