import { always, effectsOf } from './property.ts';

export const nothingIsAskedOverAGap = always(
  'nothing-is-asked-over-a-gap',
  ['SYNC-8'],
  'While everybody has pruned what is next, nothing above it is asked for: it would only fill the buffer.',
  (seen) => {
    const { before, after } = seen;
    if (before.aggregate?.pruned !== true || after.aggregate?.pruned !== true) return undefined;
    const asked = effectsOf(seen, 'sendGetBlocks');
    const over = asked.find(({ purpose }) => purpose === 'sync');
    if (over !== undefined)
      return `${over.peer} is asked for ${over.from}, and nobody has ${after.local.maxHeight + 1}`;
    return asked.length > 0 || before.aggregate !== after.aggregate ? true : undefined;
  },
  { effects: ['sendGetBlocks'], facts: ['aggregate'] },
);
