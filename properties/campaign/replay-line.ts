/** The command that shows a run again: by its seed as it was drawn, or by its line as it was made smaller. */
export function replayLine(run: number | string): string {
  return `npm run campaign -- --replay ${typeof run === 'number' ? run : `'${run}'`}`;
}
