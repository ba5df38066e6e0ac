/** Why mutants of one line of code are not noticed by any test, each looked at. */
export interface Explanation {
  readonly file: string;
  /** The line that the mutant begins in, without the spaces around it. */
  readonly line: string;
  /** What the mutants put there; default: whatever lives in that line. */
  readonly to?: readonly string[];
  readonly why: string;
}

export type Explain = (why: string, line: string, ...to: readonly string[]) => Explanation;

export function linesOf(file: string): Explain {
  return (why, line, ...to) => ({ file, line, why, ...(to.length === 0 ? {} : { to }) });
}

export const INVARIANT = 'invariant';
export const FOR_THE_TYPE = 'for the type';
export const TEXT = 'text of an error that no event can cause, or whose code is what counts';
