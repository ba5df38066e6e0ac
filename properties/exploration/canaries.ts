import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { putPeer } from '../../src/core/peers.ts';
import { step } from '../../src/core/step.ts';
import type { Step } from '../../src/core/step.ts';
import { beginTurn, endTurn } from '../../src/core/turn.ts';
import { chargedTimeout } from '../campaign/canaries/charged-timeout.ts';
import { leakedSlot } from '../campaign/canaries/leaked-slot.ts';
import { skippedVerification } from '../campaign/canaries/skipped-verification.ts';
import type { Planted } from './closed-world.ts';
import { trustingHost } from './host.ts';

/** A known bug planted in `step`, and the world that must show it. An exploration that misses it proves nothing. */
export interface ExplorationCanary extends Planted {
  readonly name: string;
  /** What is wrong with it, in plain words. */
  readonly bug: string;
  /** The world that it is planted in. */
  readonly world: string;
  /** How the complaint begins: being caught by another one would be luck. */
  readonly caughtAs: string;
}

export const EXPLORATION_CANARIES: readonly ExplorationCanary[] = [
  {
    name: 'leaked-slot',
    bug: 'the slot of a request that timed out is not given back',
    world: 'slow',
    caughtAs: 'invariant broken: requests in flight',
    stepper: leakedSlot,
  },
  {
    name: 'skipped-verification',
    bug: 'blocks are applied without having been verified',
    world: 'liar',
    caughtAs: 'APPLY-1',
    stepper: skippedVerification,
  },
  {
    name: 'charged-timeout',
    bug: 'a timeout counts as an offence',
    world: 'slow',
    caughtAs: 'PEER-1',
    stepper: chargedTimeout,
  },
  {
    name: 'abandoned-peer',
    bug: 'a peer whose claim was refuted is never probed',
    world: 'slow',
    caughtAs: 'invariant broken: a refuted claim is probed',
    stepper: unprobed,
  },
  {
    name: 'lost-outcome',
    bug: 'a failure of the executor or the store is not noticed: the work never ends',
    world: 'host-faults',
    caughtAs: 'SYNC-2',
    stepper: deafToFaults,
  },
  {
    name: 'ignored-proof',
    bug: 'what a probe brings is not looked at, so that a claim that was refuted once never counts again',
    world: 'slow',
    caughtAs: 'SYNC-7: among',
    stepper: blindProbes,
  },
  {
    name: 'trusting-executor',
    bug: 'what was verified ahead is applied without asking whether the validator set is still the same',
    world: 'rotation',
    caughtAs: 'APPLY-1: height 3 is applied, and no quorum of its validators',
    finisher: trustingHost,
  },
];

/** The claim of a peer that was refuted stays so. */
function unprobed(facts: Facts, event: SyncEvent): Step {
  const { state, effects } = step(facts, event);
  const refuted = effects
    .filter((effect) => effect.type === 'reportPeer')
    .find(({ report }) => report.kind === 'claimRefuted');
  const peer = refuted === undefined ? undefined : maps.peers.get(state.peers.byId, refuted.peer);
  if (peer === undefined) return { state, effects };
  const turn = beginTurn(state);
  putPeer(turn, { ...peer, probeAt: null, probeDue: false });
  return { state: endTurn(turn), effects };
}

/** Failures of the host never reach the core. */
function deafToFaults(facts: Facts, event: SyncEvent): Step {
  return 'hostFault' in event ? { state: facts, effects: [] } : step(facts, event);
}

/** The answer to a probe counts as "I do not have it". */
function blindProbes(facts: Facts, event: SyncEvent): Step {
  if (event.type !== 'blocksReceived' || event.requestId === null) return step(facts, event);
  const request = maps.requests.get(facts.requests.byId, event.requestId);
  if (request?.purpose !== 'probe') return step(facts, event);
  const { peer, requestId, now } = event;
  return step(facts, { type: 'blocksUnavailable', peer, requestId, height: request.from, now });
}
