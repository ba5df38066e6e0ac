import type { Clock } from '../../src/node/ports.ts';
import { assertEqual, assertThat } from './assertions.ts';
import { portCase, type PortCase } from './port-case.ts';

/** What the suite needs to try a clock. */
export interface ClockSubject {
  create(): Clock;
  /** Lets at least `durationMs` of the clock's time go by, with its callbacks. A real clock needs no more than that. */
  pass(clock: Clock, durationMs: number): Promise<void>;
}

/** Every `Clock` passes these. They take some tens of milliseconds of the clock's time. */
export const clockCases: readonly PortCase<ClockSubject>[] = [
  portCase(['LIMIT'], 'time never goes back', async (subject) => {
    const clock = subject.create();
    let before = clock.now();
    for (let turn = 0; turn < 1_000; turn += 1) {
      const now = clock.now();
      assertThat(now >= before, `the clock went back from ${before} to ${now}`);
      before = now;
    }
    await subject.pass(clock, 5);
    assertThat(clock.now() >= before + 5, `5 ms went by, the clock shows ${clock.now() - before}`);
  }),

  portCase(['SYNC-4'], 'a callback comes once, and never early', async (subject) => {
    const clock = subject.create();
    const early: string[] = [];
    let calls = 0;
    const delays = [0, 0.4, 1, 1.6, 3, 7, 7.5, 11];
    for (const delayMs of delays) {
      const dueMs = clock.now() + delayMs;
      clock.after(delayMs, () => {
        calls += 1;
        if (clock.now() < dueMs) early.push(`${delayMs} ms came ${dueMs - clock.now()} ms early`);
      });
    }
    assertEqual(calls, 0, 'callbacks within after()');
    await subject.pass(clock, 30);
    assertEqual(calls, delays.length, 'callbacks in all');
    assertEqual(early, [], 'early callbacks');
  }),

  portCase(['SYNC-4'], 'callbacks come in the order of their due times', async (subject) => {
    const clock = subject.create();
    const order: string[] = [];
    for (const [name, delayMs] of [
      ['last', 12],
      ['second', 4],
      ['first', 1],
      ['third', 8],
    ] as const) {
      clock.after(delayMs, () => order.push(name));
    }
    await subject.pass(clock, 30);
    assertEqual(order, ['first', 'second', 'third', 'last'], 'the order');
  }),

  portCase(['SYNC-4'], 'callbacks of one delay come in the order of asking', async (subject) => {
    const clock = subject.create();
    const order: number[] = [];
    const expected = Array.from({ length: 50 }, (_, index) => index);
    for (const index of expected) clock.after(3, () => order.push(index));
    await subject.pass(clock, 20);
    assertEqual(order, expected, 'the order');
  }),

  portCase(['SYNC-4'], 'a cancelled callback does not come, and cancelling again is harmless', async (subject) => {
    const clock = subject.create();
    const called: string[] = [];
    const cancel = clock.after(2, () => called.push('cancelled'));
    const cancelFirst = clock.after(1, () => {
      called.push('first');
      cancelSecond();
    });
    const cancelSecond = clock.after(5, () => called.push('cancelled by the first'));
    clock.after(6, () => called.push('kept'));
    cancel();
    cancel();
    await subject.pass(clock, 20);
    cancelFirst();
    assertEqual(called, ['first', 'kept'], 'the callbacks');
  }),

  portCase(['SYNC-4'], 'a callback may ask for the next one', async (subject) => {
    const clock = subject.create();
    let turns = 0;
    const again = (): void => {
      turns += 1;
      if (turns < 3) clock.after(1, again);
    };
    clock.after(1, again);
    await subject.pass(clock, 30);
    assertEqual(turns, 3, 'callbacks');
  }),

  portCase(['LIMIT'], 'a delay longer than any native timer does not come at once', async (subject) => {
    const clock = subject.create();
    let called = false;
    const cancel = clock.after(30 * 24 * 60 * 60 * 1_000, () => {
      called = true;
    });
    await subject.pass(clock, 5);
    cancel();
    assertThat(!called, 'a delay of 30 days came at once');
  }),
];
