import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1, requestBlocksMax: 8 };

/** A was asked for 10..17, and nobody for anything else. */
function asked(config = {}, peers: readonly string[] = ['A']): World {
  const world = new World({ config: { ...ONE_AT_A_TIME, ...config } }).start();
  for (const peer of peers) world.connect(peer, 8).claim(peer, 1, 17);
  expect(asks(world)).toEqual(['A 10..17']);
  return world;
}

function asks(world: World) {
  return world.asked.map(({ peer, from, to }) => `${peer} ${from}..${to}`);
}

/** A part of the answer to the first request. */
function part(world: World, blocks: readonly SyncBlock[], more = true): World {
  world.send({ type: 'blocksReceived', peer: 'A', requestId: world.asked[0]?.requestId ?? 0, blocks, more });
  return world;
}

function charges(world: World) {
  return reportsOf(world.effects, 'charged').map(({ peer, report }) => [peer, report]);
}

describe('an answer in parts (CHUNK-1)', () => {
  it('CHUNK-1: each part is used when it comes; the request ends with the last block, whatever it says of more', () => {
    const world = part(part(asked(), blocksOf(10, 11)), blocksOf(12, 16));
    expect(world.height).toBe(16);
    expect(world.facts.requests).toMatchObject({ inFlight: 1, inFlightBlocks: 1 });
    expect(reportsOf(world.effects, 'requestEnded')).toEqual([]);
    part(world, [blockAt(17)]);
    expect(world.height).toBe(17);
    expect(reportsOf(world.effects, 'requestEnded').map(({ report }) => report)).toMatchObject([
      { result: 'answered', from: 17, to: 17 },
    ]);
    expect(asks(world)).toHaveLength(1);
  });

  it('SYNC-3: the room kept for it and what the peer owes shrink with every part, down to nothing', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().connect('A', 8);
    world.claim('A', 1, 25).pass(20).answer('A', blocksOf(10, 17));
    expect(asks(world)).toEqual(['A 10..17', 'A 18..25']);
    const { requestId } = world.asked[1] ?? { requestId: 0 };
    const before = world.facts.requests.inFlightBytes;
    expect(getPeer(world.facts, 'A')?.flow.owedBytes).toBe(8_000);
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: blocksOf(18, 20), more: true });
    expect(world.facts.requests.inFlightBytes).toBe(before - 3_000);
    expect(getPeer(world.facts, 'A')?.flow.owedBytes).toBe(5_000);
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: blocksOf(21, 25) });
    expect(world.facts.requests).toMatchObject({ inFlight: 0, inFlightBlocks: 0, inFlightBytes: 0 });
    expect(getPeer(world.facts, 'A')?.flow.owedBytes).toBe(0);
  });

  it.each([
    ['a shorter last part', (world: World) => part(world, [blockAt(12)], false), 13],
    ['a last part with nothing in it', (world: World) => part(world, [], false), 12],
    [
      '"I do not have it"',
      (world: World) => {
        world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 12), height: 12 });
        return world;
      },
      12,
    ],
  ] as const)(
    'CHUNK-1: %s after others ends the answer; its rest is asked for again, and nobody is to blame',
    (_what, end, rest) => {
      const world = end(part(asked(), blocksOf(10, 11)));
      expect(asks(world)).toEqual(['A 10..17', `A ${rest}..17`]);
      expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
      expect(charges(world)).toEqual([]);
    },
  );

  it('CHUNK-1, SYNC-5: with no part before it, "I do not have it" refutes', () => {
    const world = part(asked(), [], false);
    expect(reportsOf(world.effects, 'claimRefuted').map(({ report }) => report)).toMatchObject([{ height: 10 }]);
  });

  it.each([
    ['a block left out', [blockAt(13)]],
    ['a block again', [blockAt(11)]],
    ['more than was asked for', blocksOf(12, 18)],
    ['a hole', [blockAt(12), blockAt(14)]],
  ])('CHUNK-1: a part with %s is refused whole, and its sender charged; what came before it stays', (_what, blocks) => {
    const world = part(part(asked({}, ['A', 'B']), blocksOf(10, 11)), blocks);
    expect(world.height).toBe(11);
    expect(charges(world)).toMatchObject([['A', { offence: 'WRONG_HEIGHT' }]]);
    expect(asks(world).at(-1)).toBe('B 12..17');
  });

  it('CHUNK-1: without a request id a part is told by its height', () => {
    const world = asked();
    for (const blocks of [blocksOf(10, 11), blocksOf(12, 17)]) {
      world.send({ type: 'blocksReceived', peer: 'A', requestId: null, blocks, more: true });
    }
    expect(world.height).toBe(17);
    expect(charges(world)).toEqual([]);
  });

  it('SYNC-4: parts that come after the timeout are used all the same', () => {
    const world = asked().pass(10_000);
    part(part(world, blocksOf(10, 12)), blocksOf(13, 17), false);
    expect(world.height).toBe(17);
    expect(charges(world)).toEqual([]);
  });
});

describe('how long parts may take (A12)', () => {
  it('CHUNK-1: a part puts the deadline off by what an answer takes', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().connect('A', 8);
    world.claim('A', 1, 30).pass(300).answer('A', blocksOf(10, 17));
    expect(asks(world)).toEqual(['A 10..17', 'A 18..25']);
    // 300 ms and a deviation of 150: 1,200 ms.
    const requestId = world.requestOf('A', 18);
    world.pass(1_100);
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: [blockAt(18)], more: true });
    world.takeEffects();
    world.pass(1_199);
    expect(reportsOf(world.effects, 'requestEnded')).toEqual([]);
    world.pass(1);
    expect(reportsOf(world.effects, 'requestEnded')).toHaveLength(1);
  });

  it('A12: but never past requestTimeoutMsMax', () => {
    const world = asked({ requestTimeoutMsMax: 4_000 }, ['A', 'B']);
    for (const height of [10, 11, 12]) part(world.pass(1_300), [blockAt(height)]);
    expect(world.pass(99).height).toBe(12);
    expect(asks(world)).toHaveLength(1);
    world.pass(1);
    expect(asks(world)).toEqual(['A 10..17', 'B 13..17']);
  });

  it('META-7: who has begun to answer and stops is asked no more of it, and its claim still counts', () => {
    const world = part(asked({}, ['A', 'B']), [blockAt(10)]).pass(10_000);
    expect(asks(world)).toEqual(['A 10..17', 'B 11..17']);
    expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
    expect(reportsOf(world.effects, 'requestEnded').map(({ report }) => report)).toMatchObject([
      { result: 'timedOut', from: 11 },
    ]);
  });
});

describe('more bytes than were asked for', () => {
  const large = (height: number) => blockAt(height, {}, { bytes: 3_000 });

  /** A has sent a block of 1,000 bytes: of the next, room is kept for half as much again each. */
  function weighed(): World {
    const world = new World({ config: { ...ONE_AT_A_TIME, requestBlocksMax: 2 } }).start().connect('A', 2);
    world.claim('A', 1, 14).answer('A', blocksOf(10, 11));
    expect(world.asked.at(-1)).toMatchObject({ from: 12, to: 13, bytesMax: 3_000 });
    return world;
  }

  it('SYNC-3: are no offence, and are kept as far as there is room', () => {
    const world = weighed().answer('A', [large(12), large(13)]);
    expect(charges(world)).toEqual([]);
    expect(world.height).toBe(13);
  });

  it('SYNC-3: unless it is one block alone, which comes whatever its size', () => {
    const world = weighed().answer('A', [blockAt(12, {}, { bytes: 3_900_000 })]);
    expect(charges(world)).toEqual([]);
    expect(world.height).toBe(12);
  });

  it('SYNC-3: nor are they in parts', () => {
    const world = weighed();
    const requestId = world.requestOf('A', 12);
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: [large(12)], more: true });
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: [large(13)], more: true });
    expect(charges(world)).toEqual([]);
    expect(world.height).toBe(13);
  });
});
