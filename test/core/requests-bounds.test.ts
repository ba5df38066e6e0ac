import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import { whyNotSynced } from '../../src/core/why.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };
const absent = (world: World, peer: string, height: number) =>
  world.send({ type: 'blocksUnavailable', peer, requestId: world.requestOf(peer, height), height });
const misbehave = (world: World, peer: string) =>
  world.send({ type: 'peerMisbehaved', peer, offence: 'MALFORMED_MESSAGE', detail: 'x' });

describe('who stalls for long', () => {
  const stalled = () => {
    const config = { ...ONE_AT_A_TIME, refutedBackoffMsMin: 1, refutedBackoffMsMax: 1 };
    const world = new World({ config }).start().claim('A', 1, 10);
    for (let i = 0; i < 30; i++) world.pass(10_001);
    return world;
  };

  it('SYNC-4: at most eight of its requests that timed out are remembered, beside the open one', () => {
    expect(getPeer(stalled().facts, 'A')?.requests.length).toBeLessThanOrEqual(9);
  });

  it('SYNC-4: those that are remembered can be answered by height alone', () => {
    const world = stalled();
    world.send({ type: 'blocksReceived', peer: 'A', requestId: null, blocks: [blockAt(10)] });
    expect(world.height).toBe(10);
  });

  it('SYNC-5: a late "I do not have it" does not change what is told of the next height', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).pass(10_000);
    absent(world, 'A', 10);
    expect(whyNotSynced(world.facts)).toMatchObject({ code: 'ALL_CLAIMS_REFUTED', lastErrorCode: 'TIMED_OUT' });
  });
});

describe('a trial of a height that is committed meanwhile', () => {
  const tested = () => {
    const world = new World().start().claim('home', 1, 9).claim('P', 1, 20);
    world.send({ type: 'newBlockReceived', peer: 'home', block: blockAt(10) });
    expect(world.height).toBe(10);
    world.takeEffects();
    return world;
  };

  it('META-7: silence to a test refutes nothing any more', () => {
    const world = tested().pass(9_999);
    const again = world.asked.length;
    world.pass(1);
    expect(reportsOf(world.effects, 'requestEnded', 'P')).toHaveLength(1);
    expect(reportsOf(world.effects, 'claimRefuted', 'P')).toEqual([]);
    expect(world.asked.length).toBe(again + 1);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'P', from: 11, purpose: 'test' });
  });

  it('META-7: "I do not have it" refutes all the same', () => {
    const world = tested();
    absent(world, 'P', 10);
    expect(reportsOf(world.effects, 'claimRefuted', 'P')[0]?.report).toMatchObject({ why: 'NOT_AVAILABLE' });
  });

  it('META-7: silence to a probe refutes again', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 20).pass(10_000).pass(5_000);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'A', from: 10, purpose: 'probe' });
    world.send({ type: 'newBlockReceived', peer: 'S', block: blockAt(10) });
    world.takeEffects();
    world.pass(10_000);
    expect(reportsOf(world.effects, 'claimRefuted', 'A')[0]?.report).toMatchObject({ why: 'TIMED_OUT' });
  });
});

describe('slots and room', () => {
  it('SYNC-2: the synchronous strategy has one request out, also where a peer gives less than a range', () => {
    const config = { strategy: 'synchronous' as const, requestBlocksMax: 4 };
    expect(new World({ config }).start().claim('A', 1, 20).asked).toHaveLength(1);
  });

  it('SYNC-3: the next height is asked for though the room is all taken by what is above it', () => {
    const config = { blockBytesMax: 1_000, bufferBytesMax: 1_500 };
    const world = new World({ config }).start().claim('D', 1, 12);
    misbehave(world, 'D');
    absent(world, 'D', 10);
    world.claim('E', 1, 12);
    misbehave(world, 'E');
    if (world.asked.some(({ peer }) => peer === 'E')) absent(world, 'E', 10);
    world.connect('F');
    misbehave(world, 'F');
    world.claim('F', 1, 12).claim('A', 11, 12);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'A', from: 11 });
    world.claim('C', 10, 10);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'C', from: 10 });
  });
});

describe('why a node waits for its next height', () => {
  const config = { inFlightMax: 2, inFlightPerPeerMax: 1 };

  it('SYNC-7: while a peer that may give it owes another answer, the node is catching up', () => {
    const world = new World({ config }).start().claim('B', 10, 10).claim('A', 1, 11);
    absent(world, 'B', 10);
    expect(world.asked.map(({ peer, from }) => [peer, from])).toEqual([
      ['B', 10],
      ['A', 11],
    ]);
    expect(whyNotSynced(world.facts)?.code).toBe('CATCHING_UP');
    // Who cools down is not asked.
    misbehave(world, 'A');
    expect(whyNotSynced(world.facts)?.code).toBe('NEXT_HEIGHT_UNAVAILABLE');
  });

  it('SYNC-7: one that owes an answer but does not claim it gives no hope', () => {
    const world = new World({ config }).start().connect('D');
    misbehave(world, 'D');
    world.claim('D', 1, 20).claim('A', 11, 20);
    expect(world.asked.map(({ peer, from }) => [peer, from])).toEqual([['A', 11]]);
    expect(whyNotSynced(world.facts)?.code).toBe('NEXT_HEIGHT_UNAVAILABLE');
  });
});
