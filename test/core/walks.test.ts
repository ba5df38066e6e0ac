import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/core/effects.ts';
import { step } from '../../src/core/step.ts';
import { checkFacts, checkRequestsSent } from '../../properties/invariants/check-facts.ts';
import type { WalkPlan } from '../../properties/arbitraries/walk.ts';
import { arbitraryWalk, takeWalk } from '../../properties/arbitraries/walk.ts';
import type { Walk } from '../../properties/arbitraries/core-walk/walk.ts';
import { HONEST } from '../../properties/arbitraries/core-walk/walk.ts';
import type { Stepper } from '../../properties/arbitraries/core-walk/core-world.ts';

const SEED = 20_261_122;
const RUNS = { seed: SEED, numRuns: 450, interruptAfterTimeLimit: 30_000, markInterruptAsFailure: true };

const walks = arbitraryWalk();

function walk(plan: WalkPlan, check: (effects: readonly Effect[]) => void, stepper: Stepper = step): Walk {
  return takeWalk(plan, {
    step: stepper,
    check: ({ effects, before, after }) => {
      checkFacts(after, before);
      checkRequestsSent(after, effects);
      check(effects);
    },
  });
}

function chargesHonest(effect: Effect): boolean {
  if (effect.type !== 'reportPeer' || !HONEST.includes(effect.peer)) return false;
  const { report } = effect;
  if (report.kind !== 'charged' && report.kind !== 'coolingDown' && report.kind !== 'banned') return false;
  // The hosts of walks execute blocks wrongly now and then: that cannot be told until a second peer sends the same (A44).
  return report.offence !== 'INVALID_STATE_HASH';
}

function noHonestPeerIsCharged(effects: readonly Effect[]): void {
  const charges = effects.filter(chargesHonest);
  if (charges.length > 0) throw new Error(`an honest peer was charged: ${JSON.stringify(charges)}`);
}

describe('random walks among honest and lying peers', () => {
  it('SYNC-2, SYNC-3, PEER-1: the facts stay consistent, step never throws, and no honest peer is ever charged', () => {
    const seen = new Map<string, number>();
    const count = (what: string, n = 1) => seen.set(what, (seen.get(what) ?? 0) + n);
    fc.assert(
      fc.property(walks, (plan) => {
        const done = walk(plan, (effects) => {
          noHonestPeerIsCharged(effects);
          for (const effect of effects) {
            count(effect.type);
            if (effect.type === 'modeChanged') count(effect.next);
            if (effect.type === 'reportPeer') count(effect.report.kind);
            if (effect.type === 'reportPeer' && effect.report.kind === 'claimRefuted') count(effect.report.why);
            if (effect.type === 'sendGetBlocks') count(effect.purpose);
            if (effect.type === 'verifyBlocks' && !effect.exact) count('ahead');
            if (effect.type === 'applyBlocks' && effect.blocks.length > 1) count('run');
          }
        });
        count('heights', done.world.height - 9);
      }),
      RUNS,
    );
    // The walks are worth nothing unless the interesting things happened in them, and often.
    const atLeast = (what: string, n: number) => expect(seen.get(what) ?? 0, what).toBeGreaterThanOrEqual(n);
    if (process.env['SHOW_COUNTS'] !== undefined) console.log(Object.fromEntries(seen));
    atLeast('heights', 3_000);
    for (const what of ['claimRefuted', 'claimProven', 'probe', 'test', 'sync', 'rollbackBlocks', 'hostFaulted'])
      atLeast(what, 50);
    for (const what of ['ahead', 'run']) atLeast(what, 100);
    for (const what of ['hedge', 'coolingDown', 'banned', 'forgiven', 'startConsensus', 'deliverProposal'])
      atLeast(what, 5);
    for (const mode of [
      'Consensus_Unsynced',
      'Consensus_SyncMode',
      'Consensus_Synced',
      'Consensus_Pacemaker',
      'Stopped',
    ]) {
      atLeast(mode, 40);
    }
  });

  it('facts that went through JSON go on exactly as those that did not', () => {
    fc.assert(
      fc.property(walks, (plan) => {
        let steps = 0;
        const throughJson: Stepper = (facts, event) => {
          const straight = step(facts, event);
          if (steps++ % 7 !== 0) return straight;
          const detour = step(JSON.parse(JSON.stringify(facts)) as typeof facts, event);
          expect(JSON.stringify(detour)).toBe(JSON.stringify(straight));
          return detour;
        };
        walk(plan, () => undefined, throughJson);
      }),
      { seed: SEED, numRuns: 25 },
    );
  });

  const broken: readonly (readonly [string, Stepper, RegExp])[] = [
    [
      'a slot that does not come back',
      (facts, event) => {
        const { state, effects } = step(facts, event);
        const leak = effects.some((e) => e.type === 'reportPeer' && e.report.kind === 'claimProven');
        const inFlight = state.requests.inFlight + (leak ? 1 : 0);
        return { state: { ...state, requests: { ...state.requests, inFlight } }, effects };
      },
      /requests in flight/,
    ],
    [
      'a timer that is not set',
      (facts, event) => {
        const { state, effects } = step(facts, event);
        return {
          state: { ...state, clock: { ...state.clock, armed: { ...state.clock.armed, request: null } } },
          effects,
        };
      },
      /the timer request is armed/,
    ],
    [
      'a block that is committed twice',
      (facts, event) => {
        const { state, effects } = step(facts, event);
        const again: Effect[] = [];
        for (const e of effects) again.push(e, ...(e.type === 'applyBlocks' ? [{ ...e, workId: -1 }] : []));
        return { state, effects: again };
      },
      /asked to apply/,
    ],
    [
      'a timeout that is charged',
      (facts, event) => {
        const { state, effects } = step(facts, event);
        const silent = effects.find((e) => e.type === 'reportPeer' && e.report.kind === 'claimRefuted');
        if (silent?.type !== 'reportPeer') return { state, effects };
        const { peer } = silent;
        const charged = step(state, {
          type: 'peerMisbehaved',
          peer,
          offence: 'REQUEST_FLOOD',
          detail: 'bug',
          now: event.now,
        });
        return { state: charged.state, effects: [...effects, ...charged.effects] };
      },
      /charged/,
    ],
  ];
  for (const [bug, stepper, message] of broken) {
    it(`canary: ${bug} is caught`, () => {
      const caught = fc.check(
        fc.property(walks, (plan) => void walk(plan, noHonestPeerIsCharged, stepper)),
        { ...RUNS, endOnFailure: true },
      );
      expect(caught.failed).toBe(true);
      expect(String(caught.errorInstance)).toMatch(message);
    });
  }
});
