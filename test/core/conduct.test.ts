import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import { getAggregatedStateSyncMetadata } from '../../src/core/sync-api.ts';
import type { Offence } from '../../src/protocol/offences.ts';
import { OFFENCES } from '../../src/protocol/offences.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

function misbehave(world: World, peer: string, offence: Offence, times = 1): World {
  for (let i = 0; i < times; i++) world.send({ type: 'peerMisbehaved', peer, offence, detail: `number ${i + 1}` });
  return world;
}

/** What was told about a peer's conduct, in order. */
function conductOf(world: World, peer: string) {
  const kinds = ['charged', 'coolingDown', 'banned', 'forgiven', 'acquitted'];
  const told = effectsOf(world.effects, 'reportPeer').filter((each) => each.peer === peer);
  return told.map(({ report }) => report).filter(({ kind }) => kinds.includes(kind));
}

describe('charges', () => {
  it.each(Object.keys(OFFENCES) as Offence[])('PEER-1: costs what it is worth, with its detail: %s', (offence) => {
    const world = misbehave(new World().start().connect('A'), 'A', offence);
    const score = -OFFENCES[offence].penalty;
    const charged = { kind: 'charged', offence, detail: 'number 1', score, height: null };
    const coolingDown = { kind: 'coolingDown', offence, forMs: 5_000 };
    expect(conductOf(world, 'A')).toEqual(score <= -30 ? [charged, coolingDown] : [charged]);
    expect(getPeer(world.facts, 'A')?.life.conduct).toBe(score <= -30 ? 'CoolingDown' : 'Trusted');
  });

  it('PEER-1: whom nobody is connected to is not charged', () => {
    const world = new World().start().connect('A');
    misbehave(world, 'A', 'MALFORMED_MESSAGE').send({ type: 'peerDisconnected', peer: 'A' });
    world.takeEffects();
    misbehave(world, 'A', 'MALFORMED_MESSAGE', 5);
    misbehave(world, 'stranger', 'MALFORMED_MESSAGE', 5);
    expect(world.effects).toEqual([]);
    expect(getPeer(world.facts, 'A')?.score).toBe(-30);
  });

  it('PEER-1: one charge while cooling down neither lengthens it nor starts another', () => {
    const world = misbehave(new World().start().connect('A'), 'A', 'MALFORMED_MESSAGE').pass(4_000);
    misbehave(world, 'A', 'METADATA_FLOOD');
    expect(reportsOf(world.effects, 'coolingDown')).toHaveLength(1);
    world.pass(999);
    expect(reportsOf(world.effects, 'forgiven')).toEqual([]);
    world.pass(1);
    expect(reportsOf(world.effects, 'forgiven')).toHaveLength(1);
    // Who was only cooling down keeps its score.
    expect(getPeer(world.facts, 'A')?.score).toBe(-40);
  });

  it('PEER-1: cool-downs double up to the longest', () => {
    const config = { coolDownMsMax: 30_000, scoreBan: -1_000 };
    const world = new World({ config }).start().connect('A');
    for (let i = 0; i < 5; i++) misbehave(world, 'A', 'MALFORMED_MESSAGE').pass(30_000);
    const lengths = conductOf(world, 'A').map((report) => (report.kind === 'coolingDown' ? report.forMs : null));
    expect(lengths.filter((forMs) => forMs !== null)).toEqual([5_000, 10_000, 20_000, 30_000, 30_000]);
    expect(reportsOf(world.effects, 'forgiven')).toHaveLength(5);
  });

  it('PEER-1: the score stops at the ban, which disconnects, and doubles each time up to the longest', () => {
    const config = { banMsMin: 10_000, banMsMax: 30_000 };
    const world = new World({ config }).start();
    const lengths: number[] = [];
    for (let round = 0; round < 4; round++) {
      world.connect('A').takeEffects();
      misbehave(world, 'A', 'SPOOFED_ADDRESS', 3);
      const banned = conductOf(world, 'A').find((report) => report.kind === 'banned');
      if (banned?.kind !== 'banned') throw new Error('not banned');
      lengths.push(banned.forMs);
      expect(banned.offence).toBe('SPOOFED_ADDRESS');
      expect(effectsOf(world.effects, 'disconnectPeer')).toEqual([
        { type: 'disconnectPeer', peer: 'A', refuseMs: banned.forMs },
      ]);
      expect(getPeer(world.facts, 'A')).toMatchObject({
        score: -100,
        life: { conduct: 'Banned', link: 'Disconnected' },
      });
      world.pass(banned.forMs - 1);
      expect(reportsOf(world.effects, 'forgiven')).toEqual([]);
      world.pass(1);
      expect(reportsOf(world.effects, 'forgiven')).toHaveLength(1);
      // On probation: at the score that cools down.
      expect(getPeer(world.facts, 'A')).toMatchObject({ score: -30, conductUntil: null });
    }
    expect(lengths).toEqual([10_000, 20_000, 30_000, 30_000]);
  });

  it('PEER-1: the score passes the ban by nothing, however heavy the last offence', () => {
    const world = misbehave(new World({ config: { scoreBan: -70 } }).start().connect('A'), 'A', 'OVERSIZE_MESSAGE', 2);
    expect(reportsOf(world.effects, 'charged').at(-1)?.report).toMatchObject({ score: -70 });
    expect(conductOf(world, 'A').map(({ kind }) => kind)).toEqual(['charged', 'coolingDown', 'charged', 'banned']);
  });

  it('PEER-1: a score just above the cool-down and the ban brings neither', () => {
    const above = new World({ config: { scoreCoolDown: -31, scoreBan: -61 } }).start().connect('A');
    misbehave(above, 'A', 'MALFORMED_MESSAGE');
    expect(conductOf(above, 'A').map(({ kind }) => kind)).toEqual(['charged']);
    misbehave(above, 'A', 'MALFORMED_MESSAGE');
    expect(conductOf(above, 'A').map(({ kind }) => kind)).toEqual(['charged', 'charged', 'coolingDown']);
    const at = new World({ config: { scoreCoolDown: -30, scoreBan: -60 } }).start().connect('A');
    misbehave(at, 'A', 'MALFORMED_MESSAGE', 2);
    expect(conductOf(at, 'A').map(({ kind }) => kind)).toEqual(['charged', 'coolingDown', 'charged', 'banned']);
  });

  it('PEER-1, PEER-2: what a banned peer was asked for is asked of another, and its claim is gone', () => {
    const world = new World().start().claim('A', 1, 12);
    expect(world.asked.map(({ peer, from }) => [peer, from])).toEqual([
      ['A', 10],
      ['A', 11],
      ['A', 12],
    ]);
    misbehave(world, 'A', 'SPOOFED_ADDRESS', 2);
    expect(getAggregatedStateSyncMetadata(world.facts)).toBeNull();
    expect(world.facts.requests.inFlight).toBe(0);
    world.asked.length = 0;
    world.claim('B', 1, 12);
    expect(world.asked.map(({ peer, from }) => [peer, from])).toEqual([
      ['B', 10],
      ['B', 11],
      ['B', 12],
    ]);
  });
});

describe('good service', () => {
  it('PEER-1: a point a block earns trust back, up to the most', () => {
    const world = misbehave(new World({ config: { scoreMax: 5 } }).start().connect('A'), 'A', 'METADATA_FLOOD');
    world.claim('A', 1, 40);
    const scores: (number | undefined)[] = [];
    for (let height = 10; height <= 26; height++) {
      world.answer('A', [blockAt(height)]);
      scores.push(getPeer(world.facts, 'A')?.score);
    }
    expect(scores).toEqual([-9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 5, 5]);
    expect(getPeer(world.facts, 'A')?.served).toBe(17);
  });

  it('META-7: every eighth valid block takes back one step of the probing back-off, and no more than there are', () => {
    const world = new World({ config: { inFlightMax: 1, inFlightPerPeerMax: 1 } }).start().claim('A', 1, 200);
    const silence = () => world.pass(world.facts.config.requestTimeoutMsMax);
    silence();
    world.pass(5_000);
    silence();
    world.pass(10_000);
    const refutations: number[] = [];
    for (let height = 10; height <= 60; height++) {
      world.answer('A', [blockAt(height)]);
      refutations.push(getPeer(world.facts, 'A')?.refutations ?? -1);
    }
    expect(getPeer(world.facts, 'A')?.absences).toBe(0);
    expect(refutations.indexOf(1)).toBe(7);
    expect(refutations.indexOf(0)).toBe(15);
    expect(refutations.at(-1)).toBe(0);
    const waits = reportsOf(world.effects, 'claimRefuted').map(
      ({ report }) => 'probeInMs' in report && report.probeInMs,
    );
    expect(waits).toEqual([5_000, 10_000]);
    silence();
    expect(reportsOf(world.effects, 'claimRefuted').map(({ report }) => report)).toContainEqual({
      ...{ kind: 'claimRefuted', why: 'TIMED_OUT', height: 61, probeInMs: 5_000 },
    });
  });

  it('META-7: each valid block makes up for one "I have none", which is counted apart from the rest', () => {
    const config = { inFlightMax: 1, inFlightPerPeerMax: 1, absentBackoffMsMin: 20 };
    const world = new World({ config }).start().claim('A', 1, 200);
    const refusal = () => {
      const { peer, requestId, from: height } = world.asked.at(-1) ?? { peer: '', requestId: 0, from: 0 };
      world.send({ type: 'blocksUnavailable', peer, requestId, height });
    };
    const count = () => {
      const { absences, refutations } = getPeer(world.facts, 'A') ?? {};
      return [absences, refutations];
    };
    for (const waitMs of [20, 40, 80]) {
      refusal();
      world.pass(waitMs);
    }
    expect(count()).toEqual([3, 0]);
    world.answer('A', [blockAt(10)]).answer('A', [blockAt(11)]);
    expect(count()).toEqual([1, 0]);
    refusal();
    expect(reportsOf(world.effects, 'claimRefuted').at(-1)?.report).toMatchObject({ probeInMs: 40, height: 12 });
    world.pass(40);
    for (const height of [12, 13, 14, 15]) world.answer('A', [blockAt(height)]);
    expect(count()).toEqual([0, 0]);
  });

  it('META-7: that count goes no further than the back-off grows; silence does not add to it', () => {
    const config = {
      inFlightMax: 1,
      inFlightPerPeerMax: 1,
      absentBackoffMsMin: 20,
      refutedBackoffMsMin: 40,
      refutedBackoffMsMax: 80,
    };
    const world = new World({ config }).start().claim('A', 1, 200);
    const counts: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      const { peer, requestId, from: height } = world.asked.at(-1) ?? { peer: '', requestId: 0, from: 0 };
      world.send({ type: 'blocksUnavailable', peer, requestId, height });
      counts.push(getPeer(world.facts, 'A')?.absences);
      world.pass(80);
    }
    expect(counts).toEqual([1, 2, 2, 2]);
    world.pass(10_000);
    expect(getPeer(world.facts, 'A')).toMatchObject({ absences: 2, refutations: 1 });
  });

  it('META-7: who leaves is remembered for either, also for both', () => {
    const config = { inFlightMax: 1, inFlightPerPeerMax: 1, absentBackoffMsMin: 20 };
    const world = new World({ config }).start().claim('A', 1, 10).pass(10_020);
    for (let i = 0; i < 2; i++) {
      const { peer, requestId, from: height } = world.asked.at(-1) ?? { peer: '', requestId: 0, from: 0 };
      world.send({ type: 'blocksUnavailable', peer, requestId, height });
      world.pass(40);
    }
    world.answer('A', [blockAt(10)]);
    expect(getPeer(world.facts, 'A')).toMatchObject({ absences: 1, refutations: 1, life: { claim: 'Credible' } });
    world.send({ type: 'peerDisconnected', peer: 'A' });
    expect(getPeer(world.facts, 'A')).toMatchObject({ absences: 1, refutations: 1 });
  });
});
