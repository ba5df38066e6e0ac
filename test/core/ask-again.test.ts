import { describe, expect, it } from 'vitest';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

function asks(world: World) {
  return world.asked.map(({ peer, from, to, purpose }) => `${purpose} ${peer} ${from}${to === from ? '' : `..${to}`}`);
}

function hedges(world: World) {
  return asks(world).filter((ask) => ask.startsWith('hedge'));
}

/** When the request timer fires next, from now. */
function timerMs(world: World) {
  return (world.timers.get('request') ?? Infinity) - world.now;
}

/** Peers of which nothing is known yet: an answer is expected in 100 ms, overdue after 150, lost after 225. */
describe('what is next, of a peer that is silent (OPT-1)', () => {
  const ALONE = { hedgesMax: 3, inFlightPerPeerMax: 4, requestBlocksMax: 4 };

  function alone(config = {}): World {
    const world = new World({ config: { ...ALONE, ...config } }).start().connect('A', 4).claim('A', 1, 13);
    expect(asks(world)).toEqual(['sync A 10..13']);
    return world;
  }

  it('OPT-1: with nobody else, one block of it is asked of the same peer when its answer is lost, not when it is overdue', () => {
    const world = alone();
    expect(timerMs(world)).toBe(225);
    expect(hedges(world.pass(224))).toEqual([]);
    expect(hedges(world.pass(1))).toEqual(['hedge A 10']);
    expect(world.facts.requests).toMatchObject({ inFlight: 2, hedged: 1, inFlightBlocks: 4 });
  });

  it('OPT-1: and when that is answered, all the rest at once: the peer has passed the first request over', () => {
    const world = alone().pass(225);
    world.pass(10).answer('A', [blockAt(10)]);
    expect(world.height).toBe(10);
    expect(hedges(world)).toEqual(['hedge A 10', 'hedge A 11..13']);
    world.pass(10).answer('A', blocksOf(11, 13));
    expect(world.height).toBe(13);
    // The first request runs its time, without consequences.
    expect(world.facts.requests).toMatchObject({ inFlight: 1, hedged: 0 });
    world.pass(20_000);
    expect(world.facts.requests).toMatchObject({ inFlight: 0, inFlightBlocks: 0 });
    expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
  });

  it('LIMIT: the last of hedgesMax is kept for other peers', () => {
    // The second and the third are waited for as long as the first: 300 ms are expected with two owed.
    const world = alone().pass(5_000);
    expect(hedges(world)).toEqual(['hedge A 10', 'hedge A 10']);
    world.connect('B', 4).claim('B', 1, 13);
    expect(hedges(world).slice(2)).toEqual(['hedge B 10']);
    expect(hedges(alone({ hedgesMax: 1 }).pass(5_000))).toEqual([]);
  });

  it('LIMIT: never past inFlightPerPeerMax, nor inFlightMax', () => {
    expect(hedges(alone({ inFlightPerPeerMax: 1 }).pass(5_000))).toEqual([]);
    expect(hedges(alone({ inFlightMax: 1, inFlightPerPeerMax: 1 }).pass(5_000))).toEqual([]);
  });

  it('OPT-1, META-7: the first request times out all the same, and then nobody claims it', () => {
    const world = alone().pass(10_000);
    expect(reportsOf(world.effects, 'claimRefuted').map(({ report }) => report)).toMatchObject([
      { height: 10, why: 'TIMED_OUT' },
    ]);
  });
});

describe('who is asked (OPT-1)', () => {
  const ONE_EACH = { hedgesMax: 4, inFlightPerPeerMax: 1 };

  it('OPT-1: the timer is set for when a free peer could be asked; else for when the same one could', () => {
    const world = new World({ config: { ...ONE_EACH, inFlightPerPeerMax: 2 } }).start().claim('A', 1, 10);
    expect(timerMs(world)).toBe(225);
    world.pass(100).claim('B', 1, 10);
    expect(timerMs(world)).toBe(50);
    // At 150 B is expected to take 100 ms, which is not half of what A needs: then, when A has been silent for 200.
    expect(hedges(world.pass(50))).toEqual([]);
    expect(timerMs(world)).toBe(75);
    expect(hedges(world.pass(75))).toEqual(['hedge B 10']);
  });

  it('OPT-1: nobody who owes it, while another has it; and not the best by rank, but who does not owe it', () => {
    const config = { hedgesMax: 4, inFlightPerPeerMax: 3, inFlightMax: 8 };
    const world = new World({ config }).start().claim('A', 1, 12);
    world.pass(5).answer('A', [blockAt(11)]);
    expect(asks(world)).toEqual(['sync A 10', 'sync A 11', 'sync A 12']);
    world
      .claim('B', 1, 10)
      .pass(20)
      .answer('A', [blockAt(12)]);
    expect(hedges(world)).toEqual([]);
    world.pass(500);
    expect(hedges(world)[0]).toBe('hedge B 10');
  });

  it('OPT-1: a third when the second is overdue too', () => {
    const world = new World({ config: ONE_EACH }).start().claim('A', 1, 10).claim('B', 1, 11).claim('C', 1, 12);
    world
      .pass(20)
      .answer('B', [blockAt(11)])
      .answer('C', [blockAt(12)]);
    expect(hedges(world)).toEqual(['hedge B 10']);
    // 20 ms are expected of it.
    expect(hedges(world.pass(39))).toHaveLength(1);
    expect(hedges(world.pass(1))).toEqual(['hedge B 10', 'hedge C 10']);
    expect(world.facts.requests).toMatchObject({ inFlight: 3, hedged: 2, inFlightBlocks: 1 });
    world.answer('B', [blockAt(10)]);
    expect(world.height).toBe(12);
    world.answer('C', [blockAt(10)]).answer('A', [blockAt(10)]);
    expect(world.facts.requests).toMatchObject({ inFlight: 0, hedged: 0 });
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });

  it('OPT-1: what is further ahead is not asked of a third', () => {
    const world = new World({ config: ONE_EACH }).start().claim('A', 1, 10).claim('B', 11, 11);
    world.claim('C', 1, 12).claim('D', 1, 13);
    world
      .pass(20)
      .answer('C', [blockAt(12)])
      .answer('D', [blockAt(13)]);
    expect(hedges(world)).toEqual(['hedge C 10', 'hedge D 11']);
    world.pass(20).answer('C', [blockAt(10)]);
    expect(hedges(world)).toEqual(['hedge C 10', 'hedge D 11']);
  });

  it('OPT-1: nothing else while what is next is here and being worked on', () => {
    const world = new World({ config: ONE_EACH }).start().claim('A', 1, 10).claim('Slow', 1, 11).claim('B', 1, 12);
    world.holds = true;
    world.answer('A', [blockAt(10)]);
    world.pass(20).answer('B', [blockAt(12)]);
    expect(hedges(world)).toEqual([]);
  });

  it('LIMIT: nobody past inFlightMax', () => {
    const config = { ...ONE_EACH, inFlightMax: 2 };
    const world = new World({ config }).start().claim('A', 1, 10).claim('B', 1, 60).claim('C', 1, 60);
    expect(asks(world)).toEqual(['sync A 10', 'sync B 11']);
    expect(hedges(world.pass(500))).toEqual([]);
  });

  it('OPT-1: only for half the time, and for 20 ms saved at least', () => {
    /** A owes 10 and has 100 ms to give it; B would take `quickMs`. */
    const after = (quickMs: number) => {
      const world = new World({ config: ONE_EACH }).start().claim('A', 1, 10).claim('B', 1, 11);
      return hedges(world.pass(quickMs).answer('B', [blockAt(11)]));
    };
    expect(after(33)).toEqual(['hedge B 10']);
    expect(after(34)).toEqual([]);
    const late = new World({ config: ONE_EACH }).start().claim('A', 1, 10);
    late.pass(65).claim('B', 1, 11);
    late.pass(16).answer('B', [blockAt(11)]);
    // 40.5 ms left, 16 for B: it saves 24. With 21 of 40.5 it would save 19.5.
    expect(hedges(late)).toEqual(['hedge B 10']);
  });

  it('OPT-1, LIVE-1: with nothing left to ask for, a copy that is announced is used at once', () => {
    const config = { hedgesMax: 4, inFlightPerPeerMax: 2, requestBlocksMax: 3 };
    const world = new World({ config }).start().connect('A', 3).claim('A', 1, 12).claim('B', 1, 9);
    expect(asks(world)).toEqual(['sync A 10..12']);
    world.send({ type: 'newBlockReceived', peer: 'B', block: blockAt(10) });
    expect(world.height).toBe(10);
    world.pass(225);
    // And 11, of which there is no copy, of the only peer that has it.
    expect(hedges(world)).toEqual(['hedge A 11']);
  });

  it('OPT-1, LIVE-1: while there is more to ask for, when the answer is overdue, rather than asking again', () => {
    const config = { hedgesMax: 4, inFlightMax: 16, inFlightPerPeerMax: 1, requestBlocksMax: 3 };
    const world = new World({ config }).start().connect('A', 3).claim('A', 1, 15).claim('B', 1, 9);
    expect(asks(world)).toEqual(['sync A 10..12']);
    world.send({ type: 'newBlockReceived', peer: 'B', block: blockAt(10) });
    expect(world.height).toBe(9);
    world.pass(149);
    expect(world.height).toBe(9);
    world.pass(1);
    expect(world.height).toBe(10);
    expect(hedges(world)).toEqual([]);
  });

  it('SYNC-1, META-7: nobody who failed and whose claim does not count, however busy the others are', () => {
    const world = new World({ config: { inFlightPerPeerMax: 1 } }).start().claim('A', 1, 10).claim('B', 1, 20);
    expect(asks(world)).toEqual(['sync A 10', 'sync B 11']);
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 10), height: 10 });
    expect(world.asked).toHaveLength(2);
    world.answer('B', [blockAt(11)]);
    expect(asks(world)[2]).toBe('sync B 10');
  });

  it('SYNC-1: of two that owe as much as they should, the quicker is pressed for what is next', () => {
    const config = { inFlightMax: 16, inFlightPerPeerMax: 8 };
    const world = new World({ config }).start().claim('X', 1, 10).claim('A', 1, 60).claim('B', 1, 60);
    world.pass(30).answer('B', [blockAt(15)]);
    world.pass(30).answer('A', [blockAt(11)]);
    const before = world.asked.length;
    world.send({ type: 'blocksUnavailable', peer: 'X', requestId: world.requestOf('X', 10), height: 10 });
    expect(asks(world).slice(before)).toEqual(['sync B 10']);
  });
});
