import { Random } from '../simulation/random.ts';
import type { CreateHost } from '../simulation/host-under-test.ts';
import type { Always } from '../invariants/index.ts';
import { PROPERTIES } from '../invariants/index.ts';
import { CANARIES } from './canaries/index.ts';
import type { Canary } from './canaries/index.ts';
import type { Failure } from '../report/failure.ts';
import { explainFailure } from '../report/failure.ts';
import { CONTRACT_RULES } from '../contract/rules.ts';
import { turnsOf } from '../simulation/plan.ts';
import { replayLine } from './replay-line.ts';
import { ADVERSARY_NAMES, CATALOGUE, REACHES_THE_TIP, simulate } from './simulate.ts';
import type { RunResult, SimulateOptions } from './simulate.ts';

export interface CampaignOptions {
  /** All seeds of the runs are drawn from it. */
  readonly seed: number;
  /** How many runs; without it, as many as `isOver` lets. */
  readonly runs?: number;
  /** Asked before each run. */
  readonly isOver?: (report: CampaignReport) => boolean;
  readonly createHost?: CreateHost;
  readonly properties?: readonly Always[];
  /** Stop at this many broken runs. Default: 20. */
  readonly failuresMax?: number;
  /** How much real time goes into making each of the first broken runs smaller. Default: 15,000 ms. */
  readonly shrinkMs?: number;
  /** Whether planted bugs are looked for, and must be found. Default: true. */
  readonly canaries?: boolean;
}

export interface CaughtCanary {
  readonly name: string;
  readonly bug: string;
  /** In which run it was caught, and by which property; null: it was not. */
  readonly caughtBy: { readonly seed: number; readonly runs: number; readonly property: string } | null;
}

/** What a campaign did and found. Counts are summed over its runs. */
export interface CampaignReport {
  readonly seed: number;
  runs: number;
  events: number;
  simulatedMs: number;
  blocksCommitted: number;
  readonly failures: Failure[];
  readonly acts: Map<string, number>;
  readonly checks: Map<string, number>;
  /** In how many runs each witness was seen. */
  readonly witnessed: Map<string, number>;
  readonly faults: Map<string, number>;
  readonly canaries: CaughtCanary[];
  /** The slowest recovery, as a share of what its bound allows. */
  worstOfBound: number;
  /** Digest of all digests. */
  digest: number;
}

const FAILURES_MAX = 20;
/** Broken runs that are made smaller: the first ones of each property, so that none of them is told only in the raw. */
const EXPLAINED_MAX = 6;
const EXPLAINED_OF_ONE_MAX = 2;
const CANARY_RUNS_MAX = 60;
/** A node that never gets anywhere is watched until the bound is over, and some bounds are weeks: minutes of real time. */
const CANARY_RECOVERY_MS_MAX = 24 * 3_600_000;

/** Runs drawn from one seed, each held against every property. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const { seed, runs = Infinity, isOver = () => false, failuresMax = FAILURES_MAX, canaries = true } = options;
  const random = new Random(seed);
  const report = emptyReport(seed, options.properties ?? PROPERTIES);
  const planted = canaries ? CANARIES : [];
  for (const canary of planted) report.canaries.push(await catchCanary(canary, random.fork(canary.name)));
  while (report.runs < runs && report.failures.length < failuresMax && !isOver(report)) {
    const { createHost, properties } = options;
    const simulation: SimulateOptions = {
      ...(createHost === undefined ? {} : { createHost }),
      ...(properties === undefined ? {} : { properties }),
    };
    const result = await simulate(seedOfTurn(report.runs, random.whole(0, 0xffffffff)), simulation);
    addRun(report, result);
    if (result.violation === null) continue;
    const shrinkMs = isWorthShrinking(report, result.violation.property) ? options.shrinkMs : 0;
    const setting = { options: simulation, again: replayLine, ...(shrinkMs === undefined ? {} : { shrinkMs }) };
    report.failures.push(await explainFailure(result, setting));
  }
  return report;
}

/** Where one property breaks again and again, two of its runs made small are enough. */
function isWorthShrinking({ failures }: CampaignReport, property: string): boolean {
  const shrunk = failures.filter(({ shrinkRuns }) => shrinkRuns > 0);
  const same = failures.filter(({ found }) => found.violation?.property === property);
  return shrunk.length < EXPLAINED_MAX && same.length < EXPLAINED_OF_ONE_MAX;
}

/** Whether nothing was broken, every planted bug was caught, and every adversary that had turns enough has acted. */
export function isGood(report: CampaignReport): boolean {
  const isCaught = report.canaries.every(({ caughtBy }) => caughtBy !== null);
  return (
    report.failures.length === 0 && isCaught && (report.runs < RUNS_TO_ACT || idleAdversaries(report).length === 0)
  );
}

const TURNS = turnsOf(CATALOGUE);
/** An adversary does not find an occasion in every run in which it has its turn; in so many runs it must have found one. */
export const RUNS_TO_ACT = 4 * TURNS;

/** Who has never acted in the campaign. */
export function idleAdversaries({ acts }: Pick<CampaignReport, 'acts'>): readonly string[] {
  return ADVERSARY_NAMES.filter((name) => (acts.get(name) ?? 0) === 0);
}

/** The drawn seed, moved to the nearest below whose run features the one whose turn it is: run after run, everybody. */
function seedOfTurn(run: number, drawn: number): number {
  const first = drawn - (drawn % TURNS) + (run % TURNS);
  return first > 0xffffffff ? first - TURNS : first;
}

/** Plants a known bug and looks for it as for any other, in runs drawn from `random`. */
export async function catchCanary(canary: Canary, random: Random): Promise<CaughtCanary> {
  const { name, bug, breaks, createHost } = canary;
  for (let runs = 1; runs <= CANARY_RUNS_MAX; runs++) {
    const { violation, seed } = await simulate(random.whole(0, 0xffffffff), {
      createHost,
      contract: 'not its core',
      recoveryMsMax: CANARY_RECOVERY_MS_MAX,
    });
    if (violation === null || !breaks.includes(violation.property)) continue;
    return { name, bug, caughtBy: { seed, runs, property: violation.property } };
  }
  return { name, bug, caughtBy: null };
}

function emptyReport(seed: number, properties: readonly Always[]): CampaignReport {
  return {
    seed,
    runs: 0,
    events: 0,
    simulatedMs: 0,
    blocksCommitted: 0,
    failures: [],
    acts: new Map(),
    checks: new Map([...properties, REACHES_THE_TIP, ...CONTRACT_RULES].map(({ name }) => [name, 0])),
    witnessed: new Map(),
    faults: new Map(),
    canaries: [],
    worstOfBound: 0,
    digest: 0,
  };
}

function addRun(report: CampaignReport, result: RunResult): void {
  report.runs++;
  report.events += result.events;
  report.simulatedMs += result.simulatedMs;
  report.blocksCommitted += result.blocksCommitted;
  addCounts(report.acts, result.acts);
  addCounts(report.checks, result.checks);
  addCounts(report.witnessed, result.witnessed);
  addCounts(report.faults, Object.entries(result.network));
  addCounts(report.faults, Object.entries(result.host));
  if (result.recoveredMs !== null) {
    addCounts(report.checks, [[REACHES_THE_TIP.name, 1]]);
    report.worstOfBound = Math.max(report.worstOfBound, result.recoveredMs / result.boundMs);
  }
  report.digest = (Math.imul(report.digest, 31) + parseInt(result.digest, 16)) >>> 0;
}

function addCounts(sums: Map<string, number>, counts: Iterable<readonly [string, number]>): void {
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
}
