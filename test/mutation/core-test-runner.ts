import { glob } from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  determineHitLimitReached,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import type {
  DryRunOptions,
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestResult,
  TestRunner,
  TestRunnerCapabilities,
} from '@stryker-mutator/api/test-runner';
import type { MutantCoverage } from '@stryker-mutator/api/core';
import { keyOf, readReport, survivorsOf, type Mutant } from './report.ts';
import type { RunAnswer, RunRequest, Setting, TestOutcome } from './worker.ts';

/** What notices most for the least time goes first: a mutant is done with at its first failing test. */
const TESTS = ['test/scenarios/scenarios', 'test/core/{requests,claims,host}', 'test/core/*', 'test/machines/*'];
/** `actor` says that two ways of running the core agree, and what is wrong in it is wrong in both; the others take seconds. */
const EXCLUDED = ['actor', 'walks', 'liars'].map((name) => `test/core/${name}.test.ts`);
/** What a mutant in these leaves in memory outlives it: charts are read once, and their answers are kept. */
const KEEPS_ANSWERS = /[/]machines[/]|[/]advance[.]ts$/;

/**
 * Runs the tests of the charts and the core for Stryker, hundreds of mutants a minute: the tests stay loaded in a thread,
 * and a mutant is switched on by a variable. Only what is computed as modules load needs a new thread.
 */
class CoreTestRunner implements TestRunner {
  /** Of the simulated networks' stage: whom the quick tests missed. Ranges of lines, by which they are chosen, hold others too. */
  readonly #missed = isOfNetworks()
    ? new Set(missedByQuickTests().map((mutant) => keyOf({ ...mutant, file: nameOf(mutant.file) })))
    : null;
  #worker: Worker | null = null;
  #stale = false;

  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: true };
  }

  async dryRun(options: DryRunOptions): Promise<DryRunResult> {
    await this.#renew(null);
    const answer = await this.#run({ activeMutant: null, tests: null, hitLimit: null, bail: !options.disableBail });
    return {
      status: DryRunStatus.Complete,
      tests: answer.outcomes.map(resultOf),
      mutantCoverage: answer.coverage as MutantCoverage,
    };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, mutantActivation, testFilter, hitLimit, sandboxFileName } = options;
    if (this.#missed?.has(keyOfActive(activeMutant)) === false) return NOTICED_BEFORE;
    const keeps = KEEPS_ANSWERS.test(sandboxFileName);
    const early = mutantActivation === 'static';
    if (early || keeps || this.#stale || this.#worker === null) await this.#renew(early ? activeMutant.id : null);
    this.#stale = early || keeps;
    const answer = await this.#run({
      activeMutant: activeMutant.id,
      tests: testFilter ?? null,
      hitLimit: hitLimit ?? null,
      bail: !options.disableBail,
    });
    const tests = answer.outcomes.map(resultOf);
    const reached = determineHitLimitReached(answer.hitCount, hitLimit);
    return toMutantRunResult(reached ?? { status: DryRunStatus.Complete, tests });
  }

  async dispose(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }

  /** A new thread, which loads everything with this mutant on. A mutant that keeps it from loading is noticed by that. */
  async #renew(activeMutant: string | null): Promise<void> {
    await this.dispose();
    const setting: Setting = { files: await testFiles(), activeMutant };
    this.#worker = new Worker(path.resolve('test/mutation/worker.ts'), { workerData: setting });
    this.#worker.unref();
    await outcomeOf(this.#worker).catch((error: unknown) => {
      this.#worker = null;
      this.#loadFailure = String(error);
    });
  }

  #loadFailure = '';

  async #run(request: RunRequest): Promise<RunAnswer> {
    if (this.#worker === null) {
      const failure = `the tests could not be loaded: ${this.#loadFailure}`;
      return { outcomes: [{ id: 'load', tookMs: 0, failure }], hitCount: 0, coverage: undefined };
    }
    this.#worker.postMessage(request);
    return (await outcomeOf(this.#worker)) as RunAnswer;
  }
}

function isOfNetworks(): boolean {
  return process.env['MUTATION_STAGE'] === 'networks';
}

/** Where the report is: main.ts says so, since a test runner is in a copy of the project. */
function missedByQuickTests(): readonly Mutant[] {
  const report = process.env['MUTATION_QUICK_REPORT'];
  if (report === undefined) throw new Error('MUTATION_QUICK_REPORT does not name the report of the quick tests');
  return survivorsOf(readReport(report));
}

const NOTICED_BEFORE: MutantRunResult = {
  status: MutantRunStatus.Killed,
  killedBy: ['quick tests'],
  failureMessage: 'noticed by the quick tests',
  nrOfTests: 0,
};

/** Stryker counts lines and columns from 0 before it reports them. */
function keyOfActive({ fileName, location, replacement }: MutantRunOptions['activeMutant']): string {
  const reported = ({ line, column }: typeof location.start) => ({ line: line + 1, column: column + 1 });
  const [start, end] = [reported(location.start), reported(location.end)];
  return keyOf({ file: nameOf(fileName), start, end, to: replacement });
}

/** Directory and file, which are the same in a copy of the project. */
function nameOf(file: string): string {
  return path.join(path.basename(path.dirname(file)), path.basename(file));
}

async function outcomeOf(worker: Worker): Promise<unknown> {
  const [answer] = (await once(worker, 'message')) as [unknown];
  return answer;
}

/** `networks`: only the simulated networks, which take seconds a mutant. */
async function testFiles(): Promise<readonly string[]> {
  if (isOfNetworks()) return ['test/mutation/networks.ts', 'test/core/actor.test.ts'];
  const found = new Set<string>();
  for (const pattern of TESTS) {
    const files: string[] = [];
    for await (const file of glob(`${pattern}.test.ts`)) files.push(file);
    for (const file of files.sort()) if (!EXCLUDED.includes(file)) found.add(file);
  }
  return [...found];
}

function resultOf({ id, tookMs, failure }: TestOutcome): TestResult {
  const common = { id, name: id, timeSpentMs: Math.round(tookMs) };
  return failure === null
    ? { ...common, status: TestStatus.Success }
    : { ...common, status: TestStatus.Failed, failureMessage: failure };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'core', CoreTestRunner)];
