import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';

/** What runs the tests: a thread that has loaded them once, with this mutant active while it loaded them. */
export interface Setting {
  readonly files: readonly string[];
  readonly activeMutant: string | null;
}

export interface RunRequest {
  readonly activeMutant: string | null;
  /** Null: all. */
  readonly tests: readonly string[] | null;
  readonly hitLimit: number | null;
  readonly bail: boolean;
}

export interface TestOutcome {
  readonly id: string;
  readonly tookMs: number;
  readonly failure: string | null;
}

export interface RunAnswer {
  readonly outcomes: readonly TestOutcome[];
  readonly hitCount: number;
  readonly coverage: unknown;
}

/** The variable that instrumented code reads: which mutant is on, which test runs, how often mutants were reached. */
interface Stryker {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number;
  hitLimit?: number | undefined;
  mutantCoverage?: unknown;
}

if (parentPort === null) throw new Error('this file is the thread of the mutation test runner');
const port = parentPort;
const { files, activeMutant } = workerData as Setting;
const stryker: Stryker = {};
(globalThis as unknown as { __stryker__: Stryker }).__stryker__ = stryker;
stryker.activeMutant = activeMutant ?? undefined;
for (const name of ['log', 'info', 'warn', 'error'] as const) console[name] = () => undefined;

const collector = pathToFileURL(path.join(import.meta.dirname, 'collected-tests.ts')).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vitest' ? { url: collector, shortCircuit: true } : next(specifier, context),
});
// Whether a mutant is noticed is all that counts: no time is spent on shrinking.
fc.configureGlobal({ endOnFailure: true });

const { tests, collectFrom } = await import('./collected-tests.ts');
for (const file of files) {
  await collectFrom(file, () => import(pathToFileURL(path.resolve(file)).href) as Promise<unknown>);
}

port.on('message', (request: RunRequest) => void run(request).then((answer) => port.postMessage(answer)));
port.postMessage('loaded');

async function run(request: RunRequest): Promise<RunAnswer> {
  const outcomes: TestOutcome[] = [];
  const chosen = request.tests === null ? null : new Set(request.tests);
  stryker.activeMutant = request.activeMutant ?? undefined;
  stryker.hitCount = 0;
  stryker.hitLimit = request.hitLimit ?? undefined;
  for (const test of tests) for (const once of test.before) once.forget();
  for (const test of tests) {
    if (chosen !== null && !chosen.has(test.id)) continue;
    const beganMs = performance.now();
    stryker.currentTestId = test.id;
    const failure = await failureOf(async () => {
      for (const once of test.before) await once.run();
      await test.run();
    });
    stryker.currentTestId = undefined;
    outcomes.push({ id: test.id, tookMs: performance.now() - beganMs, failure });
    if (failure !== null && request.bail) break;
  }
  return { outcomes, hitCount: stryker.hitCount, coverage: stryker.mutantCoverage };
}

async function failureOf(body: () => Promise<void>): Promise<string | null> {
  try {
    await body();
    return null;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).slice(0, 2_000);
  }
}
