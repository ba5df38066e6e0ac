import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent, TimerName } from '../../src/core/events.ts';
import type { Judge } from './rules.ts';
import { BEATS_MAX, CONTRACT } from './rules.ts';

interface Armed {
  readonly dueMs: number;
  beatsLate: number;
}

/** HOST-7. Times are virtual time's, whatever the node's clock shows. */
export class TimersKept {
  readonly #judge: Judge;
  readonly #armed = new Map<TimerName, Armed>();
  /** When a timer was cleared: what had fired by then may still be on its way. */
  readonly #clearedAtMs = new Map<TimerName, number>();
  /** Due before they were cleared, and not told yet: the process was frozen, and tells once it thaws. */
  readonly #overdue = new Set<TimerName>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  observed(atMs: number, event: SyncEvent, effects: readonly Effect[]): void {
    if (event.type === 'timerFired') this.#fired(atMs, event.timer);
    for (const effect of effects) {
      if (effect.type === 'setTimer') {
        this.#armed.set(effect.timer, { dueMs: atMs + effect.delayMs, beatsLate: 0 });
        this.#clearedAtMs.set(effect.timer, atMs);
      } else if (effect.type === 'clearTimer') {
        this.#clear(atMs, effect.timer);
      }
    }
    if (event.type === 'Stop') for (const timer of [...this.#armed.keys()]) this.#clear(atMs, timer);
  }

  #clear(atMs: number, timer: TimerName): void {
    const armed = this.#armed.get(timer);
    if (armed === undefined) return;
    this.#armed.delete(timer);
    this.#clearedAtMs.set(timer, atMs);
    if (armed.dueMs <= atMs) this.#overdue.add(timer);
  }

  beat(atMs: number): void {
    for (const [timer, armed] of this.#armed) {
      if (atMs <= armed.dueMs || ++armed.beatsLate <= BEATS_MAX) continue;
      this.#judge.broken(
        CONTRACT.timers,
        `timer ${timer} was due ${seconds(atMs - armed.dueMs)} ago, and has not fired`,
      );
      return;
    }
  }

  #fired(atMs: number, timer: TimerName): void {
    const armed = this.#armed.get(timer);
    const earlyMs = armed === undefined ? Infinity : armed.dueMs - atMs;
    if (earlyMs <= 1) {
      this.#armed.delete(timer);
      this.#judge.held(CONTRACT.timers);
    } else if (this.#clearedAtMs.get(timer) === atMs) {
      // It had fired by then, and was still on its way.
    } else if (armed === undefined && this.#overdue.delete(timer)) {
      // It was due before it was cleared.
    } else if (armed === undefined) {
      this.#judge.broken(CONTRACT.timers, `timer ${timer} fired, which was cleared, or had fired already`);
    } else {
      const detail = `timer ${timer} fired ${seconds(earlyMs)} early: was the timer that it replaced not cancelled?`;
      this.#judge.broken(CONTRACT.timers, detail);
    }
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`;
}
