import { QUICK_REPORT, SLOW_REPORT } from './test/mutation/stages.ts';

const isQuick = process.env['MUTATION_STAGE'] !== 'networks';

/** For test/mutation/main.ts, which is `npm run mutation`. */
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['./test/mutation/core-test-runner.ts'],
  testRunner: 'core',
  mutate: ['machines/**/*.ts', '!machines/mermaid.ts', 'src/core/**/*.ts'],
  coverageAnalysis: 'perTest',
  // What is computed as modules load: each would take all tests in a thread of its own.
  ignoreStatic: true,
  incremental: isQuick,
  incrementalFile: '.tmp/mutation/incremental.json',
  tempDirName: '.tmp/mutation/sandbox',
  ignorePatterns: ['dist', '.tmp', 'docs/images'],
  reporters: ['progress', 'json', 'html'],
  jsonReporter: { fileName: isQuick ? QUICK_REPORT : SLOW_REPORT },
  htmlReporter: { fileName: `.tmp/mutation/${isQuick ? 'report' : 'networks'}.html` },
  concurrency: 2,
  timeoutMS: 3_000,
  thresholds: { high: 95, low: 90, break: null },
};
