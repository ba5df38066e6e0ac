import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { clockCases, type ClockSubject } from '../../properties/ports/clock-suite.ts';
import { createSystemClock } from '../../src/adapters/system-clock.ts';

const subject: ClockSubject = {
  create: createSystemClock,
  async pass(clock, durationMs) {
    const untilMs = clock.now() + durationMs;
    // One turn more than the time itself, for callbacks that fall due at its end.
    while (clock.now() < untilMs) await sleep(1);
    await sleep(1);
  },
};

describe('the system clock', () => {
  for (const { name, run } of clockCases) it(name, () => run(subject));

  it('SYNC-4: a callback is not early when the event loop was busy before it was asked for', async () => {
    const clock = createSystemClock();
    const busyUntilMs = clock.now() + 20;
    while (clock.now() < busyUntilMs);
    const dueMs = clock.now() + 5;
    const calledMs = await new Promise<number>((resolve) => clock.after(5, () => resolve(clock.now())));
    expect(calledMs).toBeGreaterThanOrEqual(dueMs);
  });
});
