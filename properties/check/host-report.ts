import type { CaughtCanary } from '../campaign/campaign.ts';
import type { RunResult } from '../campaign/simulate.ts';
import { CONTRACT_RULES } from '../contract/rules.ts';
import type { Always } from '../invariants/index.ts';
import { PROPERTIES, WITNESSES } from '../invariants/index.ts';
import type { Failure } from '../report/failure.ts';
import { clausesInWords } from '../report/failure.ts';

/** What a check of a host did and found. Counts are summed over its runs. */
export interface HostReport {
  /** Whether nothing is broken, and the check saw enough to mean something. */
  isGood: boolean;
  readonly seed: number;
  runs: number;
  events: number;
  simulatedMs: number;
  blocksCommitted: number;
  /** How often each adversary acted. */
  readonly acts: Map<string, number>;
  /** How often each property had something to check. */
  readonly checks: Map<string, number>;
  /** In how many runs each witness was seen. */
  readonly witnessed: Map<string, number>;
  readonly canaries: CaughtCanary[];
  /** The suites of single adapters; `failed` says how. */
  readonly portCases: PortCaseResult[];
  /** Nodes made of single adapters, in small networks. */
  readonly wholeNodes: WholeNodesResult[];
  /** How long the host takes to sync over unequal links; null: it was not measured. */
  pace: PaceResult | null;
  /** Runs in which a property broke, explained. The check ends with the first. */
  readonly failures: Failure[];
  /** Why the check itself means too little. */
  readonly complaints: string[];
  /** What is no fault, and worth knowing. */
  readonly notices: string[];
  readonly ownProperties: ReadonlySet<string>;
  /** All of this for people. */
  text: string;
}

export interface PortCaseResult {
  readonly port: string;
  readonly name: string;
  readonly clauses: readonly string[];
  readonly failed: string | null;
}

export interface WholeNodesResult {
  readonly port: string;
  readonly runs: number;
  /** How many lives their nodes had together. */
  readonly lives: number;
  /** In how many of the runs verifier or executor refused a block; null: none that is bad is served. */
  readonly refusing: number | null;
  /** In words, with how to see it again. */
  readonly failed: string | null;
}

export interface PaceResult {
  readonly runs: number;
  /** How long they took over how long they usually take: the average. */
  readonly overUsual: number;
  /** In words, with how to see it again. */
  readonly failed: string | null;
}

export function emptyReport(seed: number, properties: readonly Always[]): HostReport {
  const own = properties.map(({ name }) => name).filter((name) => !PROPERTIES.some((known) => known.name === name));
  return {
    get isGood() {
      return (
        this.failures.length + this.complaints.length === 0 &&
        [...this.portCases, ...this.wholeNodes, ...(this.pace === null ? [] : [this.pace])].every(
          ({ failed }) => failed === null,
        )
      );
    },
    seed,
    runs: 0,
    events: 0,
    simulatedMs: 0,
    blocksCommitted: 0,
    acts: new Map(),
    checks: new Map([...CONTRACT_RULES, ...properties].map(({ name }) => [name, 0])),
    witnessed: new Map(),
    canaries: [],
    portCases: [],
    wholeNodes: [],
    pace: null,
    failures: [],
    complaints: [],
    notices: [],
    ownProperties: new Set(own),
    text: '',
  };
}

export function addRun(report: HostReport, result: RunResult): void {
  report.runs++;
  report.events += result.events;
  report.simulatedMs += result.simulatedMs;
  report.blocksCommitted += result.blocksCommitted;
  for (const [sums, counts] of [
    [report.acts, result.acts],
    [report.checks, result.checks],
    [report.witnessed, result.witnessed],
  ] as const) {
    for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
  }
}

export function complain(report: HostReport, words: string): void {
  report.complaints.push(words);
}

/** @param isReplay whether it is of one run again, of which there is less to say */
export function hostReportInWords(report: HostReport, isReplay = false): string {
  const { failures, complaints, portCases, wholeNodes, pace, notices, canaries } = report;
  const failed = portCases.filter((each) => each.failed !== null);
  return [
    ...failed.map(({ port, name, clauses, failed: how }) => {
      return [`BROKEN: the ${port}: ${name}`, `  ${how ?? ''}`, `  ${clausesInWords(clauses)}`, ''].join('\n');
    }),
    ...wholeNodes.flatMap(({ failed: text }) => (text === null ? [] : [`${text}\n`])),
    ...(pace?.failed == null ? [] : [`${pace.failed}\n`]),
    ...failures.map(({ text }) => `${text}\n`),
    ...complaints.map((words) => `TOO LITTLE TO GO BY: ${words}\n`),
    ...(portCases.length === 0
      ? []
      : [`${portCases.length - failed.length} of ${portCases.length} cases of the adapters passed.`]),
    ...wholeNodes.map(({ port, runs, lives, refusing }) => {
      const refused = refusing === null ? '' : `, bad blocks refused in ${refusing}`;
      return `The ${port} in whole nodes: ${runs} networks, ${lives} lives${refused}.`;
    }),
    ...(report.runs === 0 ? [] : [isReplay ? `One run, replayed: ${report.events} events.` : networkInWords(report)]),
    ...(pace === null
      ? []
      : [`Pace: ${pace.runs} syncs, ${pace.overUsual.toFixed(3)} times as long as usual on average.`]),
    ...canaries.map(({ bug, caughtBy }) => {
      return `Planted: ${bug}; ${caughtBy === null ? 'NOT noticed' : `noticed by ${caughtBy.property}`}.`;
    }),
    ...notices,
  ].join('\n');
}

function networkInWords({ seed, runs, events, simulatedMs, acts, checks, witnessed }: HostReport): string {
  const hours = (simulatedMs / 3_600_000).toFixed(1);
  const checked = [...checks.values()].filter((count) => count > 0).length;
  const unseen = WITNESSES.filter(({ name }) => !witnessed.has(name)).length;
  return (
    `${runs} simulated networks of seed ${seed}: ${events} events, ${hours} simulated hours, ${acts.size} kinds of ` +
    `adversaries and faults at work, ${checked} of ${checks.size} properties checked, ` +
    `${WITNESSES.length - unseen} of ${WITNESSES.length} witnesses seen.`
  );
}
