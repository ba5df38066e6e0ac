import type { Counts } from './counts.ts';
import type { Budgets, WorldPlan } from './plan.ts';
import { UNBOUNDED } from './plan.ts';

export const TABLE_BEGINS = '<!-- worlds: written by npm run explore -- --write -->';
export const TABLE_ENDS = '<!-- end of worlds -->';

/** The worlds and their exact sizes, as docs/exploration.md shows them. */
export function worldsTable(plans: readonly WorldPlan[], counts: Readonly<Partial<Record<string, Counts>>>): string {
  const rows = plans.flatMap((plan) => {
    const { name, says, liveness } = plan;
    const what = `${says} ${limitsOf(plan)}`;
    const row = (key: string, explained: string) => {
      const of = counts[key];
      const sizes = [of?.states, of?.transitions, of?.depth].map((count) => count ?? '?');
      const cycles = liveness ? (of?.cycles ?? '?') : 'not asked';
      return `| ${key} | ${explained} | ${[...sizes, cycles].join(' | ')} |`;
    };
    const plain = row(name, what);
    return plan.interchangeable === null ? [plain] : [plain, row(`${name} symmetric`, 'The same, by symmetry.')];
  });
  return [
    '| world | what it is | states | transitions | depth | cycles |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

/** A page with its table made anew. */
export function withTable(page: string, table: string): string {
  const [before, rest] = page.split(TABLE_BEGINS);
  const [, after] = (rest ?? '').split(TABLE_ENDS);
  if (before === undefined || after === undefined) throw new Error('the page has no place for the table of worlds');
  return `${before}${TABLE_BEGINS}\n\n${table}\n\n${TABLE_ENDS}${after}`;
}

const WORDS: Readonly<Record<keyof Budgets, string>> = {
  crashes: 'crashes',
  delays: 'delays',
  hostFaults: 'host faults',
  departures: 'departures',
  sendFailures: 'failed sends',
  lateAnswers: 'late answers of liars',
  liarActs: 'acts of liars',
  growth: 'blocks of growth',
  validatorChanges: 'changes of validator',
};

function limitsOf({ chainHeight, budgets }: WorldPlan): string {
  const limits = Object.entries(budgets).map(([name, count]) => {
    const words = WORDS[name as keyof Budgets];
    return count === UNBOUNDED ? `${words} without end` : `${words}: ${count}`;
  });
  return [`${chainHeight} heights`, ...limits].join(', ') + '.';
}
