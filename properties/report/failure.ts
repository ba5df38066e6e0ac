import type { RunResult, SimulateOptions } from '../campaign/simulate.ts';
import { simulatePlan } from '../campaign/simulate.ts';
import { ADVERSARIES, fullName } from '../adversaries/index.ts';
import type { Adversary } from '../adversaries/index.ts';
import { planLine } from '../shrink/plan-line.ts';
import { shrink } from '../shrink/shrink.ts';
import type { PeerPlan, Plan } from '../simulation/plan.ts';
import { describePlan } from '../simulation/plan.ts';
import { Story } from './story.ts';

/** A broken run, made as small as could be, with all that it takes to understand it and to see it again. */
export interface Failure {
  /** The run as it was found. */
  readonly found: RunResult;
  /** The smallest run that breaks the same property. */
  readonly smallest: RunResult;
  /** How many runs it took to find that. */
  readonly shrinkRuns: number;
  /** The smallest run as one line, for `replay`. */
  readonly line: string;
  /** What happened in it, as far as it matters, in words. */
  readonly events: readonly string[];
  /** All of this for people. */
  readonly text: string;
}

export interface FailureSetting {
  /** As the runs were made. */
  readonly options: SimulateOptions;
  /** The line of code, or the command, that shows the run again. */
  readonly again: (line: string) => string;
  /** How much real time may go into making it smaller. Default: 15 s; 0: not at all. */
  readonly shrinkMs?: number;
}

const EVENTS_MAX = 24;

/** Makes a broken run smaller, and tells it. */
export async function explainFailure(found: RunResult, setting: FailureSetting): Promise<Failure> {
  const { options, shrinkMs } = setting;
  const run = (plan: Plan) => simulatePlan(plan, options);
  const limit = shrinkMs === undefined ? {} : { timeMsMax: shrinkMs };
  const { result: smaller, runs: shrinkRuns } = await shrink(found, { run, ...limit });
  const story = new Story();
  const last = await simulatePlan(smaller.plan, { ...options, story });
  // A host that does not do the same twice may not break again.
  const smallest = last.violation?.property === smaller.violation?.property ? last : smaller;
  const { violation } = smallest;
  const events = violation === null ? [] : story.about(violation, EVENTS_MAX);
  const line = planLine(smallest.plan);
  const isSteady = last.violation?.property === smaller.violation?.property;
  const failure = { found, smallest, shrinkRuns, line, events };
  return { ...failure, text: failureInWords(failure, setting, isSteady) };
}

function failureInWords(failure: Omit<Failure, 'text'>, { options, again }: FailureSetting, isSteady: boolean): string {
  const { found, smallest, shrinkRuns, line, events } = failure;
  const { violation, plan, ending } = smallest;
  if (violation === null) return 'nothing is broken';
  const { property, clauses, says, detail, node, atMs } = violation;
  const unsteady =
    'The same run did not break again: the host does not do the same twice. Time, chance, or state kept outside of it?';
  return [
    `BROKEN: ${property}`,
    '',
    `  What must hold   ${says}`,
    `                   ${clausesInWords(clauses)}`,
    `  What happened    ${detail}`,
    `  Where and when   ${node}, ${(atMs / 1_000).toFixed(3)} s into the run`,
    ...(isSteady ? [] : [`  Beware           ${unsteady}`]),
    '',
    `  What ${node} was told (and what came of it), as far as it has to do with that:`,
    ...events.map((event) => `  ${event}`),
    '',
    '  How things stood then:',
    ...ending.map((each) => `    ${each}`),
    '',
    '  Who was there:',
    ...worldInWords(plan, options.adversaries ?? ADVERSARIES).map((each) => `    ${each}`),
    '',
    shrinkRuns === 0
      ? `  How large it is: ${sizeOf(smallest)}.`
      : `  Found with seed ${found.seed}: ${sizeOf(found)}. Made smaller in ${shrinkRuns} runs: ${sizeOf(smallest)}.`,
    '  Again, exactly this run:',
    `    ${again(line)}`,
  ].join('\n');
}

/** Clauses, and where they are written. */
export function clausesInWords(clauses: readonly string[]): string {
  const ofHosts = clauses.filter((clause) => clause.startsWith('HOST-'));
  const others = clauses.filter((clause) => !clause.startsWith('HOST-'));
  const pages = [
    [ofHosts, 'docs/host-contract.md'],
    [others, 'docs/spec.md'],
  ] as const;
  return pages.flatMap(([list, page]) => (list.length === 0 ? [] : [`${list.join(', ')} (${page})`])).join('; ');
}

function worldInWords(plan: Plan, adversaries: readonly Adversary[]): string[] {
  const does = (name: string) => `${name}: ${adversaries.find((each) => fullName(each) === name)?.does ?? '?'}`;
  const lines = describePlan(plan)
    .slice(0, 3)
    .concat(describePlan(plan).slice(3, 3 + plan.nodes.length));
  return [
    ...lines,
    ...plan.peers.map(
      (peer) =>
        `${peer.id}: ${peer.behaviours.length === 0 ? honestInWords(peer) : peer.behaviours.map(does).join('; ')}`,
    ),
    ...plan.environment.map((name) => `the world: ${does(name)}`),
  ];
}

function honestInWords({ holdings, wire }: PeerPlan): string {
  const { minHeight, lagBlocks, serveMsMax } = holdings;
  const behind = lagBlocks === 0 ? 'all blocks' : `all but the newest ${lagBlocks} blocks`;
  const pruned = minHeight > 1 ? ` from ${minHeight} on` : '';
  return `honest, has ${behind}${pruned}, answers within ${serveMsMax} ms, ${wire}`;
}

function sizeOf({ plan, events }: RunResult): string {
  const { nodes, peers, environment, chain } = plan;
  const counts = [count(nodes.length, 'node'), count(peers.length, 'peer'), count(environment.length, 'fault')];
  return [...counts, count(chain.startHeight, 'block'), count(events, 'event')].join(', ');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
