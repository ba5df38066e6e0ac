import type { PaceViolation } from '../pace/check.ts';
import { checkPace, PACE_PROPERTIES } from '../pace/check.ts';
import { createStateSyncNode } from '../simulation/node.ts';
import type { CreateHost } from '../simulation/node.ts';
import { Random } from '../simulation/random.ts';

/** The part of a campaign that looks at how long a sync takes. */
export interface PaceReport {
  runs: number;
  readonly failures: (PaceViolation & { readonly seed: number })[];
  /** Whether a planted bug was caught: else nothing that was not found means anything. */
  readonly isCanaryCaught: boolean;
}

const FAILURES_MAX = 3;
const CANARY_RUNS_MAX = 20;

/** A bug: every peer is asked for the next range only when it has given the one before. */
const oneRangeAtATime: CreateHost = (options) =>
  createStateSyncNode({ ...options, config: { ...options.config, inFlightPerPeerMax: 1 } });

/** Draws seeds from `seed`, until it is over. */
export async function runPace(seed: number, isOver: (runs: number) => boolean): Promise<PaceReport> {
  const random = new Random(seed).fork('pace');
  const draw = () => random.whole(0, 0x7fffffff);
  let isCanaryCaught = false;
  for (let runs = 0; runs < CANARY_RUNS_MAX && !isCanaryCaught; runs++) {
    isCanaryCaught = (await checkPace(draw(), oneRangeAtATime)) !== null;
  }
  const report: PaceReport = { runs: 0, failures: [], isCanaryCaught };
  while (!isOver(report.runs) && report.failures.length < FAILURES_MAX) {
    const drawn = draw();
    const violation = await checkPace(drawn);
    report.runs++;
    if (violation !== null) report.failures.push({ ...violation, seed: drawn });
  }
  return report;
}

export function isPaceGood({ failures, isCanaryCaught }: PaceReport): boolean {
  return failures.length === 0 && isCanaryCaught;
}

export function describePace({ runs, failures, isCanaryCaught }: PaceReport): string {
  const caught = isCanaryCaught ? 'caught' : 'NOT CAUGHT';
  const names = PACE_PROPERTIES.map(({ name }) => name).join(', ');
  return [
    `Pace: ${runs} syncs over unequal links, held against ${names}; ${failures.length} broken. ` +
      `Planted bug (every peer is asked for one range at a time): ${caught}.`,
    ...failures.flatMap(describePaceViolation),
  ].join('\n');
}

export function describePaceViolation(violation: PaceViolation & { readonly seed: number }): readonly string[] {
  const { property, clauses, says, detail, network, seed } = violation;
  return [
    `BROKEN: ${property}`,
    `  What must hold   ${says}`,
    `                   ${clauses.join(', ')} (docs/spec.md)`,
    `  What happened    ${detail}`,
    '  The network, and what became of it:',
    ...network.map((line) => `    ${line}`),
    `  Again            npm run campaign -- --replay-pace ${seed}`,
  ];
}
