import { describe, expect, it } from 'vitest';
import type { ReasonCode, WhyNotSynced } from '../../src/core/why.ts';
import { connectedCount, REASONS, whyNotSynced } from '../../src/core/why.ts';
import { getPeer } from '../../src/core/peers.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { World } from '../../properties/arbitraries/core-walk/core-world.ts';

const FAULT = { code: 'EXECUTOR_FAILED', message: 'out of memory' } as const;
const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };

function why(world: World): WhyNotSynced | null {
  return whyNotSynced(world.facts);
}

/** In Sync, with A's certified block 10 refused by the executor, and the same of B. */
function suspectWorld(): World {
  const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 10);
  world.answer('A', [blockAt(10, { stateHash: 'x' })]);
  return world.answer('B', [blockAt(10, { stateHash: 'x' })]);
}

function unsent(peer: string, world: World): World {
  world.send({ type: 'blocksUnavailable', peer, requestId: world.requestOf(peer, 10), height: 10 });
  return world;
}

/** A is charged so much that it may not be asked, and claims the next heights. */
function coolingWorld(): World {
  const world = new World().start().connect('A');
  world.send({ type: 'peerMisbehaved', peer: 'A', offence: 'MALFORMED_MESSAGE', detail: 'x' });
  return world.claim('A', 1, 12);
}

interface Case {
  readonly code: ReasonCode;
  readonly when: string;
  readonly make: () => World;
  /** What follows the sentence of the reason. */
  readonly more: string;
  readonly expected: Partial<WhyNotSynced>;
}

const NOTHING_TRIED = { lastErrorCode: null, peersTried: [] };
const CASES: readonly Case[] = [
  {
    code: 'NODE_STOPPED',
    when: 'before it is started',
    make: () => new World(),
    more: '(local height 9, next 10)',
    expected: { ...NOTHING_TRIED, height: 10, target: null, nextTryInMs: null },
  },
  {
    code: 'NO_PEERS',
    when: 'nobody ever connected',
    make: () => new World().start(),
    more: '(local height 9, next 10)',
    expected: { ...NOTHING_TRIED, height: 10, target: null, nextTryInMs: null },
  },
  {
    code: 'NO_PEERS',
    when: 'who was connected is only remembered',
    make: () => {
      const world = coolingWorld();
      world.send({ type: 'peerDisconnected', peer: 'A' });
      return world;
    },
    more: '(local height 9, next 10)',
    expected: { ...NOTHING_TRIED, target: null, nextTryInMs: 5_000 },
  },
  {
    code: 'BOOTSTRAPPING',
    when: 'a peer is there before the transport is',
    make: () => {
      const world = new World();
      world.send({ type: 'Start' });
      return world.claim('A', 1, 12);
    },
    more: '(local height 9, next 10, target 12)',
    expected: { ...NOTHING_TRIED, target: 12 },
  },
  {
    code: 'WAITING_FOR_METADATA',
    when: 'the only peer has claimed nothing',
    make: () => new World().start().connect('A'),
    more: '(local height 9, next 10)',
    expected: { ...NOTHING_TRIED, target: null },
  },
  {
    code: 'ALL_CLAIMS_REFUTED',
    when: 'the only peer does not have what it claims',
    make: () => unsent('A', new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 12)),
    more: '(local height 9, next 10)',
    expected: { target: null, lastErrorCode: 'NOT_AVAILABLE', peersTried: ['A'], nextTryInMs: 5_000 },
  },
  {
    code: 'TOO_FEW_PEERS',
    when: 'one of two is there and nothing is missing',
    make: () => new World({ config: { minPeers: 2 } }).start().claim('A', 1, 9),
    more: '1 of 2. (local height 9, next 10, target 9)',
    expected: { ...NOTHING_TRIED, target: 9 },
  },
  {
    code: 'NEXT_HEIGHT_PRUNED',
    when: 'every claim starts above it',
    make: () => new World().start().claim('A', 50, 60).claim('B', 40, 55),
    more: 'The lowest height on offer is 40. (local height 9, next 10, target 60)',
    expected: { ...NOTHING_TRIED, target: 60 },
  },
  {
    code: 'NEXT_HEIGHT_UNAVAILABLE',
    when: 'who claims it is cooling down',
    make: coolingWorld,
    more: '(local height 9, next 10, target 12)',
    expected: { ...NOTHING_TRIED, target: 12, nextTryInMs: 5_000 },
  },
  {
    code: 'CATCHING_UP',
    when: 'it is asked for',
    make: () => new World().start().claim('A', 1, 12),
    more: '(local height 9, next 10, target 12)',
    expected: { ...NOTHING_TRIED, height: 10, target: 12 },
  },
  {
    code: 'HOST_FAULT',
    when: 'the executor threw',
    make: () => {
      const world = new World().start().claim('A', 1, 10);
      world.host.failing.set('applyBlocks', FAULT);
      return world.answer('A', [blockAt(10)]);
    },
    more: 'out of memory (local height 9, next 10, target 10)',
    expected: { lastErrorCode: 'EXECUTOR_FAILED', peersTried: [], nextTryInMs: 1_000 },
  },
  {
    code: 'LOCAL_STATE_SUSPECT',
    when: 'two peers sent the same certified block',
    make: suspectWorld,
    more: '(local height 9, next 10, target 10)',
    expected: { lastErrorCode: 'INVALID_STATE_HASH', peersTried: ['A', 'B'], nextTryInMs: 5_000 },
  },
];

describe('why a node is not synced', () => {
  it.each(CASES)('SYNC-7: $code when $when', ({ code, make, more, expected }) => {
    const told = why(make());
    expect(told).toMatchObject({ ...expected, code });
    expect(told?.message).toBe(`${REASONS[code]} ${more}`);
  });

  it('SYNC-7: the reasons are told in words', () => {
    expect(REASONS).toEqual({
      NODE_STOPPED: 'The node is stopped.',
      LOCAL_STATE_SUSPECT:
        'Two peers sent the same certified block and it does not apply here: the local state is suspect.',
      HOST_FAULT: 'The executor or the store failed.',
      NO_PEERS: 'No peer is connected.',
      BOOTSTRAPPING: 'The transport is still looking for its first peers.',
      WAITING_FOR_METADATA: 'No peer has said yet what it holds.',
      ALL_CLAIMS_REFUTED: 'No peer made good what it claims to hold.',
      TOO_FEW_PEERS: 'Fewer peers than minPeers have a claim that counts.',
      NEXT_HEIGHT_PRUNED:
        'Every peer has pruned the next height; a snapshot (fast sync) is needed, or an archive peer.',
      NEXT_HEIGHT_UNAVAILABLE: 'No peer that may be asked has the next height.',
      TARGET_OUTRUNS_SYNC: 'The chain grows as fast as blocks are applied here.',
      CATCHING_UP: 'Blocks are being fetched and applied.',
    });
  });

  it('SYNC-7: nothing is told of a node that is synced, until it is stopped', () => {
    const world = new World().start().claim('A', 1, 9);
    expect(why(world)).toBeNull();
    world.send({ type: 'Stop' });
    expect(why(world)?.code).toBe('NODE_STOPPED');
  });

  it('SYNC-7: a lone node that needs no peers is synced, and stopped when it is stopped', () => {
    const world = new World({ config: { minPeers: 0 } }).start();
    expect(why(world)).toBeNull();
    world.send({ type: 'Stop' });
    expect(why(world)?.code).toBe('NODE_STOPPED');
  });

  it('SYNC-8: a settled node whose peers have all pruned the next height says so', () => {
    const world = new World().start().claim('A', 1, 9);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    expect(why(world.claim('B', 50, 60))?.code).toBe('NEXT_HEIGHT_PRUNED');
  });

  it('SYNC-7: a refuted claim whose probe waits for a slot is refuted still', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 12);
    unsent('B', unsent('A', world.claim('B', 1, 12))).pass(5_000);
    expect(world.asked.filter((ask) => ask.purpose === 'probe')).toHaveLength(1);
    expect(why(world)?.code).toBe('ALL_CLAIMS_REFUTED');
  });

  it('SYNC-7, META-8: a claim that was dropped while it was tested is not called refuted', () => {
    const world = new World().start().claim('home', 1, 9).claim('P', 1, 20);
    expect(world.asked).toMatchObject([{ peer: 'P', purpose: 'test' }]);
    world.claim('P', 1, 12);
    for (const peer of ['home', 'P']) expect(getPeer(world.facts, peer)?.claim == null).toBe(peer === 'P');
    world.send({ type: 'peerDisconnected', peer: 'home' });
    world.connect('B');
    expect(why(world)?.code).toBe('WAITING_FOR_METADATA');
  });

  it('SYNC-7: what is missing goes before how few say so', () => {
    expect(why(new World({ config: { minPeers: 3 } }).start().claim('A', 1, 12))?.code).toBe('CATCHING_UP');
  });

  it('SYNC-7: a block that was asked for before its peer was charged is under way', () => {
    const world = new World().start().claim('A', 1, 12);
    world.send({ type: 'peerMisbehaved', peer: 'A', offence: 'MALFORMED_MESSAGE', detail: 'x' });
    expect(why(world)?.code).toBe('CATCHING_UP');
  });

  it('SYNC-7: with a block in work and nothing asked for, the node catches up', () => {
    const world = new World().start().claim('A', 1, 10);
    world.holds = true;
    expect(why(world.answer('A', [blockAt(10)]))?.code).toBe('CATCHING_UP');
  });

  it('SYNC-7: requests for what is above do not bring the next height', () => {
    const world = coolingWorld().claim('B', 11, 20);
    expect(world.asked[0]).toMatchObject({ peer: 'B', from: 11 });
    expect(why(world)?.code).toBe('NEXT_HEIGHT_UNAVAILABLE');
  });

  it('SYNC-7: a block that is here and waits for the host counts as under way, whoever is left', () => {
    const world = new World().start().claim('A', 1, 12);
    world.holds = true;
    world.answer('A', [blockAt(10)]);
    world.send({ type: 'peerMisbehaved', peer: 'A', offence: 'MALFORMED_MESSAGE', detail: 'x' });
    expect(why(world)?.code).toBe('CATCHING_UP');
  });

  it('SYNC-7: a peer that is busy and claims the next height will give it', () => {
    const config = { inFlightMax: 2, inFlightPerPeerMax: 1 };
    const world = new World({ config }).start().claim('B', 1, 10).claim('A', 11, 20);
    expect(world.asked.map((ask) => [ask.peer, ask.from])).toEqual([
      ['B', 10],
      ['A', 11],
    ]);
    unsent('B', world);
    expect(why(world)?.code).toBe('NEXT_HEIGHT_PRUNED');
    world.claim('A', 10, 20);
    expect(world.asked).toHaveLength(2);
    expect(why(world)?.code).toBe('CATCHING_UP');
  });

  it('SYNC-7: the next try is the next deadline while blocks are asked for, and never in the past', () => {
    const config = { metadataPeriodMs: 1_000_000 };
    const world = new World({ config }).start().claim('A', 1, 12);
    expect(why(world)?.nextTryInMs).toBe(10_000);
    world.pass(4_000).send({ type: 'metadataRequested', peer: 'A' });
    expect(why(world)?.nextTryInMs).toBe(6_000);
    world.now += 20_000;
    world.send({ type: 'metadataRequested', peer: 'A' });
    expect(why(world)?.nextTryInMs).toBe(0);
  });

  it('SYNC-7, A42: one measurement of an outrunning target is not told yet, two are', () => {
    const world = new World({ config: { ...ONE_AT_A_TIME, metadataUnaskedBurst: 100, metadataPeriodMs: 1_000_000 } })
      .start()
      .claim('A', 1, 12);
    const told = [1, 2, 3].map((round) => {
      world.pass(2_500).answer('A', [blockAt(8 + 2 * round)]);
      world.claim('A', 1, 12 + 10 * round).pass(2_499);
      world.pass(1).answer('A', [blockAt(9 + 2 * round)]);
      return why(world)?.code;
    });
    expect(told).toEqual(['CATCHING_UP', 'TARGET_OUTRUNS_SYNC', 'TARGET_OUTRUNS_SYNC']);
    expect(why(world)?.nextTryInMs).toBeLessThanOrEqual(10_000);
  });

  it('counts who is connected, not who is remembered', () => {
    const world = new World().start().connect('A').connect('B');
    expect(connectedCount(world.facts)).toBe(2);
    world.send({ type: 'peerMisbehaved', peer: 'A', offence: 'MALFORMED_MESSAGE', detail: 'x' });
    world.send({ type: 'peerDisconnected', peer: 'A' });
    expect(connectedCount(world.facts)).toBe(1);
  });
});

describe('claims that do not help', () => {
  it('SYNC-8: says from where on heights are on offer, also when claims ahead are left out of the target', () => {
    const world = new World().start().claim('A', 1, 9);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.claim('B', 50, 60);
    expect(whyNotSynced(world.facts)).toMatchObject({ code: 'NEXT_HEIGHT_PRUNED' });
    expect(whyNotSynced(world.facts)?.message).toContain('The lowest height on offer is 50.');
  });

  it('META-7: a claim that is being probed is still a refuted one', () => {
    const world = new World().start().claim('A', 1, 12);
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 10), height: 10 });
    expect(whyNotSynced(world.facts)?.code).toBe('ALL_CLAIMS_REFUTED');
    world.pass(6_000);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'A', purpose: 'probe' });
    expect(whyNotSynced(world.facts)?.code).toBe('ALL_CLAIMS_REFUTED');
  });
});
