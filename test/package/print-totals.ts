/** Prints what came of the last `npm test`, from vitest's JSON report: `node print-totals.ts <report>`. */
import { readFileSync } from 'node:fs';
import { totalLines, type TestReport } from './test-totals.ts';

const [, , reportPath] = process.argv;
if (reportPath === undefined) throw new Error('say which report: node print-totals.ts <report>');
const report = JSON.parse(readFileSync(reportPath, 'utf8')) as TestReport;
for (const line of totalLines(report)) console.log(line);
