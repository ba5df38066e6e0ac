import type { CreateHostToCheck } from '../contract/watched-host.ts';
import { withinRealTime } from '../ports/time-limit.ts';
import { createStateSyncNode } from '../simulation/host-under-test.ts';
import type { WholeNodePlan } from './draw-plan.ts';
import { drawWholeNodePlan } from './draw-plan.ts';
import type { MakeParts, Parts } from './parts.ts';
import type { Broken } from '../report/broken.ts';
import { WHOLE } from './properties.ts';
import type { WholeNodeRun } from './run.ts';
import { runWholeNode } from './run.ts';

export interface WholeNodeCheck extends Omit<WholeNodeRun, 'broken'> {
  readonly violation: WholeNodeViolation | null;
}

export interface WholeNodeViolation extends Broken {
  /** What the node was made of, its peers, its lives and what failed. */
  readonly plan: readonly string[];
  readonly story: readonly string[];
}

export interface WholeNodeCheckOptions {
  /** Default: this package's node. */
  readonly createHost?: CreateHostToCheck;
  /** Whether the host is known to run this package's own `step`. Default: true. */
  readonly ownCore?: boolean;
  /** How long the run may take, in real time. Default: 60,000 ms. */
  readonly realMsMax?: number;
}

const REAL_MS_MAX = 60_000;
/** Room for whatever a wire puts around a block. */
const SPARE_BYTES = 1_000;

/**
 * One node of these parts syncs among peers of which one may tamper, while its parts fail, and its process is killed or
 * stopped and comes back over what it has stored; all drawn from the seed.
 */
export async function checkWholeNode(
  seed: number,
  makeParts: MakeParts,
  { createHost = createStateSyncNode, ownCore = true, realMsMax = REAL_MS_MAX }: WholeNodeCheckOptions = {},
): Promise<WholeNodeCheck> {
  const parts = await makeParts(seed);
  const { blocks, spoiled } = parts;
  const bytesMax = [...blocks, ...spoiled.values()].reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const plan = drawWholeNodePlan(seed, blocks.length, bytesMax + SPARE_BYTES);
  try {
    const running = runWholeNode(plan, parts, { createHost, ownCore });
    const { broken, ...run } = await withinRealTime(realMsMax, running, () => tooLong(realMsMax));
    if (broken === null) return { ...run, violation: null };
    return { ...run, violation: { ...broken, plan: planInWords(plan, parts), story: run.story } };
  } finally {
    await parts.dispose();
  }
}

function tooLong(msMax: number): WholeNodeRun {
  const { broken } = WHOLE.ends.broken(`the run is not over after ${msMax / 1_000} s of real time`);
  return { broken, events: 0, virtualMs: 0, refusals: 0, lives: 0, story: [] };
}

function planInWords({ peers, config, faults, workMsMax, ends }: WholeNodePlan, { name, blocks }: Parts): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const failing = Object.entries<number>(faults).filter(([, rate]) => rate > 0);
  return [
    `${name}; a chain of ${blocks.length} blocks`,
    ...peers.map(({ id, lie, bytesPerMs, roundTripMs, fails }) => {
      const failures = Object.entries<number>(fails).filter(([, rate]) => rate > 0);
      const words = failures.map(([kind, rate]) => `, ${percent(rate)} ${kind}`).join('');
      return `${id}: ${lie === null ? 'honest' : `lies: ${lie}`}, ${bytesPerMs.toFixed(0)} kB/s, ${roundTripMs.toFixed(0)} ms${words}`;
    }),
    ...ends.map(({ atCommit, how, pruneKeep }, i) => {
      const pruned = pruneKeep === null ? '' : `, then pruned to the newest ${Math.max(1, pruneKeep + 1)}`;
      const beyond = pruneKeep !== null && pruneKeep < 0 ? ', by a height beyond it' : '';
      return `life ${i + 1}: ${how} at its commit ${atCommit}${pruned}${beyond}`;
    }),
    `calls take up to ${workMsMax} ms; ${failing.length === 0 ? 'none fails' : failing.map(([call, rate]) => `${call} ${percent(rate)}`).join(', ')}`,
    `settings: ${Object.entries(config)
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(', ')}`,
  ];
}
