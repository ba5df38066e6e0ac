import { operationModeChart } from '../../src/core/advance.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import { inMode, nextHeight } from '../../src/core/turn.ts';
import type { OperationModeEvent } from '../../machines/operation-mode.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const rejectionsHaveACause = always(
  'rejections-have-a-cause',
  ['MODE-8', 'MODE-10'],
  'An event is rejected when the mode has no place for it, or consensus decided a height while one below is missing, and at no other time; what is rejected moves neither height nor mode.',
  (seen) => {
    const { event, before, after } = seen;
    // With it the watch begins: what was before is not known.
    if (event.type === 'Start') return undefined;
    const rejected = effectsOf(seen, 'eventRejected').some((told) => told.event === event.type);
    const isGap = isEvent(event, 'blockFinalized') && event.height > nextHeight(before);
    const hasCause = isGap || isOutOfPlace(event, before.control);
    if (!rejected && hasCause) return `${event.type} is taken in ${before.control.mode}`;
    // Every event could be; those that a mode or consensus may have no place for are what is counted.
    if (!rejected) return isEvent(event, 'blockFinalized') || OF_THE_CHART.test(event.type) ? true : undefined;
    if (!hasCause) return `${event.type} is rejected in ${before.control.mode}, without a cause`;
    const isAsBefore = before.local === after.local && before.control === after.control;
    return isAsBefore ? true : `${event.type} is rejected, and moves height or mode`;
  },
);

/** What comes of work begun earlier, and of consensus, is taken also of a node that stopped. */
const TAKEN_ALWAYS: ReadonlySet<SyncEvent['type']> = new Set([
  'blocksVerified',
  'blocksApplied',
  'blocksCommitted',
  'blocksRolledBack',
  'blocksServed',
  'blockFinalized',
  'validatorStatusChanged',
]);

const OF_THE_CHART = /^(Start|Stop|P2P_|Consensus_|Server_)/;

function isOutOfPlace({ type }: SyncEvent, control: Parameters<typeof inMode>[0]['control']): boolean {
  if (OF_THE_CHART.test(type)) return !operationModeChart.accepts(control, type as OperationModeEvent);
  return !TAKEN_ALWAYS.has(type) && !inMode({ control }, 'running');
}
