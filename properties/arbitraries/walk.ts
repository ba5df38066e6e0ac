import fc from 'fast-check';
import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { Step } from '../../src/core/step.ts';
import { step as ownStep } from '../../src/core/step.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import { arbitraryLimits } from './config.ts';
import type { Choice } from './core-walk/walk.ts';
import { HONEST, LIARS, Walk } from './core-walk/walk.ts';

/** Who is honest in a walk, and who lies. */
export const WALK_HONEST: readonly string[] = HONEST;
export const WALK_LIARS: readonly string[] = LIARS;

/** A walk of one core among honest and lying peers: where it starts from, and each decision on the way. */
export interface WalkPlan {
  readonly config: Partial<SyncConfig>;
  readonly validator: boolean;
  readonly seed: number;
  readonly choices: readonly Choice[];
}

/** One event of a walk, and what came of it. */
export interface WalkStep {
  readonly event: SyncEvent;
  readonly effects: readonly Effect[];
  readonly before: Facts;
  readonly after: Facts;
}

export interface WalkOptions {
  /** In the place of this package's own. */
  readonly step?: (state: Facts, event: SyncEvent) => Step;
  /** Called after every event; throws when something does not hold. */
  readonly check?: (step: WalkStep) => void;
}

/**
 * Walks of sync events that know the state they are in: answers to what was asked, lies where they matter, faults of the
 * host. Events drawn without regard to the state would leave nearly every walk at its first height. 50 to 300 decisions.
 */
export function arbitraryWalk(): fc.Arbitrary<WalkPlan> {
  const inFlightMax = fc.constantFrom(2, 5, 16);
  const config = fc
    .record({
      strategy: fc.constantFrom('synchronous' as const, 'asynchronous' as const),
      requestBlocksMax: fc.constantFrom(1, 4),
      bufferBlocksMax: fc.constantFrom(4, 8, 256),
      hedgesMax: fc.constantFrom(0, 2),
      blockBytesMax: fc.constant(2_000),
      bufferBytesMax: fc.constantFrom(3_000, 6_000, 256_000),
      verifyInFlightMax: fc.constantFrom(1, 3),
      commitBlocksMax: fc.constantFrom(1, 64),
      inFlightMax,
      minPeers: fc.constantFrom(1, 2),
      peersMax: fc.constantFrom(5, 10_000),
      limits: arbitraryLimits(),
    })
    .map(({ limits, ...settings }) => ({
      ...limits,
      ...settings,
      inFlightPerPeerMax: Math.min(4, settings.inFlightMax),
    }));
  const choices = fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000)), {
    minLength: 50,
    maxLength: 300,
    size: 'max',
  });
  return fc.record({ config, validator: fc.boolean(), seed: fc.nat(), choices });
}

/** Takes a walk. @returns the core and the world around it, as it left them */
export function takeWalk({ config, validator, seed, choices }: WalkPlan, options: WalkOptions = {}): Walk {
  const { step = ownStep, check } = options;
  const walk = new Walk({
    config,
    validator,
    seed,
    stepper: step,
    onStep: (event, before, effects, after) => check?.({ event, effects, before, after }),
  });
  for (const choice of choices) walk.take(choice);
  return walk;
}
