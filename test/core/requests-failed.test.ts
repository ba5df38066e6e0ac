import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import { getAggregatedStateSyncMetadata } from '../../src/core/sync-api.ts';
import { whyNotSynced } from '../../src/core/why.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };

/** What is told about a peer, in order. */
const told = (world: World, peer: string) =>
  effectsOf(world.effects, 'reportPeer')
    .filter((effect) => effect.peer === peer)
    .map((effect) => effect.report);

const asksOf = (world: World) => world.asked.map(({ peer, from, to, purpose }) => [peer, from, to, purpose]);

const absent = (world: World, peer: string, height: number) =>
  world.send({ type: 'blocksUnavailable', peer, requestId: world.requestOf(peer, height), height });
const unsent = (world: World, peer: string, height: number) =>
  world.send({ type: 'sendFailed', peer, requestId: world.requestOf(peer, height) });

const refuted = (why: string, height = 10) => ({ kind: 'claimRefuted', height, why, probeInMs: 5_000 });
const ended = (result: string, tookMs: number, height = 10) => ({
  kind: 'requestEnded',
  result,
  from: height,
  to: height,
  tookMs,
});

describe('a request for the next height that comes to nothing', () => {
  const FAILURES = [
    {
      result: 'absent',
      clause: 'SYNC-5',
      fail: (world: World) => void absent(world, 'A', 10),
      reports: [ended('absent', 250), refuted('NOT_AVAILABLE')],
      lastErrorCode: 'NOT_AVAILABLE',
    },
    {
      result: 'timedOut',
      clause: 'SYNC-4',
      fail: (world: World) => void world.pass(9_750),
      reports: [ended('timedOut', 10_000), refuted('TIMED_OUT')],
      lastErrorCode: 'TIMED_OUT',
    },
    {
      result: 'sendFailed',
      clause: 'SYNC-4',
      fail: (world: World) => void unsent(world, 'A', 10),
      // One failed send says nothing about what the peer holds (A39).
      reports: [ended('sendFailed', 250)],
      lastErrorCode: 'PEER_UNREACHABLE',
    },
    {
      result: 'peerLost',
      clause: 'PEER-2',
      fail: (world: World) => void world.send({ type: 'peerDisconnected', peer: 'A' }),
      reports: [ended('peerLost', 250)],
      lastErrorCode: 'PEER_UNREACHABLE',
    },
    {
      result: 'refused',
      clause: 'SYNC-6',
      fail: (world: World) =>
        void world.send({
          type: 'blocksReceived',
          peer: 'A',
          requestId: world.requestOf('A', 10),
          blocks: [blockAt(11)],
        }),
      reports: [
        ended('refused', 250),
        refuted('INVALID_BLOCK'),
        {
          kind: 'charged',
          offence: 'WRONG_HEIGHT',
          detail: 'sent height 11 where 10 was asked for',
          score: -30,
          height: 11,
        },
        { kind: 'coolingDown', offence: 'WRONG_HEIGHT', forMs: 5_000 },
      ],
      lastErrorCode: null,
    },
  ];

  it.each(FAILURES)(
    '$clause, META-7: $result is told, with what it says of the claim, and another peer asked',
    ({ fail, reports, lastErrorCode }) => {
      const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 10).pass(250);
      world.takeEffects();
      fail(world);
      expect(told(world, 'A')).toEqual(reports);
      expect(asksOf(world)).toEqual([
        ['A', 10, 10, 'sync'],
        ['B', 10, 10, 'sync'],
      ]);
      expect(whyNotSynced(world.facts)).toMatchObject({
        lastErrorCode,
        peersTried: lastErrorCode === null ? [] : ['A'],
      });
    },
  );

  it('SYNC-5: what is absent further ahead is no trouble of the next height', () => {
    const world = new World({ config: { inFlightMax: 2, inFlightPerPeerMax: 2 } })
      .start()
      .claim('A', 1, 11)
      .claim('B', 1, 11);
    absent(world, 'A', 11);
    expect(told(world, 'A')).toEqual([ended('absent', 0, 11), refuted('NOT_AVAILABLE', 11)]);
    expect(whyNotSynced(world.facts)).toMatchObject({ lastErrorCode: null, peersTried: [] });
    expect(asksOf(world).at(-1)).toEqual(['B', 11, 11, 'sync']);
  });

  it.each([
    { late: 'absent', fail: (world: World) => absent(world, 'A', 10) },
    { late: 'sendFailed', fail: (world: World) => unsent(world, 'A', 10) },
  ])('SYNC-4: $late after the timeout adds nothing to it', ({ fail }) => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 10).pass(10_000);
    world.answer('B', [blockAt(10)]).claim('A', 1, 20);
    world.takeEffects();
    const asked = world.asked.length;
    fail(world);
    expect(told(world, 'A')).toEqual([]);
    expect(world.asked).toHaveLength(asked);
    expect(whyNotSynced(world.facts)?.peersTried ?? []).toEqual([]);
    // It is forgotten now: the block itself comes unasked for.
    world.takeEffects();
    for (let i = 0; i < 6; i++) world.answer('A', [blockAt(10)]);
    expect(reportsOf(world.effects, 'charged', 'A')).toHaveLength(1);
  });

  it('SYNC-4: only who was sent a request can say that it failed', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 10);
    const requestId = world.requestOf('A', 10);
    world.takeEffects();
    world.send({ type: 'sendFailed', peer: 'B', requestId });
    world.send({ type: 'sendFailed', peer: 'A', requestId: requestId + 1 });
    world.send({ type: 'blocksUnavailable', peer: 'B', requestId, height: 10 });
    world.send({ type: 'blocksReceived', peer: 'B', requestId, blocks: [] });
    world.send({ type: 'blocksReceived', peer: 'A', requestId: null, blocks: [] });
    expect(effectsOf(world.effects, 'reportPeer')).toEqual([]);
    expect(world.asked).toHaveLength(1);
  });

  it('PEER-2: a peer that leaves has every one of its requests asked of others at once', () => {
    const world = new World({ config: { inFlightMax: 3, inFlightPerPeerMax: 3 } }).start().claim('A', 1, 12);
    world.claim('B', 1, 12).takeEffects();
    world.send({ type: 'peerDisconnected', peer: 'A' });
    expect(told(world, 'A')).toEqual([10, 11, 12].map((height) => ended('peerLost', 0, height)));
    expect(asksOf(world).slice(3)).toEqual([10, 11, 12].map((height) => ['B', height, height, 'sync']));
  });
});

describe('what silence says about a claim (META-7)', () => {
  const SILENCES = [
    { about: 'the next height, claim untested', tested: false, height: 10, refutes: true },
    { about: 'the next height, claim tested', tested: true, height: 11, refutes: true },
    { about: 'a height further ahead, claim untested', tested: false, height: 11, refutes: true },
  ];

  it.each(SILENCES)('META-7: about $about: refutes $refutes', ({ tested, height, refutes }) => {
    const world = new World({ config: { inFlightMax: 2, inFlightPerPeerMax: 1, minPeers: 1 } }).start();
    const first = tested ? 11 : 10;
    if (tested)
      world
        .claim('A', 1, 10)
        .answer('A', [blockAt(10)])
        .takeEffects();
    // A has all of it; B only what A is not to be asked for.
    if (height === first) world.claim('A', height, height);
    else world.claim('B', 1, first).claim('A', height - 2, height);
    world.takeEffects();
    world.pass(height === first ? 10_000 : 0);
    const ask = world.asked.findLast((each) => each.peer === 'A');
    expect(ask?.from).toBe(height);
    world.pass(10_000);
    const reports = told(world, 'A').filter(({ kind }) => kind === 'claimRefuted');
    expect(reports.length > 0).toBe(refutes);
  });
});

describe('what it says of a tested claim that others come (META-7, OPT-1)', () => {
  const TWO = { inFlightMax: 2, inFlightPerPeerMax: 2, hedgesMax: 4, requestTimeoutMsMax: 1_000 };

  /** A has given 10 and owes 11 and 12; 20 ms later it gives 12, and owes 13. */
  function givesOthers(config = {}): World {
    const world = new World({ config: { ...TWO, ...config } }).start().claim('A', 1, 30);
    world
      .answer('A', [blockAt(10)])
      .pass(20)
      .answer('A', [blockAt(12)])
      .takeEffects();
    expect(asksOf(world).map(([, from]) => from)).toEqual([10, 11, 12, 13]);
    expect(getPeer(world.facts, 'A')?.life.claim).toBe('Credible');
    return world;
  }
  const refutations = (world: World) => reportsOf(world.effects, 'claimRefuted').map(({ report }) => report);

  it('META-7, SYNC-5: one "I have none" refutes nothing: that block is asked for again at once, and what is ahead goes on', () => {
    const world = givesOthers();
    absent(world, 'A', 11);
    expect(refutations(world)).toEqual([]);
    expect(asksOf(world).slice(4)).toEqual([['A', 11, 11, 'sync']]);
    expect(getAggregatedStateSyncMetadata(world.facts)).toMatchObject({ maxHeight: 30 });
    // Nothing came since that was asked.
    absent(world, 'A', 11);
    expect(refutations(world)).toMatchObject([{ height: 11, why: 'NOT_AVAILABLE' }]);
  });

  it('META-7, SYNC-4: silence about the next height refutes nothing either, as long as others come', () => {
    const world = givesOthers();
    world.pass(980);
    expect(reportsOf(world.effects, 'requestEnded').at(-1)?.report).toMatchObject({ result: 'timedOut', from: 11 });
    expect(refutations(world)).toEqual([]);
    world.pass(2_000);
    expect(refutations(world)).toMatchObject([{ height: 11, why: 'TIMED_OUT' }]);
  });

  it('META-7: where nothing may be asked of a second peer meanwhile, it refutes as ever', () => {
    const world = givesOthers({ hedgesMax: 0 });
    absent(world, 'A', 11);
    expect(refutations(world)).toMatchObject([{ height: 11, why: 'NOT_AVAILABLE' }]);
  });

  it('META-7: an untested claim is refuted however much else comes', () => {
    const world = new World({ config: { ...TWO, inFlightMax: 3, inFlightPerPeerMax: 3 } }).start().claim('A', 1, 30);
    world.holds = true;
    world
      .pass(100)
      .answer('A', [blockAt(12)])
      .takeEffects();
    expect(getPeer(world.facts, 'A')?.life.claim).toBe('Untested');
    absent(world, 'A', 10);
    expect(refutations(world)).toMatchObject([{ height: 10, why: 'NOT_AVAILABLE' }]);
  });

  it('META-7: a block that refused its request is no good service', () => {
    const world = givesOthers();
    const requestId = world.requestOf('A', 11);
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: [blockAt(20)] });
    expect(refutations(world)).toMatchObject([{ height: 11, why: 'INVALID_BLOCK' }]);
  });
});

describe('how long an answer may take', () => {
  it.each([
    { answersMs: [], ms: 10_000 },
    // 300 ms with a deviation of 150.
    { answersMs: [300], ms: 1_200 },
    // 275 ms, and 162.5; then 253.125, and 165.625.
    { answersMs: [300, 100], ms: 1_200 },
    { answersMs: [300, 100, 100], ms: 1_169 },
    { answersMs: [0, 0, 0], ms: 10 },
    { answersMs: [9_000], ms: 10_000 },
  ])('LIMIT: after answers in $answersMs ms the next may take $ms ms', ({ answersMs, ms }) => {
    const world = new World({ config: { ...ONE_AT_A_TIME, requestTimeoutMsMin: 10 } }).start().claim('A', 1, 40);
    for (const [i, each] of answersMs.entries()) world.pass(each).answer('A', [blockAt(10 + i)]);
    world.takeEffects();
    world.pass(30_000);
    expect(told(world, 'A')[0]).toEqual(ended('timedOut', ms, 10 + answersMs.length));
  });

  it.each([
    { result: 'absent', end: (world: World) => void absent(world, 'A', 11), ms: 1_200 },
    // 1,200 ms after 300: 412.5 ms with a deviation of 337.5.
    { result: 'timedOut', end: (world: World) => void world.pass(1_150), ms: 2_175 },
  ])('LIMIT: an answer that is $result leaves its owner $ms ms the next time', ({ end, ms }) => {
    const world = new World({ config: { ...ONE_AT_A_TIME, requestTimeoutMsMin: 10 } }).start().claim('A', 1, 40);
    world
      .pass(300)
      .answer('A', [blockAt(10)])
      .pass(50);
    end(world);
    world.pass(5_000);
    const probed = world.asked.findLast((ask) => ask.purpose === 'probe');
    expect(probed).toMatchObject({ peer: 'A', from: 11 });
    world.takeEffects();
    world.pass(ms);
    expect(told(world, 'A')).toContainEqual(ended('timedOut', ms, 11));
  });
});

describe('a request that could not be sent (A39)', () => {
  it('SYNC-4, A39: is asked again at once of who is left, and says nothing about how quick that peer is', () => {
    const world = new World({ config: { ...ONE_AT_A_TIME, requestTimeoutMsMin: 10 } }).start().claim('A', 1, 40);
    world
      .pass(300)
      .answer('A', [blockAt(10)])
      .pass(50);
    unsent(world, 'A', 11);
    expect(asksOf(world).at(-1)).toEqual(['A', 11, 11, 'sync']);
    expect(world.asked).toHaveLength(3);
    world.takeEffects();
    world.pass(1_200);
    expect(told(world, 'A')).toContainEqual(ended('timedOut', 1_200, 11));
  });

  it('META-7, A39: an answer in between starts the count over', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 40);
    for (let i = 0; i < 7; i++) unsent(world, 'A', 10);
    world.answer('A', [blockAt(10)]);
    for (let i = 0; i < 7; i++) unsent(world, 'A', 11);
    expect(told(world, 'A').filter(({ kind }) => kind === 'claimRefuted')).toEqual([]);
    unsent(world, 'A', 11);
    expect(told(world, 'A').filter(({ kind }) => kind === 'claimRefuted')).toEqual([refuted('SEND_FAILED', 11)]);
  });
});

describe('late answers of a peer that stalled', () => {
  const stalled = (timeouts: number) => {
    const config = { ...ONE_AT_A_TIME, refutedBackoffMsMin: 1, refutedBackoffMsMax: 1 };
    const world = new World({ config }).start().claim('A', 1, 10);
    for (let i = 1; i < timeouts; i++) world.pass(10_001);
    world.pass(10_000);
    expect(world.asked).toHaveLength(timeouts);
    return world;
  };
  const answerOldest = (world: World) =>
    world.send({ type: 'blocksReceived', peer: 'A', requestId: world.asked[0]?.requestId ?? 0, blocks: [blockAt(10)] });

  it('SYNC-4: of eight requests that timed out the oldest may still be answered', () => {
    const world = stalled(8);
    answerOldest(world);
    expect(world.height).toBe(10);
  });

  it('SYNC-4: of nine the oldest is only counted: its answer is let go, and no offence', () => {
    const world = stalled(9);
    answerOldest(world);
    expect(world.height).toBe(9);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    // One is counted and five more are forgiven; the seventh is too much.
    for (let i = 2; i <= 6; i++) answerOldest(world);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    answerOldest(world);
    expect(told(world, 'A').at(-1)).toEqual({
      kind: 'charged',
      offence: 'UNSOLICITED_BLOCK',
      detail: 'sends blocks that nobody asked for, now height 10',
      score: -10,
      height: 10,
    });
    world.send({
      type: 'blocksReceived',
      peer: 'A',
      requestId: world.asked[1]?.requestId ?? 0,
      blocks: [blockAt(10)],
    });
    expect(world.height).toBe(10);
  });
});

describe('answers by height, on a wire without request ids', () => {
  const answer = (world: World, height: number) =>
    world.send({ type: 'blocksReceived', peer: 'A', requestId: null, blocks: [blockAt(height)] });

  it.each([
    { height: 9, fits: false },
    { height: 10, fits: true },
    { height: 14, fits: false },
  ])('SYNC-4: height $height answers a request for 10..13: $fits', ({ height, fits }) => {
    const config = { ...ONE_AT_A_TIME, requestBlocksMax: 4, unsolicitedBurst: 1 };
    const world = new World({ config }).start().connect('A', 4).claim('A', 1, 13);
    world.takeEffects();
    answer(world, height);
    expect(told(world, 'A').some(({ kind }) => kind === 'requestEnded')).toBe(fits);
    expect(world.height).toBe(fits ? 10 : 9);
  });

  it.each([
    { height: 9, ends: false },
    { height: 10, ends: true },
    { height: 13, ends: true },
    { height: 14, ends: false },
  ])('SYNC-5: "I do not have $height" ends a request for 10..13: $ends', ({ height, ends }) => {
    const config = { ...ONE_AT_A_TIME, requestBlocksMax: 4 };
    const world = new World({ config }).start().connect('A', 4).claim('A', 1, 13);
    world.takeEffects();
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: null, height });
    expect(told(world, 'A').map(({ kind }) => kind)).toEqual(ends ? ['requestEnded', 'claimRefuted'] : []);
    expect(getAggregatedStateSyncMetadata(world.facts)).toEqual(ends ? null : { minHeight: 1, maxHeight: 13 });
  });

  it('CHUNK-1: the part of a range that did not come is asked for again', () => {
    const config = { ...ONE_AT_A_TIME, requestBlocksMax: 4 };
    const world = new World({ config }).start().connect('A', 4).claim('A', 1, 13);
    world.answer('A', blocksOf(10, 11));
    expect(world.height).toBe(11);
    expect(asksOf(world)).toEqual([
      ['A', 10, 13, 'sync'],
      ['A', 12, 13, 'sync'],
    ]);
  });
});
