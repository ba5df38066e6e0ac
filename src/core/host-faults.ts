import type { HostFault } from '../protocol/errors.ts';
import type { Work } from './facts.ts';
import type { Turn } from './turn.ts';
import { backoffMs, emit, nextHeight } from './turn.ts';

/** The wait after a host fault, or before the next try at a suspect block, is over. */
export function hostRetryDue(turn: Turn): void {
  const { now } = turn.clock;
  if (turn.host.retryAt !== null && turn.host.retryAt <= now) turn.host = { ...turn.host, retryAt: null };
  const { trouble } = turn.window;
  if (trouble?.suspect != null && trouble.suspect.retryAt !== null && trouble.suspect.retryAt <= now) {
    turn.window = { ...turn.window, trouble: { ...trouble, suspect: { ...trouble.suspect, retryAt: null } } };
  }
}

/** APPLY-5: whatever failed in executor or store is tried again after a wait that doubles. */
export function retryLater(turn: Turn, fault: HostFault, failedIn: Work['kind']): void {
  const { hostRetryMsMin, hostRetryMsMax } = turn.config;
  const retryInMs = backoffMs(hostRetryMsMin, hostRetryMsMax, turn.host.failures);
  const retryAt = turn.clock.now + retryInMs;
  turn.host = { ...turn.host, fault, failures: turn.host.failures + 1, failedIn, retryAt };
  emit(turn, { type: 'hostFaulted', fault, height: nextHeight(turn), retryInMs });
}

/** What failed before works again; that something else does says nothing. */
export function succeeded(turn: Turn, kind: Work['kind']): void {
  if (turn.host.failedIn === kind) turn.host = { ...turn.host, fault: null, failures: 0, failedIn: null };
}
