import type { Failure } from '../report/failure.ts';
import { WITNESSES } from '../invariants/index.ts';
import type { CampaignReport } from './campaign.ts';
import { RUNS_TO_ACT, idleAdversaries } from './campaign.ts';
import { replayLine } from './replay-line.ts';
import { ADVERSARY_NAMES } from './simulate.ts';

/** A campaign's report, for people. */
export function describeCampaign(report: CampaignReport, cpuMinutes?: number): string {
  const hours = report.simulatedMs / 3_600_000;
  const speed = cpuMinutes === undefined ? '' : `, ${(hours / cpuMinutes).toFixed(0)} simulated hours a CPU minute`;
  return [
    `Campaign of seed ${report.seed}: ${report.runs} runs, ${report.events} events, ${hours.toFixed(1)} simulated hours${speed}.`,
    `${report.blocksCommitted} blocks committed. Slowest recovery: ${percent(report.worstOfBound)} of its bound.`,
    section('Adversaries, by how often they acted', counted(ADVERSARY_NAMES, report.acts)),
    section('Faults of network and host', counted([...report.faults.keys()], report.faults)),
    section('Properties, by how often they had something to check', counted([...report.checks.keys()], report.checks)),
    section('Witnesses, by runs', counted(names(WITNESSES), report.witnessed)),
    section('Planted bugs', report.canaries.map(describeCanary)),
    ...idleLines(report),
    ...brokenLines(report.failures),
    verdict(report),
  ].join('\n');
}

/** Of each property that broke, its smallest run at length, and the others in a line each. */
function brokenLines(failures: readonly Failure[]): readonly string[] {
  const byProperty = new Map<string, Failure[]>();
  for (const failure of failures) {
    const property = failure.found.violation?.property ?? '?';
    byProperty.set(property, [...(byProperty.get(property) ?? []), failure]);
  }
  return [...byProperty.values()].flatMap((same) => {
    const [smallest, ...others] = same.toSorted((a, b) => a.smallest.events - b.smallest.events);
    if (smallest === undefined) return [];
    return [
      '',
      smallest.text,
      ...(others.length === 0
        ? []
        : ['', `  Other runs that broke it, with ${replayLine('SEED').replaceAll("'", '')}:`]),
      ...others.map(
        ({ found }) => `${String(found.seed).padStart(14)}  ${found.violation?.detail.split('\n')[0] ?? ''}`,
      ),
      '',
    ];
  });
}

/** A campaign in which somebody never did a thing says nothing about them. */
function idleLines(report: CampaignReport): readonly string[] {
  const idle = idleAdversaries(report);
  if (idle.length === 0) return [];
  const told = report.runs < RUNS_TO_ACT ? `; from ${RUNS_TO_ACT} runs on that is a failure` : '';
  return [`Adversaries that never acted: ${idle.join(', ')}${told}.`];
}

function describeCanary({ name, bug, caughtBy }: CampaignReport['canaries'][number]): string {
  if (caughtBy === null) return `${name} (${bug}): NOT CAUGHT`;
  return `${name} (${bug}): caught in run ${caughtBy.runs} by ${caughtBy.property}`;
}

function verdict({ failures, canaries, checks, witnessed }: CampaignReport): string {
  const missed = canaries.filter(({ caughtBy }) => caughtBy === null).length;
  const unchecked = [...checks.values()].filter((count) => count === 0).length;
  const unseen = names(WITNESSES).filter((name) => !witnessed.has(name)).length;
  const gaps =
    unchecked + unseen === 0 ? '' : ` ${unchecked} properties were never checked, ${unseen} witnesses never seen.`;
  if (failures.length + missed === 0) return `Nothing is broken.${gaps}`;
  const properties = new Set(failures.map(({ found }) => found.violation?.property ?? '?'));
  const which = properties.size === 0 ? '' : ` (${[...properties].join(', ')})`;
  return `${failures.length} runs are broken${which}, ${missed} planted bugs were not caught.${gaps}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

function counted(all: readonly string[], counts: ReadonlyMap<string, number>): readonly string[] {
  return all.map((name) => `${String(counts.get(name) ?? 0).padStart(10)}  ${name}`);
}

function names(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name);
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
