import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import { roomLeft } from '../../src/core/window.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

function asks(world: World) {
  return world.asked.map(({ peer, from, to, purpose }) => `${purpose} ${peer} ${from}${to === from ? '' : `..${to}`}`);
}

function ended(world: World, peer: string) {
  return reportsOf(world.effects, 'requestEnded', peer).map(({ report }) => {
    return report.kind === 'requestEnded' ? `${report.result} ${report.from}` : '';
  });
}

describe('a request that was passed over (OPT-1)', () => {
  const CONFIG = { hedgesMax: 4, inFlightPerPeerMax: 8, unsolicitedBurst: 1, unsolicitedPerSecond: 0.001 };

  /** X owes what is next, for long; A owes 11 to 14. */
  function owing(config = {}): World {
    const world = new World({ config: { ...CONFIG, ...config } }).start().claim('X', 1, 10).claim('A', 1, 14);
    expect(asks(world)).toEqual(['sync X 10', 'sync A 11', 'sync A 12', 'sync A 13', 'sync A 14']);
    return world;
  }

  it('SYNC-4: its late answer is known as one', () => {
    const world = owing()
      .pass(50)
      .answer('A', [blockAt(14)]);
    world.pass(50).answer('A', [blockAt(13)]);
    const [first, second] = world.asked.filter(({ from }) => from === 11 || from === 12);
    expect(ended(world, 'A')).toEqual(['answered 14', 'answered 13', 'skipped 11', 'skipped 12']);
    for (const request of [first, second, first, second]) {
      const { requestId = 0, from = 0 } = request ?? {};
      world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: [blockAt(from)] });
    }
    // Each once; then one more is free, and the next is not.
    expect(reportsOf(world.effects, 'charged', 'A')).toHaveLength(1);
  });

  it('OPT-1: at the very moment when it is overdue, not before', () => {
    // Of 11, 50 ms are expected now; nothing was delivered in line.
    const early = owing()
      .pass(50)
      .answer('A', [blockAt(14)])
      .pass(25)
      .answer('A', [blockAt(13)]);
    expect(ended(early, 'A')).toEqual(['answered 14', 'answered 13']);
    const due = owing()
      .pass(50)
      .answer('A', [blockAt(14)])
      .pass(26)
      .answer('A', [blockAt(13)]);
    expect(ended(due, 'A')).toContain('skipped 11');
  });

  it('OPT-1: at once, where the peer has answered in order so far; and never again once it answers what was given up', () => {
    const world = new World({ config: CONFIG }).start().claim('X', 1, 10).claim('A', 1, 60);
    const askedOf = () => world.asked.filter(({ peer, purpose }) => peer === 'A' && purpose === 'sync');
    /** The height of the oldest request, or of the one so many after it. */
    const owed = (after: number) => {
      const open = getPeer(world.facts, 'A')?.requests ?? [];
      return askedOf().find(({ requestId }) => requestId === open[after])?.from ?? 0;
    };
    // Each is sent in a millisecond of its own.
    for (let answers = 0; answers < 12; answers++) world.pass(5).answer('A', [blockAt(owed(0))]);
    expect(ended(world, 'A').filter((each) => each.startsWith('skipped'))).toEqual([]);
    const given = owed(0);
    const requestId = world.requestOf('A', given);
    const passing = owed(1);
    world.pass(5).answer('A', [blockAt(passing)]);
    expect(ended(world, 'A').slice(-2)).toEqual([`answered ${passing}`, `skipped ${given}`]);
    // Its own answer was under way all the same.
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: [blockAt(given)] });
    expect(getPeer(world.facts, 'A')?.flow.inOrder).toBe(-64);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    world.pass(5).answer('A', [blockAt(owed(1))]);
    expect(ended(world, 'A').at(-1)).toMatch(/^answered/);
  });

  it('OPT-1: not for an answer that was asked for before it, nor for its own', () => {
    const world = owing()
      .pass(50)
      .answer('A', [blockAt(11)]);
    world.pass(90).answer('A', [blockAt(12)]);
    expect(ended(world, 'A')).toEqual(['answered 11', 'answered 12']);
  });

  it('CHUNK-1: one that has begun to be answered is not given up', () => {
    const world = new World({ config: { ...CONFIG, requestBlocksMax: 4, requestBlocksFirst: 2 } }).start();
    world.claim('X', 1, 10).connect('A', 4).claim('A', 1, 40);
    const first = world.asked.find(({ peer }) => peer === 'A');
    if (first === undefined) throw new Error('A was asked for nothing');
    const { requestId, from } = first;
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: [blockAt(from)], more: true });
    world.pass(300);
    const later = world.asked.findLast(({ peer, purpose }) => peer === 'A' && purpose === 'sync');
    world.answer('A', blocksOf(later?.from ?? 0, later?.to ?? 0));
    expect(ended(world, 'A').filter((each) => each.startsWith(`skipped ${from + 1}`))).toEqual([]);
  });

  it('OPT-1, META-7: what is next is only noted, once; what it owes shrinks by its bytes, and no further', () => {
    const world = new World({ config: CONFIG }).start().claim('A', 1, 30);
    const owed = () => getPeer(world.facts, 'A')?.flow.owedBytes ?? NaN;
    for (const height of [11, 12]) world.pass(30).answer('A', [blockAt(height)]);
    world.pass(60).answer('A', [blockAt(13)]);
    // 10 was asked for when no block had been seen: nothing was expected of it.
    expect(owed()).toBe(1_000 * (world.facts.requests.inFlight - 1));
    expect(asks(world)).toContain('hedge A 10');
    world.pass(60);
    world.answer('A', [blockAt(10)]);
    expect(world.height).toBe(13);
    expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
  });
});

describe('of two peers that owe the same (OPT-1)', () => {
  it('SYNC-3, PEER-2: the second keeps the room when the first leaves, as far as there is any', () => {
    const config = { hedgesMax: 2, inFlightPerPeerMax: 1, bufferBytesMax: 8_000, blockBytesMax: 4_000 };
    const world = new World({ config }).start().claim('A', 1, 10).claim('B', 1, 11);
    world.pass(20).answer('B', [blockAt(11)]);
    expect(asks(world).at(-1)).toBe('hedge B 10');
    world.send({ type: 'peerDisconnected', peer: 'A' });
    expect(world.facts.requests).toMatchObject({ inFlight: 1, hedged: 0, inFlightBlocks: 1 });
    expect(world.facts.requests.inFlightBytes).toBe(1_500);
    expect(roomLeft(world.facts).bytes).toBe(8_000 - 1_000 - 1_500);
    world.answer('B', [blockAt(10)]);
    expect(world.facts.requests).toMatchObject({ inFlight: 0, inFlightBlocks: 0, inFlightBytes: 0 });
    expect(world.height).toBe(11);
  });

  it('CHUNK-1, PEER-2: what only the first owes is wanted again, what both owe stays with the second', () => {
    const config = { hedgesMax: 4, inFlightPerPeerMax: 1, requestBlocksMax: 4, inFlightMax: 8 };
    const world = new World({ config }).start();
    world.connect('Slow', 4).claim('Slow', 1, 13).connect('Quick', 2).claim('Quick', 1, 14);
    world.pass(5).answer('Quick', [blockAt(14)]);
    expect(asks(world)).toEqual(['sync Slow 10..13', 'sync Quick 14', 'hedge Quick 10..11']);
    world.connect('Third', 4).claim('Third', 1, 13);
    world.send({ type: 'peerDisconnected', peer: 'Slow' });
    expect(asks(world).slice(3)).toEqual(['sync Third 12..13']);
    expect(world.facts.requests).toMatchObject({ inFlight: 2, hedged: 0, inFlightBlocks: 4 });
    world.answer('Third', blocksOf(12, 13)).answer('Quick', blocksOf(10, 11));
    expect(world.height).toBe(14);
  });
});

describe('what is remembered of requests', () => {
  it('SYNC-4: nine that timed out, and one still in flight, which is not the one that is forgotten', () => {
    const config = { inFlightMax: 16, inFlightPerPeerMax: 2, refutedBackoffMsMin: 1, refutedBackoffMsMax: 1 };
    const world = new World({ config: { ...config, requestTimeoutMsMax: 1_000 } }).start().claim('A', 1, 11);
    const first = world.asked[0]?.requestId ?? 0;
    for (let i = 0; i < 12; i++) world.pass(1_001);
    expect(world.asked.length).toBeGreaterThan(10);
    const open = world.facts.requests.inFlight;
    expect(getPeer(world.facts, 'A')?.requests).toHaveLength(8 + open);
    expect(getPeer(world.facts, 'A')?.requests).not.toContain(first);
    const newest = world.asked.at(-1);
    world.send({ type: 'blocksReceived', peer: 'A', requestId: newest?.requestId ?? 0, blocks: [blockAt(10)] });
    expect(world.height).toBe(10);
  });

  it('SYNC-4: without a request id, late answers to two requests are taken in the order of the requests', () => {
    const config = { inFlightMax: 4, inFlightPerPeerMax: 2, unsolicitedBurst: 1, unsolicitedPerSecond: 0.001 };
    const world = new World({ config }).start().claim('A', 1, 11).pass(10_000);
    const send = (height: number) => {
      world.send({ type: 'blocksReceived', peer: 'A', requestId: null, blocks: [blockAt(height)] });
    };
    for (const height of [11, 10]) send(height);
    expect(world.height).toBe(11);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });

  it('META-7: a probe under way stays so when another request of the same peer ends', () => {
    const config = { inFlightMax: 8, inFlightPerPeerMax: 4, refutedBackoffMsMin: 1_000 };
    const world = new World({ config }).start().claim('A', 1, 12);
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 10), height: 10 });
    world.pass(1_000);
    const probe = world.asked.at(-1);
    expect(probe).toMatchObject({ purpose: 'probe' });
    world.answer('A', [blockAt(12)]);
    expect(getPeer(world.facts, 'A')?.trial).toBe(probe?.requestId);
  });

  it('META-7, A39: only an answer ends a row of sends that failed', () => {
    const world = new World({ config: { inFlightMax: 1, inFlightPerPeerMax: 1 } }).start().claim('A', 1, 40);
    const unsent = () => world.send({ type: 'sendFailed', peer: 'A', requestId: world.asked.at(-1)?.requestId ?? 0 });
    for (let i = 0; i < 7; i++) unsent();
    world.send({
      type: 'blocksReceived',
      peer: 'A',
      requestId: world.asked.at(-1)?.requestId ?? 0,
      blocks: [blockAt(11)],
    });
    expect(getPeer(world.facts, 'A')?.sendFailures).toBe(7);
  });

  it('CHUNK-1: a part that comes late measures nothing, and changes no deadline', () => {
    const config = { inFlightMax: 1, inFlightPerPeerMax: 1, requestBlocksMax: 4 };
    const world = new World({ config }).start().connect('A', 4).claim('A', 1, 13).pass(10_000);
    const { requestId = 0 } = world.asked[0] ?? {};
    const before = getPeer(world.facts, 'A')?.flow;
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: [blockAt(10)], more: true });
    expect(world.height).toBe(10);
    expect(getPeer(world.facts, 'A')?.flow.bytesPerMs).toBe(before?.bytesPerMs);
    expect(getPeer(world.facts, 'A')?.flow.heardAt).toBe(before?.heardAt);
  });
});
