import type { Facts } from '../../src/core/facts.ts';
import type { Outcome, Seen } from './property.ts';
import { always, effectsOf } from './property.ts';

/** So often what was gained is measured, while Sync lasts. */
const MEASURED_EVERY_MS = 5_000;

export const paceIsWhatWasGained = always(
  'pace-is-what-was-gained',
  ['SYNC-8'],
  'While Sync lasts, how fast the height and the target grow is measured every five seconds, and a target that grows no slower than the height, twice on end, is told to outrun it.',
  (seen) => {
    const { before, after } = seen;
    if (before.pace === after.pace) return isStale(after) ? 'what was gained was not measured for too long' : undefined;
    // Sync began anew.
    if (effectsOf(seen, 'modeChanged').length > 0) return undefined;
    return differs(seen) ?? true;
  },
);

function isStale({ control, clock, pace }: Facts): boolean {
  return control.mode === 'Consensus_SyncMode' && clock.now - pace.since.at >= MEASURED_EVERY_MS;
}

function differs({ before, after }: Seen): Outcome {
  const { since } = before.pace;
  const { pace, clock, local, aggregate } = after;
  const tookMs = clock.now - since.at;
  if (tookMs < MEASURED_EVERY_MS) return `measured again after ${tookMs} ms`;
  const grown = local.maxHeight - since.height;
  const targetGrown = (aggregate?.maxHeight ?? local.maxHeight) - since.target;
  if (!isRate(pace.blocksPerSecond, grown, tookMs))
    return `${grown} blocks were added in ${tookMs} ms, told are ${pace.blocksPerSecond ?? 'none'} a second`;
  if (!isRate(pace.targetPerSecond, targetGrown, tookMs))
    return `the target grew by ${targetGrown} in ${tookMs} ms, told are ${pace.targetPerSecond ?? 'none'} a second`;
  const outrun = grown > 0 && targetGrown >= grown ? before.pace.outrun + 1 : 0;
  return pace.outrun === outrun ? undefined : `outrun ${outrun} times on end, told are ${pace.outrun}`;
}

function isRate(perSecond: number | null, grown: number, tookMs: number): boolean {
  const expected = (grown / tookMs) * 1_000;
  return perSecond !== null && Math.abs(perSecond - expected) <= 1e-9 * Math.abs(expected);
}
