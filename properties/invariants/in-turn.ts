import type { Facts } from '../../src/core/facts.ts';
import { blockRequestChart } from '../../src/core/advance.ts';
import { headHeight, spanHolding } from '../../src/core/window.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { isEvent } from './property.ts';

/** What was verified in its turn and is not at the head any more is of no interest after so many others. */
const KNOWN_MAX = 64;

export const inTurnIsWhatWasCheckedInTurn: Always = {
  kind: 'always',
  name: 'in-turn-is-what-was-checked-in-turn',
  clauses: ['APPLY-1', 'APPLY-3', 'MODE-10'],
  says:
    'The next block counts as checked with its own validators only when that very block was, in its turn; else it would be ' +
    'held against its sender, or against us, what is only the validators that it was checked with.',
  // A verdict on blocks in work changes the window.
  on: { facts: ['window'] },
  watch: () => {
    const checked = new Set<string>();
    return {
      reborn: () => {
        checked.clear();
      },
      check: (seen): Outcome => {
        if (seen.before.window === seen.after.window) return undefined;
        const found = checkedInTurn(seen);
        if (found !== null) checked.add(found);
        if (checked.size > KNOWN_MAX) for (const oldest of [...checked].slice(0, KNOWN_MAX / 2)) checked.delete(oldest);
        const head = spanHolding(seen.after, headHeight(seen.after));
        if (head?.exact !== true || !blockRequestChart.hasTag(head.stage, 'certified')) return undefined;
        return checked.has(head.blocks[0]?.contentId ?? '')
          ? true
          : `${head.from} counts as checked in its turn, and was not`;
      },
    };
  },
};

/** The block that this event tells certified, and whose turn it was when that was asked. */
function checkedInTurn({ event, before }: Seen): string | null {
  if (!isEvent(event, 'blocksVerified') || event.valid < 1) return null;
  const work = before.work.verifying.find(({ id }) => id === event.workId);
  return work?.exact === true ? contentAt(before, work.from) : null;
}

function contentAt(facts: Facts, height: number): string | null {
  const span = spanHolding(facts, height);
  return span?.blocks[height - span.from]?.contentId ?? null;
}
