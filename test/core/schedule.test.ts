import { getPeer } from '../../src/core/peers.ts';
import { describe, expect, it } from 'vitest';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };

const asksOf = (world: World, purpose = 'sync') =>
  world.asked.filter((ask) => ask.purpose === purpose).map(({ peer, from, to }) => [peer, from, to]);
const heightsOf = (world: World) => world.asked.map(({ from }) => from);
const absent = (world: World, peer: string, height: number) =>
  world.send({ type: 'blocksUnavailable', peer, requestId: world.requestOf(peer, height), height });

describe('what is asked for', () => {
  it('SYNC-1, SYNC-2: the lowest missing heights, as many as there are slots of a peer and of the node', () => {
    const world = new World({ config: { inFlightMax: 5, inFlightPerPeerMax: 3 } }).start().claim('A', 1, 40);
    expect(heightsOf(world)).toEqual([10, 11, 12]);
    world.claim('B', 1, 40);
    expect(heightsOf(world)).toEqual([10, 11, 12, 13, 14]);
    expect(world.asked.slice(3).map(({ peer }) => peer)).toEqual(['B', 'B']);
    world.answer('A', [blockAt(10)]);
    expect(heightsOf(world)).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it('SYNC-2: one block at a time in the synchronous strategy', () => {
    const world = new World({ config: { strategy: 'synchronous' } }).start().claim('A', 1, 12).claim('B', 1, 12);
    for (let height = 10; height <= 12; height++) {
      expect(heightsOf(world).at(-1)).toBe(height);
      expect(world.asked).toHaveLength(height - 9);
      world.answer(world.asked.at(-1)?.peer ?? '', [blockAt(height)]);
    }
    expect(world.asked).toHaveLength(3);
    expect(world.height).toBe(12);
  });

  it.each([
    { what: 'the node may ask for', requestBlocksMax: 3, rangeBlocksMax: 8, max: 40, to: 12 },
    { what: 'the peer can give', requestBlocksMax: 8, rangeBlocksMax: 4, max: 40, to: 13 },
    { what: 'the peer claims', requestBlocksMax: 8, rangeBlocksMax: 8, max: 11, to: 11 },
    { what: 'there is room for', requestBlocksMax: 6, rangeBlocksMax: 8, max: 40, to: 15, bufferBlocksMax: 6 },
    {
      what: 'there is room for in bytes',
      requestBlocksMax: 8,
      rangeBlocksMax: 8,
      max: 40,
      to: 14,
      blockBytesMax: 1_000,
      bufferBytesMax: 5_999,
    },
  ])('CHUNK-1: a range is no longer than what $what', ({ what, rangeBlocksMax, max, to, ...config }) => {
    const world = new World({ config: { ...ONE_AT_A_TIME, ...config } }).start();
    world.connect('A', rangeBlocksMax).claim('A', 1, max);
    expect(asksOf(world), what).toEqual([['A', 10, to]]);
  });

  it('SYNC-3: nothing further ahead than the window', () => {
    const world = new World({ config: { bufferBlocksMax: 3 } }).start().claim('A', 11, 40).claim('B', 10, 10);
    absent(world, 'B', 10);
    expect(heightsOf(world).filter((height) => height > 12)).toEqual([]);
  });

  it('SYNC-3: the next height is asked for even when the buffer has no room left', () => {
    const world = new World({ config: { bufferBlocksMax: 2 } }).start().claim('B', 10, 10).claim('A', 11, 12);
    expect(asksOf(world)).toEqual([
      ['B', 10, 10],
      ['A', 11, 11],
    ]);
    world.answer('A', [blockAt(11)]).claim('C', 10, 10);
    absent(world, 'B', 10);
    expect(asksOf(world).at(-1)).toEqual(['C', 10, 10]);
    world.answer('C', [blockAt(10)]);
    expect(world.height).toBe(11);
  });

  it('SYNC-8: nothing above a next height that everybody has pruned', () => {
    const world = new World().start().claim('A', 12, 40);
    expect(world.asked).toEqual([]);
    world.claim('B', 10, 10);
    expect(asksOf(world).slice(0, 2)).toEqual([
      ['B', 10, 10],
      ['A', 12, 12],
    ]);
  });

  it('A36: up to eight gaps in what peers claim are jumped over, and each height is asked of who claims it', () => {
    const world = new World({ config: { inFlightMax: 32 } });
    world.start();
    // The full claim first, at a peer whose slots are soon taken.
    world.claim('all', 1, 60);
    for (let i = 0; i < 12; i++) world.claim(`P${i}`, 20 + 2 * i, 20 + 2 * i);
    const jumped = asksOf(world).filter(([peer]) => peer !== 'all');
    expect(jumped).toEqual(Array.from({ length: 8 }, (_, i) => [`P${i}`, 20 + 2 * i, 20 + 2 * i]));
  });
});

describe('who is asked', () => {
  it('SYNC-2, A40: who answers faster is asked first, whatever the others claim', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('slow', 1, 40);
    world.pass(900).answer('slow', [blockAt(10)]);
    world.claim('quick', 1, 11);
    world.pass(900).answer('slow', [blockAt(11)]);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'slow', from: 12 });
    world
      .claim('quick', 1, 30)
      .pass(900)
      .answer('slow', [blockAt(12)]);
    const first = world.asked.at(-1);
    expect(first).toMatchObject({ peer: 'quick', from: 13 });
    world.pass(20).answer('quick', [blockAt(13)]);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'quick', from: 14 });
  });

  it('SYNC-2, A10: who only ever let requests run out comes after who answers, however slowly', () => {
    const world = new World({ config: { inFlightMax: 2, inFlightPerPeerMax: 2, hedgesMax: 1 } })
      .start()
      .claim('slow', 1, 10);
    world.claim('mute', 1, 11).claim('slow', 1, 60);
    const asksOf = (id: string) => world.asked.filter(({ peer }) => peer === id).map(({ from }) => from);
    const begunAt = world.now;
    for (let answered = 0; world.height < 50;) {
      if (world.height === 36) {
        // What was asked of it has run out, and it could be asked for more.
        expect(world.now - begunAt).toBeGreaterThan(10_000);
        world.claim('mute', 1, 60);
      }
      const height = asksOf('slow')[answered];
      world.pass(400);
      if (height === undefined) continue;
      world.answer('slow', [blockAt(height)]);
      answered++;
    }
    expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
    expect(asksOf('mute')).toEqual([11]);
  });

  it('SYNC-4: one that failed the height is asked again only when there is nobody else', () => {
    const world = new World({ config: { ...ONE_AT_A_TIME, refutedBackoffMsMin: 1, refutedBackoffMsMax: 1 } }).start();
    world.claim('A', 1, 10).claim('B', 1, 10);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.claim('A', 1, 10);
    world.send({ type: 'peerDisconnected', peer: 'B' });
    expect(asksOf(world)).toEqual([
      ['A', 10, 10],
      ['B', 10, 10],
      ['A', 10, 10],
    ]);
    world.claim('C', 1, 10).claim('B', 1, 10);
    absent(world, 'A', 10);
    expect(asksOf(world).at(-1)).toEqual(['C', 10, 10]);
  });

  it.each([
    { minHeight: 10, maxHeight: 10, asked: true },
    { minHeight: 11, maxHeight: 20, asked: false },
    { minHeight: 1, maxHeight: 9, asked: false },
  ])('SYNC-1: 10 of a peer with $minHeight to $maxHeight: $asked', ({ minHeight, maxHeight, asked }) => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', minHeight, maxHeight);
    absent(world, 'A', 10);
    expect(asksOf(world).slice(1)).toEqual(asked ? [['B', 10, 10]] : []);
  });
});

describe('tests of claims that nobody has tried', () => {
  const settled = (config = {}) => new World({ config }).start().claim('home', 1, 9);
  const crowd = (world: World, count: number) => {
    for (let i = 0; i < count; i++) world.claim(`P${i}`, 1, 20);
    return world;
  };

  it('META-10: four peers at a time are asked for the next block, each once', () => {
    const world = crowd(settled(), 6);
    expect(world.mode).toBe('Consensus_Synced');
    expect(asksOf(world, 'test')).toEqual(['P0', 'P1', 'P2', 'P3'].map((peer) => [peer, 10, 10]));
    absent(world, 'P1', 10);
    expect(asksOf(world, 'test').map(([peer]) => peer)).toHaveLength(5);
    expect(new Set(asksOf(world, 'test').map(([peer]) => peer)).size).toBe(5);
    expect(asksOf(world)).toEqual([]);
  });

  it.each([
    { config: { inFlightMax: 2, inFlightPerPeerMax: 1 }, tests: 2 },
    { config: { strategy: 'synchronous' as const }, tests: 1 },
    { config: { inFlightMax: 32 }, tests: 4 },
  ])('META-10: no more than the bounds allow: $config', ({ config, tests }) => {
    expect(asksOf(crowd(settled(config), 6), 'test')).toHaveLength(tests);
  });

  it.each([
    { what: 'ends at local', minHeight: 1, maxHeight: 9 },
    { what: 'begins above next', minHeight: 11, maxHeight: 20 },
  ])('META-10: a claim that $what is not tested', ({ minHeight, maxHeight }) => {
    expect(settled().claim('P', minHeight, maxHeight).asked).toEqual([]);
  });

  it('META-10: nobody is asked for a next block that is here and being checked', () => {
    const world = settled();
    world.holds = true;
    world.send({ type: 'newBlockReceived', peer: 'home', block: blockAt(10) });
    expect(crowd(world, 3).asked).toEqual([]);
    world.release().release().release();
    expect(world.height).toBe(10);
    expect(asksOf(world, 'test').map(([, from]) => from)).toEqual([11, 11, 11]);
  });

  it('META-10: a block that proves one claim makes the node unsynced, and the others are asked for the rest', () => {
    const world = crowd(settled(), 2);
    world.answer('P0', [blockAt(10)]);
    expect(world.height).toBe(10);
    expect(world.mode).toBe('Consensus_SyncMode');
    expect(heightsOf(world).slice(2, 6)).toEqual([11, 12, 13, 14]);
  });
});

describe('probes of refuted claims', () => {
  /** So many peers refuted, one of whom the node still syncs from. */
  const refuteAll = (count: number, config = {}) => {
    const world = new World({ config: { inFlightMax: 16, ...config } }).start();
    for (let i = 0; i < count; i++) {
      world.claim(`R${i}`, 1, 10);
      const ask = world.asked.at(-1);
      if (ask?.peer === `R${i}`) absent(world, `R${i}`, 10);
    }
    return world;
  };

  it.each([
    { inFlightMax: 16, probes: 2 },
    { inFlightMax: 4, probes: 1 },
    { inFlightMax: 24, probes: 3 },
  ])('META-7: while blocks are asked for, $probes of $inFlightMax slots probe', ({ inFlightMax, probes }) => {
    const world = refuteAll(6, { inFlightMax });
    expect(asksOf(world)).toHaveLength(6);
    world.claim('good', 1, 10).pass(5_000);
    expect(asksOf(world).at(-1)).toEqual(['good', 10, 10]);
    expect(asksOf(world, 'probe')).toHaveLength(probes);
  });

  it('META-7: with nothing else to ask for, every slot may probe', () => {
    const world = refuteAll(6, { inFlightMax: 5 }).pass(5_000);
    expect(asksOf(world, 'probe')).toHaveLength(5);
    absent(world, asksOf(world, 'probe')[0]?.[0] as string, 10);
    expect(asksOf(world, 'probe')).toHaveLength(6);
    expect(new Set(asksOf(world, 'probe').map(([peer]) => peer)).size).toBe(6);
  });

  it.each([
    { now: [1, 40], probed: 10 },
    { now: [10, 40], probed: 10 },
    { now: [11, 40], probed: null },
  ])('META-7: one that claims $now now is probed at $probed', ({ now, probed }) => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 20);
    absent(world, 'A', 10);
    world.claim('A', now[0] ?? 0, now[1] ?? 0).pass(5_000);
    expect(asksOf(world, 'probe')).toEqual(probed === null ? [] : [['A', probed, probed]]);
    // Who cannot be probed now is looked at again after the shortest back-off.
    world.takeEffects();
    if (probed !== null) return;
    world.claim('A', 11, 40).pass(4_999);
    world.answer('A', [blockAt(10)]);
    expect(asksOf(world, 'probe')).toEqual([]);
  });

  it('META-7: a claim that ends at or below local is probed for a block that is known here', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 14);
    absent(world, 'A', 10);
    for (let height = 10; height <= 14; height++) world.answer('B', [blockAt(height)]);
    expect(world.height).toBe(14);
    world.pass(5_000);
    expect(asksOf(world, 'probe')).toEqual([['A', 10, 10]]);
    world.answer('A', [blockAt(10)]);
    expect(effectsOf(world.effects, 'reportPeer').at(-1)).toMatchObject({
      peer: 'A',
      report: { kind: 'claimProven', height: 10 },
    });
  });

  /** Synced at 10, where A failed 12 when that was still in the window. */
  const syncedBelowDispute = () => {
    const world = new World({ config: { inFlightMax: 3, inFlightPerPeerMax: 2 } }).start();
    world.claim('B', 1, 10).claim('A', 1, 40);
    absent(world, 'A', 12);
    world.answer('B', [blockAt(10)]);
    expect([world.mode, getPeer(world.facts, 'A')?.disputedFrom]).toEqual(['Consensus_Synced', 12]);
    return world;
  };

  it('META-7, SYNC-7: who failed a block just beyond what is being checked is probed for the next one', () => {
    const world = syncedBelowDispute();
    world.holds = true;
    world.send({ type: 'newBlockReceived', peer: 'B', block: blockAt(11) });
    expect(world.facts.window.frontier).toBe(12);
    world.pass(5_000);
    expect(asksOf(world, 'probe')).toEqual([['A', 11, 11]]);
  });

  it('META-7, SYNC-7: who failed a block beyond the window is probed for the next one', () => {
    const world = syncedBelowDispute();
    world.pass(5_000);
    expect(asksOf(world, 'probe')).toEqual([['A', 11, 11]]);
    world.answer('A', [blockAt(11)]);
    expect(world.height).toBe(11);
  });

  it('META-7: another block than the one committed here refutes again, and not as "I have none" does', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 10);
    absent(world, 'A', 10);
    world
      .answer('B', [blockAt(10)])
      .pass(5_000)
      .takeEffects();
    world.answer('A', [blockAt(10, {}, { id: 'another' })]);
    expect(effectsOf(world.effects, 'reportPeer').map(({ report }) => report)).toEqual([
      { kind: 'requestEnded', result: 'answered', from: 10, to: 10, tookMs: 0 },
      { kind: 'claimRefuted', height: 10, why: 'INVALID_BLOCK', probeInMs: 5_000 },
    ]);
    world.pass(10_000);
    expect(asksOf(world, 'probe')).toHaveLength(2);
  });

  /** Every request has ten seconds, and a peer three slots, until one times out: then two. */
  const THREE_SLOTS = { inFlightPerPeerMax: 3, absentBackoffMsMin: 20, requestTimeoutMsMin: 10_000 };

  it('META-7, OPT-1: for what is next a peer is probed although it owes as much as it should', () => {
    const world = new World({ config: THREE_SLOTS }).start().claim('A', 1, 40);
    // 10 to 12 are asked for at once, 13 and 14 only now: 12 times out first, which costs a slot.
    for (const height of [10, 11]) world.pass(50).answer('A', [blockAt(height)]);
    world.pass(9_900);
    expect(effectsOf(world.effects, 'reportPeer').filter(({ report }) => report.kind === 'claimRefuted')).toHaveLength(
      1,
    );
    expect(world.facts.requests.inFlight).toBe(2);
    world.pass(20);
    expect(asksOf(world, 'probe')).toEqual([['A', 12, 12]]);
  });

  it('META-7, OPT-1: but not for what is further ahead', () => {
    const world = new World({ config: THREE_SLOTS }).start().claim('B', 1, 10).claim('A', 1, 40);
    for (const height of [11, 12]) world.pass(50).answer('A', [blockAt(height)]);
    world.pass(9_900);
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: 13, inFlight: 2 });
    world.pass(40);
    expect(asksOf(world, 'probe')).toEqual([]);
  });

  it('META-7: who has served before is probed first', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 11);
    absent(world, 'A', 10);
    world.claim('B', 1, 11).answer('B', [blockAt(10)]);
    absent(world, 'B', 11);
    world.pass(5_000);
    expect(asksOf(world, 'probe')[0]).toEqual(['B', 11, 11]);
  });

  it('APPLY-3: no block is asked for while the next is waited with, in no mode', () => {
    const world = new World().start().claim('A', 1, 10).claim('B', 1, 10);
    const odd = blockAt(10, { stateHash: 'x' });
    for (const peer of ['A', 'B', 'A', 'B']) {
      const ask = world.asked.at(-1);
      if (ask?.peer === peer) world.answer(peer, [odd]);
    }
    const suspect = effectsOf(world.effects, 'localStateSuspect')[0];
    expect(suspect).toMatchObject({ height: 10, retryInMs: 5_000 });
    const asked = world.asked.length;
    world.claim('C', 1, 10).pass(4_999);
    expect(world.asked).toHaveLength(asked);
    world.pass(1);
    expect(world.asked.length).toBe(asked + 1);
    expect(world.asked.at(-1)).toMatchObject({ from: 10, purpose: 'sync' });
    world.answer(world.asked.at(-1)?.peer ?? '', blocksOf(10, 10));
    expect(world.height).toBe(10);
  });
});
