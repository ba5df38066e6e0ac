/** `npm run mutation`: small changes to the charts and the core, one at a time, each of which some test must notice. */
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['./test/mutation/core-test-runner.ts'],
  testRunner: 'core',
  mutate: ['machines/**/*.ts', '!machines/mermaid.ts', 'src/core/**/*.ts'],
  coverageAnalysis: 'perTest',
  incremental: true,
  incrementalFile: '.tmp/mutation/incremental.json',
  tempDirName: '.tmp/mutation/sandbox',
  ignorePatterns: ['dist', '.tmp', 'docs/images'],
  reporters: ['progress', 'clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: '.tmp/mutation/report.json' },
  htmlReporter: { fileName: '.tmp/mutation/report.html' },
  concurrency: 2,
  timeoutMS: 3_000,
  thresholds: { high: 95, low: 90, break: 90 },
};
