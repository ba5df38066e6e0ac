import { expect, test } from 'vitest';
import { totalLines, type TestReport } from './test-totals.ts';

const report: TestReport = {
  numPassedTests: 12,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{}] }],
};

test('the last line is passed and failed', () => {
  expect(totalLines(report)).toEqual(['12 passed, 0 failed']);
});

test('a file that cannot be loaded is a failure, though no test of it failed', () => {
  const broken = { ...report, testResults: [{ status: 'failed', assertionResults: [] }] };
  expect(totalLines(broken).at(-1)).toBe('12 passed, 1 failed');
});

test('a failed test is counted once', () => {
  const failed = { ...report, numFailedTests: 1, testResults: [{ status: 'failed', assertionResults: [{}] }] };
  expect(totalLines(failed).at(-1)).toBe('12 passed, 1 failed');
});

test('skipped tests are told, not counted as passed', () => {
  expect(totalLines({ ...report, numPendingTests: 2 })).toEqual(['2 tests were skipped', '12 passed, 0 failed']);
});
