import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import { getAggregatedStateSyncMetadata } from '../../src/core/sync-api.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME: Partial<SyncConfig> = { inFlightMax: 1, inFlightPerPeerMax: 1 };

/** The peer answers its newest request after so long. */
function answerAfter(world: World, peer: string, ms: number): World {
  const ask = world.asked.findLast((each) => each.peer === peer);
  if (ask === undefined) throw new Error(`${peer} was not asked`);
  return world.pass(ms).answer(peer, [blockAt(ask.from)]);
}

function charge(world: World, peer: string): World {
  world.send({ type: 'peerMisbehaved', peer, offence: 'METADATA_FLOOD', detail: 'x' });
  return world;
}

describe('how long an answer may take', () => {
  /** How long after the newest request was sent it is given up. */
  const timeoutOf = (world: World, from: number) => {
    const sentAt = world.now;
    world.takeEffects();
    while (reportsOf(world.effects, 'requestEnded').length === 0) world.fire('request');
    expect(reportsOf(world.effects, 'requestEnded')[0]?.report).toMatchObject({
      result: 'timedOut',
      from,
      to: from,
      tookMs: world.now - sentAt,
    });
    return world.now - sentAt;
  };

  it.each([
    { answers: [], timeoutMs: 10_000 },
    // Latency and half of it as deviation: twice the one and four times the other.
    { answers: [1_000], timeoutMs: 4_000 },
    { answers: [300], timeoutMs: 1_200 },
    { answers: [200], timeoutMs: 1_000 },
    { answers: [3_000], timeoutMs: 10_000 },
    // RFC 6298's weights: an eighth, and a quarter.
    { answers: [1_000, 1_000], timeoutMs: 3_500 },
    { answers: [1_000, 200], timeoutMs: 2 * 900 + 4 * 575 },
    { answers: [1_000, 1_800], timeoutMs: 2 * 1_100 + 4 * 575 },
  ])('LIMIT: as what its owner has shown, with ample room, within bounds: %j', ({ answers, timeoutMs }) => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 50);
    for (const ms of answers) answerAfter(world, 'A', ms);
    expect(timeoutOf(world, 10 + answers.length)).toBe(timeoutMs);
  });
});

describe('who is asked', () => {
  it('SYNC-2: the lowest heights first, of who owes the fewest answers', () => {
    const world = new World({ config: { inFlightMax: 6 } }).start().claim('A', 1, 40).claim('B', 1, 40);
    const asked = () => world.asked.map(({ peer, from }) => `${peer} ${from}`);
    expect(asked()).toEqual(['A 10', 'A 11', 'A 12', 'A 13', 'B 14', 'B 15']);
    world.claim('C', 1, 40).pass(800);
    for (const height of [10, 11]) world.answer('A', [blockAt(height)]);
    expect(asked().slice(6)).toEqual(['C 16', 'C 17']);
  });

  it('A40: rank is what a peer has shown: the quicker is asked, whatever the other claims', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('slow', 1, 30);
    answerAfter(world, 'slow', 900);
    world.claim('quick', 1, 10_000);
    answerAfter(world, 'slow', 900);
    expect(world.asked.at(-1)?.peer).toBe('quick');
    answerAfter(world, 'quick', 40);
    for (let i = 0; i < 4; i++) {
      expect(world.asked.at(-1)?.peer).toBe('quick');
      answerAfter(world, 'quick', 40);
    }
  });

  it.each([
    { charges: 0, next: 'A' },
    { charges: 1, next: 'A' },
    { charges: 2, next: 'A' },
    { charges: 3, next: 'A' },
    // Each ten points below 0 lengthen the wait that is expected of A, 21 ms, by as much again: past 101 ms, what is
    // expected of a peer of whom nothing is known.
    { charges: 4, next: 'B' },
    { charges: 5, next: 'B' },
  ])('PEER-1: who misbehaved is asked later, unless it is so much the quicker: %j', ({ charges, next }) => {
    const config = { ...ONE_AT_A_TIME, scoreCoolDown: -90, scoreMax: 0 };
    const world = new World({ config }).start().claim('A', 1, 40);
    answerAfter(world, 'A', 20);
    for (let i = 0; i < charges; i++) charge(world, 'A');
    world.claim('B', 1, 40);
    const scoreBefore = getPeer(world.facts, 'A')?.score;
    answerAfter(world, 'A', 20);
    expect(scoreBefore).toBe(charges === 0 ? 0 : -10 * charges);
    expect(world.asked.at(-1)?.peer).toBe(next);
  });

  it('SYNC-2, LIMIT: no more than its share of requests to one peer', () => {
    const world = new World({ config: { inFlightPerPeerMax: 3 } }).start().claim('A', 1, 50);
    expect(world.asked.map(({ from }) => from)).toEqual([10, 11, 12]);
    for (const height of [10, 11, 12]) world.answer('A', [blockAt(height)]);
    expect(world.asked.map(({ from }) => from)).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it('META-7: of refuted claims the one whose owner has served before is probed first', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start();
    const refuse = () => {
      const { peer, requestId, from: height } = world.asked.at(-1) ?? { peer: '', requestId: 0, from: 0 };
      world.send({ type: 'blocksUnavailable', peer, requestId, height });
    };
    world.claim('A-new', 1, 50);
    refuse();
    world.claim('Z-served', 1, 50);
    answerAfter(world, 'Z-served', 20);
    refuse();
    world.claim('busy', 1, 50);
    expect(world.asked.at(-1)?.peer).toBe('busy');
    // Both come due while the one slot is taken.
    world.pass(5_500);
    answerAfter(world, 'busy', 0);
    const probe = world.asked.findLast((each) => each.purpose === 'probe');
    expect(probe?.peer).toBe('Z-served');
  });
});

describe('connections', () => {
  it('META-2: a second word of the same connection changes nothing', () => {
    const world = new World().start().claim('A', 1, 9);
    const { peers } = world.facts;
    world.takeEffects();
    world.connect('A', 64);
    expect(world.effects).toEqual([]);
    expect(world.facts.peers).toEqual(peers);
  });

  it('PEER-1: who is banned is refused for as long as its ban still runs', () => {
    const world = new World().start().connect('A');
    for (let i = 0; i < 2; i++) {
      world.send({ type: 'peerMisbehaved', peer: 'A', offence: 'SPOOFED_ADDRESS', detail: 'x' });
    }
    world.pass(60_000).takeEffects();
    world.connect('A');
    expect(world.effects).toEqual([
      { type: 'reportPeer', peer: 'A', report: { kind: 'refusedConnection', why: 'BANNED' } },
      { type: 'disconnectPeer', peer: 'A', refuseMs: 540_000 },
    ]);
    world.pass(540_000).takeEffects();
    world.connect('A');
    expect(effectsOf(world.effects, 'sendMetadataRequest')).toEqual([{ type: 'sendMetadataRequest', peer: 'A' }]);
  });

  it('META-2: with the table full a newcomer is refused for a period; who left longest ago makes room', () => {
    const config = { peersMax: 3, metadataPeriodMs: 7_000 };
    const node = new World({ config }).start().connect('A').connect('B').connect('C');
    node.takeEffects();
    node.connect('D');
    expect(node.effects).toEqual([
      { type: 'reportPeer', peer: 'D', report: { kind: 'refusedConnection', why: 'TABLE_FULL' } },
      { type: 'disconnectPeer', peer: 'D', refuseMs: 7_000 },
    ]);
    for (const peer of ['B', 'A']) {
      charge(node, peer).pass(1);
      node.send({ type: 'peerDisconnected', peer });
    }
    node.connect('D');
    expect(['A', 'B', 'C', 'D'].map((peer) => getPeer(node.facts, peer)?.life.link)).toEqual([
      'Disconnected',
      undefined,
      'Connected',
      'Connected',
    ]);
  });

  it('PEER-2: who left with nothing to remember is forgotten; a score, a refuted claim, a cool-down are remembered', () => {
    const world = new World({ config: { inFlightMax: 1, inFlightPerPeerMax: 1 } }).start();
    world.connect('plain').connect('charged').connect('deserter');
    charge(world, 'charged');
    for (const peer of ['plain', 'charged']) world.send({ type: 'peerDisconnected', peer });
    expect(getPeer(world.facts, 'plain')).toBeUndefined();
    expect(getPeer(world.facts, 'charged')?.score).toBe(-10);
    world.claim('deserter', 1, 50);
    expect(world.asked.at(-1)?.peer).toBe('deserter');
    world.send({ type: 'peerDisconnected', peer: 'deserter' });
    expect(getPeer(world.facts, 'deserter')).toMatchObject({ desertions: 1, claim: null, requests: [], inFlight: 0 });
    expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
    world.claim('deserter', 1, 50).send({ type: 'peerDisconnected', peer: 'deserter' });
    expect(reportsOf(world.effects, 'claimRefuted').map(({ report }) => report)).toEqual([
      { kind: 'claimRefuted', height: 10, why: 'LEFT', probeInMs: 5_000 },
    ]);
    world.claim('deserter', 1, 50);
    expect(getAggregatedStateSyncMetadata(world.facts)).toBeNull();
  });

  it('META-7: leaving without owing the next height is no desertion', () => {
    const world = new World({ config: { inFlightMax: 2, inFlightPerPeerMax: 1 } }).start().claim('A', 1, 50);
    world.claim('B', 1, 50);
    expect(world.asked.map(({ peer, from }) => `${peer} ${from}`)).toEqual(['A 10', 'B 11']);
    world.send({ type: 'peerDisconnected', peer: 'B' });
    expect(getPeer(world.facts, 'B')).toBeUndefined();
    // A request that timed out is not owed any more.
    const late = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 50).pass(10_000);
    late.send({ type: 'peerDisconnected', peer: 'A' });
    expect(getPeer(late.facts, 'A')).toMatchObject({ desertions: 0, refutations: 1 });
  });

  it('META-7: a probe that was under way when its owner left is owed when it is back', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 50).pass(10_000).pass(5_000);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'A', purpose: 'probe' });
    const probes = () => world.asked.filter((each) => each.purpose === 'probe').length;
    expect(probes()).toBe(1);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.claim('A', 1, 50).pass(4_999);
    expect(probes()).toBe(1);
    world.pass(1);
    expect(probes()).toBe(2);
  });

  it('PEER-2: stopping ends every connection', () => {
    const world = new World().start().claim('A', 1, 20).claim('B', 1, 20);
    world.send({ type: 'Stop' });
    expect(world.facts.requests.inFlight).toBe(0);
    expect(['A', 'B'].map((peer) => getPeer(world.facts, peer)?.life.link ?? 'forgotten')).toEqual(
      expect.not.arrayContaining(['Connected']),
    );
    expect(getAggregatedStateSyncMetadata(world.facts)).toBeNull();
  });
});

describe('the aggregate', () => {
  const aggregateOf = (claims: readonly (readonly [number, number])[], options = {}) => {
    const world = new World(options).start();
    for (const [i, [from, to]] of claims.entries()) world.claim(`peer-${i}`, from, to);
    return world.facts.aggregate;
  };

  it.each([
    { claims: [], is: null },
    { claims: [[1, 20]], is: { minHeight: 1, maxHeight: 20, peers: 1, pruned: false } },
    { claims: [[10, 20]], is: { minHeight: 10, maxHeight: 20, peers: 1, pruned: false } },
    // Out of reach, and nobody claims the next height: it is pruned everywhere.
    { claims: [[11, 20]], is: { minHeight: 11, maxHeight: 20, peers: 1, pruned: true } },
    {
      claims: [
        [11, 20],
        [15, 40],
      ],
      is: { minHeight: 11, maxHeight: 40, peers: 2, pruned: true },
    },
    // Out of reach, with somebody at the next height or below: it says nothing.
    {
      claims: [
        [1, 9],
        [11, 20],
      ],
      is: { minHeight: 1, maxHeight: 9, peers: 1, pruned: false },
    },
    {
      claims: [
        [1, 12],
        [14, 20],
      ],
      is: { minHeight: 1, maxHeight: 12, peers: 1, pruned: false },
    },
    // A staircase.
    {
      claims: [
        [1, 12],
        [13, 20],
        [21, 30],
      ],
      is: { minHeight: 1, maxHeight: 30, peers: 3, pruned: false },
    },
    {
      claims: [
        [21, 30],
        [13, 20],
        [1, 12],
      ],
      is: { minHeight: 1, maxHeight: 30, peers: 3, pruned: false },
    },
    {
      claims: [
        [2, 12],
        [5, 8],
        [3, 11],
      ],
      is: { minHeight: 2, maxHeight: 12, peers: 3, pruned: false },
    },
  ] as { claims: [number, number][]; is: object | null }[])(
    'META-6, SYNC-8, A03: of what is in reach: %j',
    ({ claims, is }) => {
      expect(aggregateOf(claims, { config: { minPeers: 4 } })).toEqual(is);
    },
  );

  it('META-6: a staircase is climbed sixty-four steps at once, the rest as the height grows', () => {
    const steps = Array.from({ length: 80 }, (_, i) => [10 + i, 10 + i] as const);
    expect(aggregateOf(steps, { config: { minPeers: 100 } })?.maxHeight).toBe(73 + 1);
  });

  it('META-10: in a settled mode an untested claim says nothing above the local height, unless it is trusted', () => {
    const settled = (config: Partial<SyncConfig>) => {
      const world = new World({ config }).start().claim('A', 1, 9);
      world.takeEffects();
      world.claim('B', 3, 500);
      return world;
    };
    const careful = settled({});
    expect(careful.mode).toBe('Consensus_Synced');
    expect(careful.facts.aggregate).toEqual({ minHeight: 1, maxHeight: 9, peers: 2, pruned: false });
    expect(effectsOf(careful.effects, 'targetChanged')).toEqual([]);
    careful.answer('B', [blockAt(10)]);
    expect(careful.facts.aggregate?.maxHeight).toBe(500);
    expect(effectsOf(careful.effects, 'targetChanged')).toEqual([{ type: 'targetChanged', target: 500 }]);
    const trusting = settled({ trustClaims: true });
    expect(trusting.facts.aggregate?.maxHeight).toBe(500);
    expect(trusting.mode).toBe('Consensus_SyncMode');
  });

  it('META-10, A03: in a settled mode a claim that starts out of reach says nothing at all', () => {
    const world = new World({ config: { minPeers: 0 } }).start();
    world.claim('A', 1, 9).send({ type: 'peerDisconnected', peer: 'A' });
    expect(world.mode).toBe('Consensus_Synced');
    world.claim('B', 11, 500);
    expect(world.facts.aggregate).toBeNull();
    expect(world.mode).toBe('Consensus_Synced');
  });
});
