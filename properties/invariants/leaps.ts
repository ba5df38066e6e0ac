import { TIMERS } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { Always, Outcome } from './property.ts';
import { always, effectsOf } from './property.ts';

export const leapsAreNotTime = always(
  'leaps-are-not-time',
  ['SYNC-4'],
  'What our clock leapt, or our process slept, is no time for the core: nothing falls due by it, and every timer is set anew (A43).',
  (seen) => {
    const { before, after } = seen;
    const due = earliestTimer(before);
    if (due === null || after.control.mode === 'Stopped') return undefined;
    const lateMs = after.clock.now - due;
    if (lateMs > after.config.clockLeapMs)
      return `the first timer was due ${lateMs} ms ago, and all that counts as time`;
    const leaptMs = after.clock.skewMs - before.clock.skewMs;
    if (leaptMs <= 0) return undefined;
    const set = new Set(effectsOf(seen, 'setTimer').map(({ timer }) => timer));
    const kept = TIMERS.find((timer) => after.clock.armed[timer] !== null && !set.has(timer));
    return kept === undefined ? true : `the clock leapt ${leaptMs} ms, and the timer ${kept} is taken to be set still`;
  },
  { facts: ['clock'] },
);

export const coreTimeIsHostTime: Always = {
  kind: 'always',
  name: 'core-time-is-host-time',
  clauses: ['SYNC-4'],
  says: "Between two events no more time passes for the core than by the host's clock.",
  watch: () => {
    let hostMs: number | null = null;
    return {
      reborn: () => {
        hostMs = null;
      },
      check: ({ event, before, after }): Outcome => {
        // What the mode does not accept changes nothing, not even the time.
        if (after.clock === before.clock) return undefined;
        const passedMs = hostMs === null || !Number.isFinite(event.now) ? Infinity : Math.max(0, event.now - hostMs);
        if (Number.isFinite(event.now)) hostMs = event.now;
        const countedMs = after.clock.now - before.clock.now;
        if (passedMs === Infinity) return undefined;
        return countedMs <= passedMs + ROUNDING_MS
          ? true
          : `${countedMs} ms are counted, where ${passedMs} ms have passed`;
      },
    };
  },
};

const ROUNDING_MS = 1e-3;

function earliestTimer({ clock }: Facts): number | null {
  let earliest: number | null = null;
  for (const timer of TIMERS) {
    const at = clock.armed[timer];
    if (at !== null && (earliest === null || at < earliest)) earliest = at;
  }
  return earliest;
}
