import type { Step } from '../../src/core/step.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import { hostOver } from '../campaign/canaries/planted-host.ts';
import type { SimulateOptions } from '../campaign/simulate.ts';
import type { CreateHostToCheck } from '../contract/watched-host.ts';
import type { BlockStoreSubject } from '../ports/block-store-suite.ts';
import type { BlockVerifierSubject } from '../ports/block-verifier-suite.ts';
import type { ClockSubject } from '../ports/clock-suite.ts';
import type { ExecutorSubject } from '../ports/executor-fixture.ts';
import type { TransportSubject } from '../ports/transport-suite.ts';

/**
 * What is checked: a whole host, or a wrapper of `step`, or single adapters; adapters go with either. Each adapter runs its
 * suite; store, executor, verifier and transport then run in whole nodes, where the other parts are stand-ins.
 */
export interface HostSubject {
  /** A whole host, made from ports (docs/host-contract.md). It runs in the simulated network. */
  readonly createHost?: CreateHostToCheck;
  /** A function in the place of `step`: it runs in this package's host loop, in the simulated network. */
  readonly step?: (state: Facts, event: SyncEvent) => Step;
  /** A block store: `blockStoreCases`, then nodes that are killed and stopped over it. */
  readonly store?: BlockStoreSubject;
  /** An executor: `executorCases`, then nodes that roll back over it and open it again. */
  readonly executor?: ExecutorSubject;
  /** A verifier: `blockVerifierCases`, then nodes that ask it about many blocks at once. */
  readonly verifier?: BlockVerifierSubject;
  /** A transport: `transportCases`, then three nodes over it; all in real time. */
  readonly transport?: TransportSubject;
  /** A clock: `clockCases`, in real time; in networks time is virtual. */
  readonly clock?: ClockSubject;
}

/** How the subject runs in the simulated network; null: it has no part in it. @throws Error when it is no subject */
export function inNetwork(subject: HostSubject): Pick<SimulateOptions, 'createHost' | 'contract'> | null {
  const { createHost, step, store, executor, verifier, transport, clock } = subject;
  if (createHost !== undefined && step !== undefined)
    throw new Error('checkHost: give `createHost` or `step`, not both');
  if (createHost !== undefined) return { createHost };
  if (step !== undefined) return { createHost: hostOver(step), contract: 'not its core' };
  if ([store, executor, verifier, transport, clock].every((each) => each === undefined)) {
    throw new Error('checkHost: nothing to check; give `createHost`, `step`, or an adapter (`store`, `executor`, ..)');
  }
  return null;
}

/** The subject as it is written in code, for the line that replays a run. */
export function subjectInCode(subject: HostSubject): string {
  return `{ ${Object.keys(subject).join(', ')} }`;
}
