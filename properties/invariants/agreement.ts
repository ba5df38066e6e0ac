import { checkFacts } from './check-facts.ts';
import type { Always } from './property.ts';

/** Everything is counted anew: not after every event. */
const EVERY_EVENTS = 64;

export const factsAgree: Always = {
  kind: 'always',
  name: 'the-facts-agree',
  clauses: ['META-6', 'SYNC-2', 'SYNC-3', 'PEER-2', 'LIMIT'],
  says: 'Facts, the indexes over them and their counts agree, and nothing is kept that is over.',
  watch: () => {
    let events = 0;
    return {
      check: ({ before, after }) => {
        if (++events % EVERY_EVENTS !== 0) return undefined;
        try {
          checkFacts(after, before);
          return true;
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
      },
    };
  },
};
