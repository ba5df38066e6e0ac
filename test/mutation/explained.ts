import type { Mutant } from './report.ts';
import { CHART_SURVIVORS } from './explained/charts.ts';

/** Why mutants of one line of code are not noticed by any test, each looked at. */
export interface Explanation {
  readonly file: string;
  /** The line that the mutant begins in, without the spaces around it. */
  readonly line: string;
  /** What the mutants put there; default: whatever else lives in that line too. */
  readonly to?: readonly string[];
  readonly why: string;
}

export const EXPLAINED: readonly Explanation[] = [...CHART_SURVIVORS];

export function explanationOf({ file, text, to }: Mutant): Explanation | undefined {
  return EXPLAINED.find((each) => each.file === file && each.line === text && (each.to?.includes(to) ?? true));
}

/** Those that no survivor needs. */
export function unusedExplanations(survivors: readonly Mutant[]): readonly Explanation[] {
  const used = new Set(survivors.map(explanationOf));
  return EXPLAINED.filter((each) => !used.has(each));
}
