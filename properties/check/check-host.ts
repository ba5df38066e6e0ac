import type { Adversary } from '../adversaries/index.ts';
import { ADVERSARIES, fullName } from '../adversaries/index.ts';
import type { CaughtCanary } from '../campaign/campaign.ts';
import type { RunResult, SimulateOptions } from '../campaign/simulate.ts';
import { simulate, simulatePlan } from '../campaign/simulate.ts';
import type { Always, Sometimes } from '../invariants/index.ts';
import { PROPERTIES, WITNESSES } from '../invariants/index.ts';
import { explainFailure } from '../report/failure.ts';
import { parsePlanLine } from '../shrink/plan-line.ts';
import type { PlanOverrides } from '../simulation/plan.ts';
import { createStateSyncNode } from '../simulation/host-under-test.ts';
import { Random } from '../simulation/random.ts';
import { Guard } from './guard.ts';
import type { HostReport } from './host-report.ts';
import { addRun, complain, emptyReport, hostReportInWords } from './host-report.ts';
import { PLANTED_FAULTS } from './planted-faults.ts';
import { runPortCases } from './port-cases.ts';
import { isPaceReplay, runPaceCases } from './pace-cases.ts';
import { isWholeNodeReplay, runWholeNodes } from './whole-node-cases.ts';
import type { HostSubject } from './subject.ts';
import { inNetwork, subjectInCode } from './subject.ts';

export interface CheckHostOptions {
  /** How many simulated networks. Default: 30, or as many as fit into `minutes`. */
  readonly runs?: number;
  /** How long at most, in real time. Default: 5. */
  readonly minutes?: number;
  /** All runs are drawn from it. Default: a fresh one, told in the report. */
  readonly seed?: number;
  /** Who may be in the networks: by name or number (`'A05'`), or your own. Default: all of this package's. */
  readonly adversaries?: readonly (string | Adversary)[];
  /** Your own properties, held besides this package's. */
  readonly properties?: readonly Always[];
  /** What must happen in some of the runs, besides what this package asks for. */
  readonly witnesses?: readonly Sometimes[];
  /** Fixes parts of the networks. */
  readonly plan?: PlanOverrides;
  /** One run again, and only that: the line that a report ends with, or the number of a simulated network's seed. */
  readonly replay?: string | number;
  /** Told after each run. */
  readonly onProgress?: (progress: CheckProgress) => void;
  /** How long one run may take, in real time. Default: 60,000 ms. */
  readonly runMsMax?: number;
  /** How much real time goes into making a broken run smaller. Default: 15,000 ms. */
  readonly shrinkMs?: number;
  /** A host may set timers of the platform, for logs say. Default: false. */
  readonly allowRealTimers?: boolean;
}

export interface CheckProgress {
  readonly runs: number;
  readonly events: number;
  readonly simulatedHours: number;
  readonly elapsedMs: number;
}

/** The check found something: the message is the report, for people. */
export class HostCheckError extends Error {
  override readonly name = 'HostCheckError';
  readonly report: HostReport;

  constructor(report: HostReport) {
    super(report.text);
    this.report = report;
    // Runners print what they can enumerate, and all of it.
    Object.defineProperty(this, 'report', { enumerable: false });
    // The report says where it broke. The stack of the check says nothing about the host.
    this.stack = `${this.name}: ${report.text}`;
  }
}

const RUNS = 30;
const MINUTES = 5;
const RUN_MS_MAX = 60_000;
const PLANTED_RUNS_MAX = 12;
/** A witness of the list must be seen in one of so many runs. */
const REQUIRED_ONE_IN = 10;
/** Without these no run has been where it matters: one of each line. */
const REQUIRED: readonly (readonly string[])[] = [
  ['a block was added'],
  ['entered Consensus_SyncMode'],
  ['entered Consensus_Synced', 'entered Consensus_Pacemaker'],
];

/**
 * Runs your host, your wrapper of `step`, or your adapters under everything in this kit. Resolves with a report when all
 * of it holds; rejects with a `HostCheckError` whose message is the report when anything is broken, or when the check
 * itself saw too little to mean anything. For any test runner: `await checkHost({ createHost })` is the test.
 */
export async function checkHost(subject: HostSubject, options: CheckHostOptions = {}): Promise<HostReport> {
  const seed = options.seed ?? freshSeed();
  const report = emptyReport(seed, [...PROPERTIES, ...(options.properties ?? [])]);
  const network = inNetwork(subject);
  const guard = new Guard({
    allowRealTimers: options.allowRealTimers ?? false,
    runMsMax: options.runMsMax ?? RUN_MS_MAX,
  });
  const { replay } = options;
  if (replay === undefined) await runPortCases(subject, report);
  if (isWholeNodeReplay(replay)) await runWholeNodes(subject, report, replay);
  else if (isPaceReplay(replay)) await runPaceCases(subject, report, replay);
  else {
    if (replay === undefined) await runWholeNodes(subject, report);
    if (network !== null) await underGuard(guard, () => checkInNetwork(subject, network, options, guard, report));
    if (replay === undefined && report.isGood) await runPaceCases(subject, report);
  }
  if (guard.clockReads.count > 0) {
    const { count, at } = guard.clockReads;
    report.notices.push(`The host read the wall clock ${count} times, first by ${at}. For logs that is fine.`);
  }
  report.text = hostReportInWords(report, options.replay !== undefined);
  if (!report.isGood) throw new HostCheckError(report);
  return report;
}

async function underGuard(guard: Guard, check: () => Promise<void>): Promise<void> {
  guard.install();
  try {
    await check();
  } finally {
    guard.uninstall();
  }
}

async function checkInNetwork(
  subject: HostSubject,
  network: Pick<SimulateOptions, 'createHost' | 'contract'>,
  options: CheckHostOptions,
  guard: Guard,
  report: HostReport,
): Promise<void> {
  const { runs = options.minutes === undefined ? RUNS : Infinity, minutes = MINUTES } = options;
  const simulation: SimulateOptions = {
    ...network,
    properties: [...PROPERTIES, ...(options.properties ?? [])],
    witnesses: [...WITNESSES, ...(options.witnesses ?? [])],
    adversaries: adversariesOf(options.adversaries),
    ...(options.plan === undefined ? {} : { plan: options.plan }),
    within: guard.within,
    outside: guard.outside,
  };
  const beganMs = performance.now();
  const explain = async (result: RunResult): Promise<void> => {
    const again = (line: string) =>
      `await checkHost(${subjectInCode(subject)}, { ${sameOptions(options)}replay: '${line}' });`;
    const limit = options.shrinkMs === undefined ? {} : { shrinkMs: options.shrinkMs };
    report.failures.push(await explainFailure(result, { options: fresh(simulation, guard), again, ...limit }));
  };
  if (options.replay !== undefined) {
    const { replay } = options;
    guard.beginRun();
    const asSeed = Number(replay);
    const result = Number.isNaN(asSeed)
      ? await simulatePlan(parsePlanLine(String(replay), adversariesOf(options.adversaries)), simulation)
      : await simulate(asSeed, simulation);
    addRun(report, result);
    if (result.violation !== null) await explain(result);
    return;
  }
  const random = new Random(report.seed);
  while (report.runs < runs && performance.now() - beganMs < minutes * 60_000 && report.failures.length === 0) {
    guard.beginRun();
    const result = await simulate(random.whole(0, 0xffffffff), simulation);
    addRun(report, result);
    options.onProgress?.({
      runs: report.runs,
      events: report.events,
      simulatedHours: report.simulatedMs / 3_600_000,
      elapsedMs: performance.now() - beganMs,
    });
    if (result.violation !== null) await explain(result);
  }
  if (report.failures.length > 0) return;
  await plantFaults(simulation, guard, random, report);
  complainOfWitnesses(options.witnesses ?? [], report);
}

/** Each run that is made to explain another has its own time, and its own faults. */
function fresh(simulation: SimulateOptions, guard: Guard): SimulateOptions {
  return {
    ...simulation,
    get within() {
      guard.beginRun();
      return guard.within;
    },
  };
}

/** What the check would not notice in this host, it cannot vouch for. */
async function plantFaults(
  simulation: SimulateOptions,
  guard: Guard,
  random: Random,
  report: HostReport,
): Promise<void> {
  for (const { name, fault, breaks, plan, plant } of PLANTED_FAULTS) {
    let caughtBy: CaughtCanary['caughtBy'] = null;
    const createHost = plant(simulation.createHost ?? createStateSyncNode);
    for (let runs = 1; runs <= PLANTED_RUNS_MAX && caughtBy === null; runs++) {
      guard.beginRun();
      const run = { ...simulation, adversaries: ADVERSARIES, properties: PROPERTIES, plan, createHost };
      const { violation, seed } = await simulate(random.whole(0, 0xffffffff), run);
      if (violation !== null && breaks.includes(violation.property))
        caughtBy = { seed, runs, property: violation.property };
    }
    report.canaries.push({ name, bug: fault, caughtBy });
    if (caughtBy === null) {
      complain(
        report,
        `A fault that was planted between the host and its ports was not noticed: ${fault}. What this check says of the host is worth nothing. Does the host tell \`observe\` of every event, and use the ports it is given?`,
      );
    }
  }
}

function complainOfWitnesses(own: readonly Sometimes[], report: HostReport): void {
  for (const names of [...REQUIRED, ...own.map((witness) => [witness.name])]) {
    const seen = Math.max(...names.map((each) => report.witnessed.get(each) ?? 0));
    const name = names.join('" or "');
    const needed = Math.max(1, Math.ceil(report.runs / REQUIRED_ONE_IN));
    if (seen >= needed) continue;
    complain(
      report,
      `"${name}" happened in ${seen} of ${report.runs} runs, and must in ${needed}: the runs have not been where it matters. More runs, other adversaries, or another \`plan\`?`,
    );
  }
  for (const [name, count] of report.checks) {
    if (count > 0 || !report.ownProperties.has(name)) continue;
    complain(report, `Your property "${name}" never had anything to check.`);
  }
}

function adversariesOf(chosen: readonly (string | Adversary)[] | undefined): readonly Adversary[] {
  if (chosen === undefined) return ADVERSARIES;
  const list = chosen.map((each) => {
    if (typeof each !== 'string') return each;
    const found = ADVERSARIES.find((known) => [known.id, known.name, fullName(known)].includes(each));
    if (found === undefined) throw new Error(`checkHost: there is no adversary "${each}"; see ADVERSARIES`);
    return found;
  });
  const twice = list.find(({ id }, i) => list.findIndex((other) => other.id === id) !== i);
  if (twice !== undefined) throw new Error(`checkHost: two adversaries have the number ${twice.id}`);
  return list;
}

/** Options without which a replay would not be the same. */
function sameOptions({ adversaries, properties, allowRealTimers }: CheckHostOptions): string {
  const own = adversaries?.some((each) => typeof each !== 'string') === true ? 'adversaries, ' : '';
  return `${own}${properties === undefined ? '' : 'properties, '}${allowRealTimers === true ? 'allowRealTimers: true, ' : ''}`;
}

function freshSeed(): number {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  return seed;
}
