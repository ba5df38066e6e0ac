import type { Always, Outcome } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';
import { maps } from '../../src/core/facts.ts';

export const tellsWhatIsCommitted = always(
  'tells-what-is-committed',
  ['SERVE-1', 'SERVE-2'],
  'Others are told the committed range, neither more nor less, and only in server mode.',
  (seen) => {
    const told = effectsOf(seen, 'sendMetadata');
    const { local, control } = seen.after;
    for (const { peer, minHeight, maxHeight } of told) {
      if (control.server !== 'Enabled') return `${peer} is told a range though server mode is off`;
      if (minHeight !== local.minHeight || maxHeight !== local.maxHeight)
        return `${peer} is told ${minHeight}..${maxHeight}, where ${local.minHeight}..${local.maxHeight} is committed`;
    }
    return told.length > 0 ? true : undefined;
  },
);

export const servingRoomComesBack: Always = {
  kind: 'always',
  name: 'serving-room-comes-back',
  clauses: ['SERVE-3', 'SERVE-4'],
  says: 'Room that serving took is given back when it is done, and nobody waits while there is room for all.',
  watch: () => {
    const serving = new Set<number>();
    return {
      reborn: () => {
        serving.clear();
      },
      check: (seen): Outcome => {
        const { event, after } = seen;
        if (isEvent(event, 'blocksServed')) serving.delete(event.serveId);
        const begun = effectsOf(seen, 'serveBlocks');
        for (const { serveId } of begun) serving.add(serveId);
        if (begun.length === 0 && !isEvent(event, 'blocksServed')) return undefined;
        const counted = maps.serving.size(after.serving.byId);
        if (counted !== serving.size) return `${serving.size} answers are under way, ${counted} are counted`;
        const waiting = maps.queued.size(after.serving.queue);
        return serving.size > 0 || waiting === 0 ? true : `${waiting} requests wait, and nothing is served`;
      },
    };
  },
};
