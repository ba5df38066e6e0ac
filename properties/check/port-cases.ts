import { blockStoreCases } from '../ports/block-store-suite.ts';
import { blockVerifierCases } from '../ports/block-verifier-suite.ts';
import { clockCases } from '../ports/clock-suite.ts';
import { executorCases } from '../ports/executor-suite.ts';
import type { PortCase } from '../ports/port-case.ts';
import { transportCases } from '../ports/transport-suite.ts';
import { withinRealTime } from '../ports/time-limit.ts';
import type { HostReport } from './host-report.ts';
import type { HostSubject } from './subject.ts';

const CASE_MS_MAX = 30_000;

/** Runs the suites of the adapters given; one after the other, each case with a limit of its own. */
export async function runPortCases(subject: HostSubject, report: HostReport): Promise<void> {
  const { store, executor, verifier, transport, clock } = subject;
  if (store !== undefined) await runSuite('store', blockStoreCases, store, report);
  if (executor !== undefined) await runSuite('executor', executorCases, executor, report);
  if (verifier !== undefined) await runSuite('verifier', blockVerifierCases, verifier, report);
  if (transport !== undefined) await runSuite('transport', transportCases, transport, report);
  if (clock !== undefined) await runSuite('clock', clockCases, clock, report);
}

async function runSuite<Subject>(
  port: string,
  cases: readonly PortCase<Subject>[],
  subject: Subject,
  report: HostReport,
): Promise<void> {
  for (const { name, clauses, run } of cases) {
    const failed = await failureOf(() => run(subject));
    report.portCases.push({ port, name, clauses, failed });
  }
}

async function failureOf(run: () => Promise<void>): Promise<string | null> {
  try {
    const passed = run().then(() => null);
    return await withinRealTime<string | null>(CASE_MS_MAX, passed, () => {
      return `it has not come to an end in ${CASE_MS_MAX / 1_000} s`;
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
