/**
 * `npm run mutation [-- --mutate FILE,FILE]`: small changes to the charts and the core, one at a time. First the quick tests
 * look for each; then, for those that they did not notice, simulated networks. Fails when fewer than 90 % are noticed, or
 * when one that is not noticed has no explanation.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { explanationOf, unusedExplanations } from './explained.ts';
import { describeFiles, keyOf, readReport, survivorsOf, type Mutant } from './report.ts';
import { QUICK_REPORT, SLOW_REPORT } from './stages.ts';
import { writeSurvivors } from './survivors-page.ts';

const NOTICED_MIN = 0.9;
const args = process.argv.slice(2);
const writes = args.includes('--write');
const passed = args.filter((arg) => arg !== '--write');

stryker('quick', passed);
const quick = readReport(QUICK_REPORT);
const missed = survivorsOf(quick);
console.log(`\n${missed.length} mutants are left to the simulated networks.\n`);
if (missed.length > 0) stryker('networks', ['--mutate', missed.map(rangeOf).join(',')]);
const seenInNetworks = missed.length > 0 ? readReport(SLOW_REPORT) : [];
const noticed = new Set(seenInNetworks.filter((mutant) => !mutant.survived).map(keyOf));
const mutants = quick.map((mutant) => ({ ...mutant, survived: mutant.survived && !noticed.has(keyOf(mutant)) }));

const survivors = survivorsOf(mutants);
const unexplained = survivors.filter((mutant) => explanationOf(mutant) === undefined);
console.log(describeFiles(mutants));
for (const { file, line, text, from, to } of unexplained) {
  console.log(`\nNot noticed, and not explained: ${file}:${line}\n  ${text}\n  ${from}\n  -> ${to}`);
}
if (passed.length === 0) {
  for (const { file, line } of unusedExplanations(survivors)) {
    console.log(`Explained in test/mutation/explained.ts, but noticed or gone: ${file}: ${line}`);
  }
}
const share = 1 - survivors.length / mutants.length;
console.log(
  `\n${mutants.length} mutants, ${mutants.length - survivors.length} noticed (${(100 * share).toFixed(1)} %): ` +
    `${quick.length - missed.length} by the quick tests, ${missed.length - survivors.length} more by simulated networks. ` +
    `${survivors.length - unexplained.length} of the others are explained, ${unexplained.length} are not.`,
);
if (writes) writeSurvivors(mutants);
if (share < NOTICED_MIN || unexplained.length > 0) process.exitCode = 1;

function stryker(stage: 'quick' | 'networks', more: readonly string[]): void {
  const report = stage === 'quick' ? QUICK_REPORT : SLOW_REPORT;
  rmSync(report, { force: true });
  const { status } = spawnSync('node_modules/.bin/stryker', ['run', ...more], {
    stdio: 'inherit',
    env: { ...process.env, MUTATION_STAGE: stage, MUTATION_QUICK_REPORT: resolve(QUICK_REPORT) },
  });
  if (status === 0 && existsSync(report)) return;
  console.error(`Stryker ended with exit code ${status ?? 'none'}.`);
  process.exit(1);
}

function rangeOf({ file, start, end }: Mutant): string {
  return `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
}
