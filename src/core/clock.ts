import type { TimerName } from './events.ts';
import { TIMERS } from './events.ts';
import type { ClockFacts } from './facts.ts';
import { maps } from './facts.ts';
import type { Turn } from './turn.ts';
import { hedgeDueAt } from './hedge.ts';
import { emit } from './turn.ts';

const NOT_ARMED: ClockFacts['armed'] = { metadata: null, request: null, peer: null, host: null };

/**
 * The core's own time: it never goes back, and does not count what the host's clock leapt or the process slept
 * (A43). A leap shows by an event that comes long after a timer was due to fire.
 */
export function tick(turn: Turn, hostNow: number): void {
  const { clock } = turn;
  const reading = Number.isFinite(hostNow) ? hostNow - clock.skewMs : clock.now;
  let now = Math.max(reading, clock.now);
  let { armed } = clock;
  const due = earliest(armed);
  if (due !== null && now > due + turn.config.clockLeapMs) {
    now = Math.max(due, clock.now);
    // Whoever slept that long may have lost its timers too, or still have them: those that are needed are asked for again.
    for (const timer of TIMERS) if (armed[timer] !== null) emit(turn, { type: 'clearTimer', timer });
    armed = NOT_ARMED;
  }
  turn.clock = { now, skewMs: clock.skewMs + (reading - now), armed };
}

export function timerFired(turn: Turn, timer: TimerName): void {
  turn.clock = { ...turn.clock, armed: { ...turn.clock.armed, [timer]: null } };
}

/** Sets every timer that is needed earlier than it would fire. One that fires too early finds nothing due. */
export function armTimers(turn: Turn): void {
  if (nothingIsDueOtherwise(turn)) return;
  for (const timer of TIMERS) {
    const { now, armed } = turn.clock;
    const due = dueAt(turn, timer);
    const set = armed[timer];
    if (due === null) continue;
    // What fell due while nobody asked, as a probe of a peer that was away, is due now: a timer set for long ago would
    // pass for a leap of the clock.
    const at = Math.max(due, now);
    if (set !== null && set <= at) continue;
    turn.clock = { ...turn.clock, armed: { ...armed, [timer]: at } };
    emit(turn, { type: 'setTimer', timer, delayMs: at - now });
  }
}

/** Whether this event changed nothing that timers hang on. */
function nothingIsDueOtherwise({ before, control, clock, peers, requests, host, window }: Turn): boolean {
  if (control !== before.control || clock.armed !== before.clock.armed) return false;
  if (peers !== before.peers || requests !== before.requests) return false;
  return host === before.host && window === before.window;
}

export function clearTimers(turn: Turn): void {
  for (const timer of TIMERS) {
    if (turn.clock.armed[timer] !== null) emit(turn, { type: 'clearTimer', timer });
  }
  turn.clock = { ...turn.clock, armed: NOT_ARMED };
}

function dueAt(turn: Turn, timer: TimerName): number | null {
  switch (timer) {
    case 'metadata':
      return maps.byTime.first(turn.peers.asks)?.key[0] ?? null;
    case 'request':
      return lower(maps.deadlines.first(turn.requests.deadlines)?.key[0] ?? null, hedgeDueAt(turn));
    case 'peer':
      return lower(
        maps.byTime.first(turn.peers.conductEnds)?.key[0] ?? null,
        maps.byTime.first(turn.peers.probes)?.key[0] ?? null,
      );
    case 'host':
      return lower(turn.host.retryAt, turn.window.trouble?.suspect?.retryAt ?? null);
  }
}

function earliest(times: Readonly<Record<TimerName, number | null>>): number | null {
  let found: number | null = null;
  for (const timer of TIMERS) found = lower(found, times[timer]);
  return found;
}

export function lower(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}
