import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect, EffectOf } from '../../src/core/effects.ts';
import { step } from '../../src/core/step.ts';
import { DEFAULT_CONFIG } from '../../src/protocol/config.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import type { Stepper } from '../../properties/arbitraries/core-walk/core-world.ts';
import { World } from '../../properties/arbitraries/core-walk/core-world.ts';

const TIP = 30;
const SEED = 20_261_122;
/** What a liar about height does when it is asked for a block. */
const LIES = ['silent', 'absent', 'forged', 'wrong height', 'deserter', 'serves what exists'] as const;
type Lie = (typeof LIES)[number];

/**
 * META-7 in closed form. From when everybody is connected, with L liars and one honest peer: each liar holds the target
 * up for at most two timeouts and a cool-down (a deserter is let off once; one that was charged is asked again after
 * its cool-down), and each honest block takes at most one timeout.
 */
function boundMs(liars: number, blocks: number): number {
  const { requestTimeoutMsMax, coolDownMsMin } = DEFAULT_CONFIG;
  return liars * (2 * requestTimeoutMsMax + 2 * coolDownMsMin) + (blocks + 2) * requestTimeoutMsMax;
}

/** One honest peer and liars, played by the clock; returns when the node was synced at the honest tip, or null. */
function play(lies: readonly Lie[], stepper: Stepper = step): { syncedAfterMs: number | null; world: World } {
  const world = new World({ stepper, seed: lies.length });
  const due: { readonly at: number; readonly run: () => void }[] = [];
  const begun = world.now;
  const names = new Map(lies.map((lie, i) => [`liar-${i}`, lie]));
  const claimOf = (peer: string) => (names.has(peer) ? 1_000_000 : TIP);
  let heard = 0;
  const later = (afterMs: number, run: () => void) => due.push({ at: world.now + afterMs, run });
  const react = () => {
    for (; heard < world.effects.length; heard++) hear(world.effects[heard]);
  };
  const hear = (effect: Effect | undefined) => {
    if (effect?.type === 'sendMetadataRequest') {
      const { peer } = effect;
      later(20, () => world.send({ type: 'metadataReceived', peer, minHeight: 1, maxHeight: claimOf(peer) }));
    }
    if (effect?.type === 'sendGetBlocks') answer(effect, names.get(effect.peer));
  };
  const answer = ({ peer, requestId, from }: EffectOf<'sendGetBlocks'>, lie: Lie | undefined) => {
    const give = (height: number, flaw = {}) =>
      later(50, () => world.send({ type: 'blocksReceived', peer, requestId, blocks: [blockAt(height, flaw)] }));
    if (lie === undefined || (lie === 'serves what exists' && from <= TIP)) return give(from);
    if (lie === 'absent') later(50, () => world.send({ type: 'blocksUnavailable', peer, requestId, height: from }));
    if (lie === 'forged') give(from, { refusedWith: 'CERTIFICATE_NO_QUORUM' });
    if (lie === 'wrong height') give(from + 1);
    if (lie === 'deserter') {
      later(900, () => world.send({ type: 'peerDisconnected', peer }));
      later(950, () => world.connect(peer));
    }
    return undefined;
  };

  world.start();
  for (const peer of [...names.keys(), 'honest']) world.connect(peer);
  react();
  const end = begun + boundMs(lies.length, TIP - world.height);
  while (world.now < end) {
    if (world.height === TIP && world.mode === 'Consensus_Synced') return { syncedAfterMs: world.now - begun, world };
    due.sort((a, b) => a.at - b.at);
    const timer = Math.min(...world.timers.values());
    const next = due[0];
    if (next !== undefined && next.at <= timer) {
      due.shift();
      world.now = Math.max(world.now, next.at);
      next.run();
    } else {
      world.pass(Math.max(1, timer - world.now));
    }
    react();
  }
  return { syncedAfterMs: null, world };
}

/** The planted bug: silence is never held against anybody. */
const waitsForEver: Stepper = (facts, event) => {
  const deaf = event.type === 'timerFired' && event.timer === 'request';
  return deaf ? { state: facts, effects: [] } : step(facts, event);
};

describe('liars about height', () => {
  const crowds = fc.array(fc.constantFrom(...LIES), { maxLength: 40, size: 'max' });

  it('META-7, A01, A05, A06: any number of liars only delays; the node is synced at the honest tip within the bound', () => {
    let crowdsOfMany = 0;
    fc.assert(
      fc.property(crowds, (lies) => {
        const { syncedAfterMs, world } = play(lies);
        expect(syncedAfterMs, `stuck in ${world.mode} at ${world.height}`).not.toBeNull();
        if (lies.length > 20) crowdsOfMany++;
      }),
      { seed: SEED, numRuns: 60 },
    );
    expect(crowdsOfMany).toBeGreaterThan(10);
  });

  it.each(LIES)('META-7: fifty liars of one kind only delay: %s', (lie) => {
    expect(play(Array.from({ length: 50 }, () => lie)).syncedAfterMs).not.toBeNull();
  });

  it('canary: a core that waits for ever is caught', () => {
    expect(play(['silent', 'silent'], waitsForEver).syncedAfterMs).toBeNull();
  });
});

describe('a word and no evidence', () => {
  /** Fresh identities, one after another, each claiming more than there is, in one of the ways not to prove it. */
  function besiege(identities: readonly number[], config = {}): readonly string[] {
    const world = new World({ validator: true, config }).start();
    world.claim('honest', 1, 9);
    const modes: string[] = [];
    for (const [i, kind] of identities.entries()) {
      const peer = `fresh-${i}`;
      world.claim(peer, 1, 10 + (kind % 1_000_000));
      const ask = world.asked.at(-1);
      if (ask?.peer === peer) {
        const { requestId } = ask;
        if (kind % 4 === 0) world.send({ type: 'blocksUnavailable', peer, requestId, height: 10 });
        if (kind % 4 === 1) world.answer(peer, [blockAt(10, { refusedWith: 'CERTIFICATE_UNBOUND' })]);
        if (kind % 4 === 2) world.send({ type: 'newBlockReceived', peer, block: blockAt(12) });
      }
      world.pass(kind % 700);
      if (kind % 3 === 0) world.send({ type: 'peerDisconnected', peer });
      modes.push(world.mode);
    }
    return modes;
  }

  it('META-10, A49: hundreds of fresh identities that claim heights ahead never move a validator out of Pacemaker', () => {
    const crowd = fc.array(fc.nat(2_000_000), { minLength: 100, maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(crowd, (identities) => {
        expect(new Set(besiege(identities))).toEqual(new Set(['Consensus_Pacemaker']));
      }),
      { seed: SEED, numRuns: 15 },
    );
  });

  it('canary: a core that takes a word for it is caught', () => {
    expect(besiege([5, 7, 11], { trustClaims: true })).not.toEqual(Array(3).fill('Consensus_Pacemaker'));
  });
});
