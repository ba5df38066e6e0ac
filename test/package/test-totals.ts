/** What is needed of vitest's JSON report. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** One line a fact; the last is `N passed, N failed`. A file that could not even be loaded counts as one failure. */
export function totalLines(report: TestReport): string[] {
  const unloaded = report.testResults.filter(({ status, assertionResults }) => {
    return status === 'failed' && assertionResults.length === 0;
  }).length;
  const notRun = report.numPendingTests + report.numTodoTests;
  return [
    ...(unloaded > 0 ? [`${unloaded} test files could not be loaded and count as failed`] : []),
    ...(notRun > 0 ? [`${notRun} tests were skipped`] : []),
    `${report.numPassedTests} passed, ${report.numFailedTests + unloaded} failed`,
  ];
}
