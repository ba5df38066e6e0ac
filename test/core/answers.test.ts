import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };
const told = (world: World, peer: string) =>
  effectsOf(world.effects, 'reportPeer')
    .filter((effect) => effect.peer === peer)
    .map((effect) => effect.report);

describe('answers that are not what was asked for', () => {
  const config = { ...ONE_AT_A_TIME, requestBlocksMax: 4, blockBytesMax: 2_000 };
  const asked = () => {
    const world = new World({ config }).start().connect('A', 4).claim('A', 1, 13);
    world.takeEffects();
    return world;
  };

  it.each([
    {
      what: 'more blocks than asked for',
      blocks: blocksOf(10, 14),
      offence: 'WRONG_HEIGHT',
      detail: 'sent 5 blocks where 4 were asked for',
      score: -30,
      height: 10,
    },
    {
      what: 'a height left out',
      blocks: [blockAt(10), blockAt(12)],
      offence: 'WRONG_HEIGHT',
      detail: 'sent height 12 where 11 was asked for',
      score: -30,
      height: 10,
    },
    {
      what: 'the range from its second height on',
      blocks: blocksOf(11, 13),
      offence: 'WRONG_HEIGHT',
      detail: 'sent height 11 where 10 was asked for',
      score: -30,
      height: 11,
    },
    {
      what: 'a block too large',
      blocks: [blockAt(10), blockAt(11, {}, { bytes: 2_001 })],
      offence: 'INVALID_BLOCK',
      detail: 'sent a block of 2001 bytes',
      score: -50,
      height: 10,
    },
  ])('SYNC-6, A14, A25: $what is charged, and none of it is kept', ({ blocks, offence, detail, score, height }) => {
    const world = asked();
    const requestId = world.requestOf('A', 10);
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks });
    expect(told(world, 'A').slice(0, 3)).toEqual([
      { kind: 'requestEnded', result: 'refused', from: 10, to: 13, tookMs: 0 },
      { kind: 'claimRefuted', height: 10, why: 'INVALID_BLOCK', probeInMs: 5_000 },
      { kind: 'charged', offence, detail, score, height },
    ]);
    expect(world.height).toBe(9);
    expect(world.facts.window.bufferedBlocks).toBe(0);
  });

  it('SYNC-6: exactly what was asked for, each block as large as may be, is taken', () => {
    const world = asked();
    world.answer(
      'A',
      blocksOf(10, 13).map((block) => ({ ...block, bytes: 2_000 })),
    );
    expect(world.height).toBe(13);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });
});

describe('blocks that nobody asked for', () => {
  const flood = (world: World, count: number) => {
    for (let i = 0; i < count; i++) {
      world.send({ type: 'blocksReceived', peer: 'A', requestId: null, blocks: [blockAt(20 + i)] });
    }
    return reportsOf(world.effects, 'charged', 'A').map(({ report }) => report);
  };

  it('SYNC-6, A15: five are let go, the sixth is an offence with its height, one more a second is free', () => {
    const world = new World().start().claim('A', 1, 9);
    expect(flood(world, 5)).toEqual([]);
    expect(flood(world, 1)).toEqual([
      {
        kind: 'charged',
        offence: 'UNSOLICITED_BLOCK',
        detail: 'sends blocks that nobody asked for, now height 20',
        score: -10,
        height: 20,
      },
    ]);
    world.now += 1_000;
    expect(flood(world, 1)).toHaveLength(1);
    expect(flood(world, 1)).toHaveLength(2);
    expect(world.height).toBe(9);
  });

  it('PEER-1: of who is not connected nothing is taken, and nobody is charged', () => {
    const world = new World().start().claim('B', 1, 9);
    world.takeEffects();
    flood(world, 20);
    expect(effectsOf(world.effects, 'reportPeer')).toEqual([]);
    expect(getPeer(world.facts, 'A')).toBeUndefined();
  });
});

describe('late answers', () => {
  /** A was asked for 10..13 and let it time out; B has been asked since. */
  const late = () => {
    const config = { ...ONE_AT_A_TIME, requestBlocksMax: 4 };
    const world = new World({ config }).start().connect('A', 4).connect('B', 4).claim('A', 1, 13).claim('B', 1, 13);
    world.pass(10_000);
    expect(world.asked.map(({ peer, from, to }) => [peer, from, to])).toEqual([
      ['A', 10, 13],
      ['B', 10, 13],
    ]);
    world.takeEffects();
    return world;
  };

  it('SYNC-4, A18: all of it is used, and what B then sends is no offence', () => {
    const world = late().answer('A', blocksOf(10, 13));
    expect(world.height).toBe(13);
    world.answer('B', blocksOf(10, 13));
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(world.height).toBe(13);
  });

  it('SYNC-4: a part of it is used as far as it goes; what B then sends of it is no offence, and its rest is used', () => {
    const world = late().answer('A', blocksOf(10, 12));
    expect(world.height).toBe(12);
    expect(world.asked).toHaveLength(2);
    world.answer('B', blocksOf(10, 13));
    expect(world.height).toBe(13);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(effectsOf(world.effects, 'blocksAdded').map(({ from, to, peer }) => [from, to, peer])).toEqual([
      [10, 12, 'A'],
      [13, 13, 'B'],
    ]);
  });

  it('SYNC-4: a part of it is used while nobody has been asked again', () => {
    const config = { ...ONE_AT_A_TIME, requestBlocksMax: 4 };
    const world = new World({ config }).start().connect('A', 4).claim('A', 1, 13).pass(10_000);
    world.answer('A', blocksOf(10, 11));
    expect(world.height).toBe(11);
  });

  it('SYNC-4, APPLY-1: a late copy of the next block stands in when the one in work proves bad', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 10).pass(10_000);
    world.holds = true;
    world.answer('B', [blockAt(10, { refusedWith: 'CERTIFICATE_NO_QUORUM' })]).answer('A', [blockAt(10)]);
    const asked = world.asked.length;
    world.release();
    expect(world.held).toHaveLength(1);
    world.release().release().release();
    expect(world.height).toBe(10);
    expect(world.asked).toHaveLength(asked);
    expect(effectsOf(world.effects, 'blocksAdded').at(-1)).toMatchObject({ from: 10, to: 10, peer: 'A' });
  });
});

describe('answers to tests and probes', () => {
  const settled = () => new World().start().claim('home', 1, 9).claim('P', 1, 20);

  it('META-10: the next block is taken, applied, and proves the claim', () => {
    const world = settled().answer('P', [blockAt(10)]);
    expect(world.height).toBe(10);
    expect(reportsOf(world.effects, 'claimProven', 'P').map(({ report }) => report)).toEqual([
      { kind: 'claimProven', height: 10 },
    ]);
    expect(effectsOf(world.effects, 'blocksAdded')).toMatchObject([{ from: 10, to: 10, peer: 'P' }]);
  });

  it('META-10: a height that is committed meanwhile leaves a claim of more untested, to be tested again', () => {
    const world = settled();
    world.send({ type: 'newBlockReceived', peer: 'home', block: blockAt(10) });
    world.takeEffects();
    world.answer('P', [blockAt(10)]);
    expect(getPeer(world.facts, 'P')?.life.claim).toBe('Untested');
    expect(world.asked.at(-1)).toMatchObject({ peer: 'P', from: 11, purpose: 'test' });
    expect(reportsOf(world.effects, 'claimProven')).toEqual([]);
  });

  it('META-7: another block than the one committed meanwhile refutes', () => {
    const world = settled();
    world.send({ type: 'newBlockReceived', peer: 'home', block: blockAt(10) });
    world.takeEffects();
    world.answer('P', [blockAt(10, {}, { id: 'another' })]);
    expect(reportsOf(world.effects, 'claimRefuted', 'P').map(({ report }) => report)).toEqual([
      { kind: 'claimRefuted', height: 10, why: 'INVALID_BLOCK', probeInMs: 5_000 },
    ]);
  });

  it('META-7: a height that is not remembered any more decides nothing: a refuted claim is probed again', () => {
    const world = new World({ config: { ...ONE_AT_A_TIME, recentBlocksMax: 1 } }).start().claim('A', 1, 12);
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 10), height: 10 });
    world.pass(5_000);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'A', from: 10, purpose: 'probe' });
    for (const height of [10, 11]) world.send({ type: 'newBlockReceived', peer: 'S', block: blockAt(height) });
    world.claim('B', 1, 11);
    world.takeEffects();
    world.answer('A', [blockAt(10)]);
    expect(told(world, 'A').map(({ kind }) => kind)).toEqual(['requestEnded']);
    expect(getPeer(world.facts, 'A')?.life.claim).toBe('Refuted');
    const probes = world.asked.length;
    world.pass(5_000);
    expect(world.asked.length).toBe(probes + 1);
  });

  it('META-7: a probe answered with the next block is applied, and the claim counts again', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 12).pass(10_000).pass(5_000);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'A', from: 10, purpose: 'probe' });
    world.answer('A', [blockAt(10)]);
    expect(world.height).toBe(10);
    expect(getPeer(world.facts, 'A')).toMatchObject({ life: { claim: 'Credible' }, disputedFrom: null });
    expect(world.asked.at(-1)).toMatchObject({ peer: 'A', from: 11, purpose: 'sync' });
  });
});

describe('who is not connected', () => {
  it('SYNC-5: its "I do not have it", with or without an id, ends nothing', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10);
    world.takeEffects();
    for (const requestId of [null, world.requestOf('A', 10)]) {
      world.send({ type: 'blocksUnavailable', peer: 'stranger', requestId, height: 10 });
    }
    expect(effectsOf(world.effects, 'reportPeer')).toEqual([]);
    expect(world.asked).toHaveLength(1);
  });
});
