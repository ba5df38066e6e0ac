import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import { getAggregatedStateSyncMetadata } from '../../src/core/sync-api.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

function hear(world: World, peer: string, minHeight: number, maxHeight: number): World {
  world.send({ type: 'metadataReceived', peer, minHeight, maxHeight });
  return world;
}

function asks(world: World, peer?: string): number {
  const all = effectsOf(world.effects, 'sendMetadataRequest');
  return all.filter((each) => peer === undefined || each.peer === peer).length;
}

/** The newest request, answered with "I do not have it". */
function refuse(world: World): World {
  const ask = world.asked.at(-1);
  if (ask === undefined) throw new Error('nothing was asked for');
  world.send({ type: 'blocksUnavailable', peer: ask.peer, requestId: ask.requestId, height: ask.from });
  return world;
}

const ONE_AT_A_TIME: Partial<SyncConfig> = { inFlightMax: 1, inFlightPerPeerMax: 1 };

describe('asking for metadata', () => {
  it('META-2: at once on connection, then each period; without jitter to the millisecond', () => {
    const config = { metadataPeriodMs: 7_000, metadataJitterRatio: 0 };
    const world = new World({ config }).start().connect('A');
    expect(asks(world)).toBe(1);
    world.pass(6_999);
    expect(asks(world)).toBe(1);
    world.pass(1);
    expect(asks(world)).toBe(2);
    world.pass(69_999);
    expect(asks(world)).toBe(11);
  });

  it('META-2: the jitter fills what it may on both sides of the period', () => {
    const delays = Array.from({ length: 60 }, (_, seed) => {
      const world = new World({ seed, config: { metadataJitterRatio: 0.5 } }).start().connect('A');
      return effectsOf(world.effects, 'setTimer')[0]?.delayMs ?? 0;
    });
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(5_000);
    expect(Math.min(...delays)).toBeLessThan(6_000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(15_000);
    expect(Math.max(...delays)).toBeGreaterThan(14_000);
  });

  it('META-2: many peers are each asked in their own time', () => {
    const world = new World().start();
    for (const peer of ['A', 'B', 'C', 'D']) world.connect(peer);
    world.pass(12_000);
    for (const peer of ['A', 'B', 'C', 'D']) expect(asks(world, peer)).toBe(2);
    world.send({ type: 'peerDisconnected', peer: 'B' });
    world.takeEffects();
    world.pass(12_000);
    expect(['A', 'B', 'C', 'D'].map((peer) => asks(world, peer) > 0)).toEqual([true, false, true, true]);
  });

  it('META-3: who asks is asked back when it has not been heard, or not for longer than a period', () => {
    const world = new World({ config: { metadataPeriodMs: 1_000, metadataJitterRatio: 0.9 } }).start();
    // Some of so many wait for longer than a period.
    const peers = Array.from({ length: 20 }, (_, i) => `peer-${i}`);
    for (const peer of peers) world.claim(peer, 1, 9);
    world.pass(1_000).takeEffects();
    const quiet = peers.filter((peer) => getPeer(world.facts, peer)?.asksOpen === 0);
    expect(quiet.length).toBeGreaterThan(3);
    const [first = ''] = quiet;
    world.send({ type: 'metadataRequested', peer: first });
    expect(asks(world)).toBe(0);
    world.now += 1;
    world.send({ type: 'metadataRequested', peer: first });
    expect(asks(world, first)).toBe(1);
    world.send({ type: 'metadataRequested', peer: first });
    expect(asks(world, first)).toBe(1);
  });

  it('META-3: who answered with nonsense and asks then is asked again', () => {
    const world = new World().start().connect('A');
    hear(world, 'A', 5, 3).takeEffects();
    world.send({ type: 'metadataRequested', peer: 'A' });
    expect(asks(world)).toBe(1);
  });
});

describe('what peers claim', () => {
  it.each([
    { range: [-1, 9], offence: 'MALFORMED_MESSAGE' },
    { range: [1, 9.5], offence: 'MALFORMED_MESSAGE' },
    { range: [0.5, 9], offence: 'MALFORMED_MESSAGE' },
    { range: [1, NaN], offence: 'MALFORMED_MESSAGE' },
    { range: [1, 2 ** 53], offence: 'MALFORMED_MESSAGE' },
    { range: [-3, -2], offence: 'MALFORMED_MESSAGE' },
    { range: [10, 9], offence: 'INVERTED_CLAIM' },
    { range: [9, 9], offence: null },
    { range: [0, 0], offence: null },
    { range: [1, 2 ** 53 - 1], offence: null },
  ])('META-4, META-5: is a range of heights, or is charged and does not count: %j', ({ range, offence }) => {
    const [minHeight = 0, maxHeight = 0] = range;
    const world = hear(new World().start().connect('A'), 'A', minHeight, maxHeight);
    const charges = reportsOf(world.effects, 'charged', 'A').map(({ report }) => report);
    if (offence === null) expect(charges).toEqual([]);
    else expect(charges).toMatchObject([{ offence, detail: `claims ${minHeight}..${maxHeight}` }]);
    expect(getPeer(world.facts, 'A')?.claim).toEqual(offence === null ? { minHeight, maxHeight } : null);
  });

  it('META-4: is taken from nobody who is not connected', () => {
    const world = new World().start();
    expect(hear(world, 'A', 1, 50).mode).toBe('P2P_Bootstrapped');
    expect(getAggregatedStateSyncMetadata(world.facts)).toBeNull();
  });

  it('META-4: unasked up to a burst, then at a rate; beyond it is charged and not listened to', () => {
    const config = { metadataUnaskedBurst: 3, metadataUnaskedPerSecond: 0.5, scoreBan: -1_000 };
    const world = new World({ config }).start().claim('A', 1, 9);
    for (const height of [10, 11, 12]) hear(world, 'A', 1, height);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    hear(world, 'A', 1, 13);
    const detail = 'more metadata than was asked for';
    expect(reportsOf(world.effects, 'charged').map(({ report }) => report)).toEqual([
      { kind: 'charged', offence: 'METADATA_FLOOD', detail, score: -10, height: null },
    ]);
    expect(getPeer(world.facts, 'A')?.claim?.maxHeight).toBe(12);
    world.pass(2_000);
    hear(world, 'A', 1, 14);
    expect(getPeer(world.facts, 'A')?.claim?.maxHeight).toBe(14);
    hear(world, 'A', 1, 15);
    expect(reportsOf(world.effects, 'charged')).toHaveLength(2);
  });

  it('META-4: an answer that was asked for takes nothing of the burst', () => {
    const config = { metadataUnaskedBurst: 1, metadataUnaskedPerSecond: 0.001, metadataJitterRatio: 0 };
    const world = new World({ config }).start().claim('A', 1, 9);
    for (let i = 0; i < 5; i++) hear(world.pass(10_000), 'A', 1, 9);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    hear(world, 'A', 1, 9);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    hear(world, 'A', 1, 9);
    expect(reportsOf(world.effects, 'charged')).toHaveLength(1);
  });

  it('META-5: shrunk, it is dropped with a report, charged, and counts no more until claimed anew', () => {
    const world = new World().start().claim('A', 1, 20);
    hear(world, 'A', 1, 19);
    expect(reportsOf(world.effects, 'claimDropped').map(({ report }) => report)).toEqual([
      { kind: 'claimDropped', why: 'claimed up to 20, now up to 19' },
    ]);
    expect(reportsOf(world.effects, 'charged').map(({ report }) => report)).toMatchObject([
      { offence: 'SHRUNKEN_CLAIM', detail: 'claimed up to 20, now up to 19', score: -20 },
    ]);
    expect(getAggregatedStateSyncMetadata(world.facts)).toBeNull();
    hear(world, 'A', 1, 15);
    expect(getAggregatedStateSyncMetadata(world.facts)).toEqual({ minHeight: 1, maxHeight: 15 });
    expect(reportsOf(world.effects, 'charged')).toHaveLength(1);
    // The same again, and pruning from below, are no shrinking.
    hear(hear(world, 'A', 1, 15), 'A', 4, 15);
    expect(reportsOf(world.effects, 'charged')).toHaveLength(1);
    expect(getAggregatedStateSyncMetadata(world.facts)).toEqual({ minHeight: 4, maxHeight: 15 });
  });

  it('META-5, META-7: a refuted claim that shrinks is charged, stays refuted, and nothing is dropped', () => {
    const world = refuse(new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 20));
    hear(world, 'A', 1, 18);
    expect(reportsOf(world.effects, 'claimDropped')).toEqual([]);
    expect(reportsOf(world.effects, 'charged')).toHaveLength(1);
    expect(getPeer(world.facts, 'A')).toMatchObject({
      claim: { minHeight: 1, maxHeight: 18 },
      life: { claim: 'Refuted' },
    });
  });

  it('META-10: raised, a tested claim is untested again; repeated, it stays as it was', () => {
    const world = new World({ config: ONE_AT_A_TIME })
      .start()
      .claim('A', 1, 10)
      .answer('A', [blockAt(10)]);
    const claim = () => getPeer(world.facts, 'A')?.life.claim;
    expect(reportsOf(world.effects, 'claimProven').map(({ report }) => report)).toEqual([
      { kind: 'claimProven', height: 10 },
    ]);
    expect(claim()).toBe('Credible');
    hear(world, 'A', 1, 10);
    hear(world, 'A', 3, 10);
    expect(claim()).toBe('Credible');
    hear(world, 'A', 3, 11);
    expect(claim()).toBe('Untested');
  });
});

describe('refutation', () => {
  it('META-7: probes wait twice as long each time, up to the longest', () => {
    const config = { ...ONE_AT_A_TIME, refutedBackoffMsMin: 3_000, refutedBackoffMsMax: 20_000 };
    const world = refuse(new World({ config }).start().claim('A', 1, 50));
    for (const waitMs of [3_000, 6_000, 12_000, 20_000, 20_000]) {
      expect(reportsOf(world.effects, 'claimRefuted').at(-1)?.report).toEqual({
        kind: 'claimRefuted',
        height: 10,
        why: 'NOT_AVAILABLE',
        probeInMs: waitMs,
      });
      const before = world.asked.length;
      world.pass(waitMs - 1);
      expect(world.asked.length).toBe(before);
      world.pass(1);
      expect(world.asked.at(-1)).toMatchObject({ peer: 'A', from: 10, to: 10, purpose: 'probe' });
      refuse(world);
    }
    expect(reportsOf(world.effects, 'claimRefuted')).toHaveLength(6);
  });

  it.each([
    { what: 'silence', cause: 'TIMED_OUT', fail: (world: World) => world.pass(10_000) },
    { what: 'no block', cause: 'NOT_AVAILABLE', fail: refuse },
    {
      what: 'the eighth send on end that failed',
      cause: 'SEND_FAILED',
      fail: (world: World) => {
        for (let i = 1; i <= 8; i++) {
          expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
          world.send({ type: 'sendFailed', peer: 'A', requestId: world.requestOf('A', 10) });
        }
      },
    },
    {
      what: 'a forged block',
      cause: 'INVALID_BLOCK',
      fail: (world: World) => world.answer('A', [blockAt(10, { refusedWith: 'CERTIFICATE_NO_QUORUM' })]),
    },
  ])('META-7: $what at the next height refutes what is claimed, once', ({ cause, fail }) => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 50);
    fail(world);
    expect(reportsOf(world.effects, 'claimRefuted').map(({ report }) => report)).toEqual([
      { kind: 'claimRefuted', height: 10, why: cause, probeInMs: 5_000 },
    ]);
    expect(getAggregatedStateSyncMetadata(world.facts)).toBeNull();
  });

  it('META-7: what else was in flight when it was refuted neither refutes it again nor lengthens the wait', () => {
    const world = new World().start().claim('A', 1, 12).pass(10_000);
    expect(reportsOf(world.effects, 'claimRefuted')).toHaveLength(1);
    expect(getPeer(world.facts, 'A')).toMatchObject({ refutations: 1, disputedFrom: 10 });
  });

  it('META-7: a probe that is answered proves the claim, and clears the dispute', () => {
    const world = refuse(new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 11)).pass(5_000);
    world.answer('A', [blockAt(10)]);
    expect(reportsOf(world.effects, 'claimProven').map(({ report }) => report)).toEqual([
      { kind: 'claimProven', height: 10 },
    ]);
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: null, probeAt: null, probeDue: false });
    expect(world.asked.at(-1)).toMatchObject({ from: 11, purpose: 'sync' });
  });

  it('META-7: while its owner cools down it is not probed; it is when the cool-down is over', () => {
    const world = refuse(new World({ config: { ...ONE_AT_A_TIME, coolDownMsMin: 12_000 } }).start().claim('A', 1, 50));
    world.send({ type: 'peerMisbehaved', peer: 'A', offence: 'MALFORMED_MESSAGE', detail: 'x' });
    const before = world.asked.length;
    world.pass(11_999);
    expect(world.asked.length).toBe(before);
    world.pass(1);
    expect(world.asked.slice(before)).toMatchObject([{ peer: 'A', from: 10, purpose: 'probe' }]);
  });

  it('META-7: a claim that reaches below what is disputed counts again when its time comes, and not before', () => {
    const world = refuse(new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 50));
    hear(world, 'A', 1, 9);
    world.pass(4_999);
    expect(getAggregatedStateSyncMetadata(world.facts)).toBeNull();
    expect(reportsOf(world.effects, 'disputeSettled')).toEqual([]);
    world.pass(1);
    expect(reportsOf(world.effects, 'disputeSettled')).toHaveLength(1);
    expect(getAggregatedStateSyncMetadata(world.facts)).toEqual({ minHeight: 1, maxHeight: 9 });
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: null, probeAt: null, life: { claim: 'Untested' } });
  });

  it('META-7: a claim that still reaches what is disputed is probed there', () => {
    const world = refuse(new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 50));
    hear(world, 'A', 1, 10).pass(5_000);
    expect(reportsOf(world.effects, 'disputeSettled')).toEqual([]);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'A', from: 10, purpose: 'probe' });
  });
});
