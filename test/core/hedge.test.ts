import { describe, expect, it } from 'vitest';
import { maps } from '../../src/core/facts.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const HEDGED = { hedgesMax: 4, inFlightPerPeerMax: 1 };

function asks(world: World) {
  return world.asked.map(({ peer, from, to, purpose }) => `${purpose} ${peer} ${from}${to === from ? '' : `..${to}`}`);
}

function hedges(world: World) {
  return asks(world).filter((ask) => ask.startsWith('hedge'));
}

/** Slow owes 10; Quick has given 11 after so long, and nothing else is left to ask for. */
function endOfSync(quickMs: number, config = {}): World {
  const world = new World({ config: { ...HEDGED, ...config } }).start().claim('Slow', 1, 10).claim('Quick', 1, 11);
  expect(asks(world)).toEqual(['sync Slow 10', 'sync Quick 11']);
  return world.pass(quickMs).answer('Quick', [blockAt(11)]);
}

describe('a second peer is asked (OPT-1)', () => {
  it('OPT-1: when nothing else is left to ask for and it should be there in half the time', () => {
    expect(hedges(endOfSync(20))).toEqual(['hedge Quick 10']);
    // 40 ms are more than half of the 60 that Slow is still expected to need.
    expect(hedges(endOfSync(40))).toEqual([]);
  });

  it('OPT-1: when the answer at the head is overdue, without anything else happening', () => {
    // Of Slow, who has given nothing yet, an answer is expected in 100 ms, and waited for half as long again.
    const world = endOfSync(40).pass(109);
    expect(hedges(world)).toEqual([]);
    expect(hedges(world.pass(1))).toEqual(['hedge Quick 10']);
  });

  it('OPT-1, A11: when the head is overdue, before what is further ahead, however much of that there is', () => {
    const world = new World({ config: HEDGED }).start().claim('Slow', 1, 10).claim('Quick', 1, 60);
    for (let height = 11; height <= 18; height++) world.pass(20).answer('Quick', [blockAt(height)]);
    expect(asks(world).slice(-2)).toEqual(['sync Quick 18', 'hedge Quick 10']);
    world.pass(100).answer('Quick', [blockAt(10)]);
    expect(world.height).toBe(18);
    expect(asks(world).at(-1)).toBe('sync Quick 19');
  });

  it('OPT-1, SYNC-3: when there is more on offer, and no room for it in the window', () => {
    /** Slow owes 10; Quick gives 11 and 12 within 40 ms. */
    const filled = (bufferBytesMax: number) => {
      const world = new World({ config: { ...HEDGED, blockBytesMax: 1_000, bufferBytesMax } }).start();
      world.claim('Slow', 1, 10).claim('Quick', 1, 60);
      for (const height of [11, 12]) world.pass(20).answer('Quick', [blockAt(height)]);
      return asks(world).slice(2);
    };
    expect(filled(3_000)).toEqual(['sync Quick 12', 'hedge Quick 10']);
    expect(filled(4_000)).toEqual(['sync Quick 12', 'sync Quick 13']);
  });

  it('OPT-1, SYNC-3: of a full window only what everything waits for', () => {
    const world = new World({ config: { ...HEDGED, blockBytesMax: 1_000, bufferBytesMax: 4_000 } }).start();
    world.claim('Slow', 1, 10).claim('Slow too', 1, 11).claim('Quick', 1, 60).claim('Quick too', 1, 60).pass(20);
    world.answer('Quick', [blockAt(12)]).answer('Quick too', [blockAt(13)]);
    expect(hedges(world)).toEqual(['hedge Quick 10']);
  });

  it('OPT-1, A10: one that has answered before any newcomer, however slow it was', () => {
    const world = new World({ config: HEDGED }).start().claim('Giver', 1, 10).claim('Mute', 1, 11);
    expect(asks(world)).toEqual(['sync Giver 10', 'sync Mute 11']);
    world.pass(140).answer('Giver', [blockAt(10)]);
    expect(world.height).toBe(10);
    world.claim('Newcomer', 1, 11).claim('Giver', 1, 11).pass(200);
    expect(hedges(world)).toEqual(['hedge Giver 11']);
  });

  it.each([
    { count: 1_024, asked: 'Giver' },
    { count: 1_025, asked: 'N' },
  ])('LIMIT, OPT-1: of $count newcomers that were quicker, $asked', ({ count, asked }) => {
    const world = new World({ config: HEDGED }).start().claim('Giver', 1, 10).claim('Mute', 1, 11);
    world
      .pass(140)
      .answer('Giver', [blockAt(10)])
      .claim('Giver', 1, 11);
    for (let i = 0; i < count; i++) world.claim(`N${i}`, 1, 11);
    expect(hedges(world.pass(200))[0]).toMatch(new RegExp(`^hedge ${asked}[0-9]* 11$`));
  });

  it('OPT-1: a newcomer when nobody has answered yet', () => {
    const world = new World({ config: HEDGED }).start().claim('Mute', 1, 10).claim('Newcomer', 1, 10).pass(9_000);
    expect(hedges(world)).toEqual(['hedge Newcomer 10']);
  });

  it('LIMIT, OPT-1: never with hedgesMax 0, nor synchronously', () => {
    expect(hedges(endOfSync(20, { hedgesMax: 0 }).pass(9_000))).toEqual([]);
    const world = new World({ config: { ...HEDGED, strategy: 'synchronous' } })
      .start()
      .claim('A', 1, 11)
      .claim('B', 1, 11);
    world
      .pass(40)
      .answer('A', [blockAt(10)])
      .pass(9_000);
    expect(hedges(world)).toEqual([]);
  });

  it('LIMIT: no more at a time than hedgesMax', () => {
    const world = new World({ config: { hedgesMax: 1, inFlightPerPeerMax: 8 } }).start();
    world.claim('Slow', 1, 11).claim('Quick', 1, 12);
    expect(asks(world)).toEqual(['sync Slow 10', 'sync Slow 11', 'sync Quick 12']);
    world.pass(20).answer('Quick', [blockAt(12)]);
    expect(hedges(world)).toEqual(['hedge Quick 10']);
    expect(world.facts.requests.hedged).toBe(1);
    world.answer('Quick', [blockAt(10)]);
    expect(hedges(world)).toEqual(['hedge Quick 10', 'hedge Quick 11']);
  });

  it('OPT-1, SYNC-4: the first answer is used, the other is no offence, and costs nobody its claim', () => {
    const world = endOfSync(20);
    world.pass(40).answer('Quick', [blockAt(10)]);
    expect(world.height).toBe(11);
    world.answer('Slow', [blockAt(10)]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
    expect(world.facts.requests).toMatchObject({ inFlight: 0, hedged: 0, inFlightBlocks: 0, inFlightBytes: 0 });
  });

  it('CHUNK-1, SYNC-3: a part of the second answer that there is no room for is owed by the first peer alone', () => {
    const config = { ...HEDGED, inFlightMax: 4, requestBlocksMax: 4, requestBlocksFirst: 4 };
    const world = new World({ config: { ...config, bufferBytesMax: 1_000_000, blockBytesMax: 1_000_000 } }).start();
    world.connect('Slow', 4).connect('Quick', 4).claim('Slow', 1, 13).claim('Quick', 1, 14);
    world
      .pass(20)
      .answer('Quick', [blockAt(14)])
      .pass(300);
    expect(hedges(world)).toEqual(['hedge Quick 10..13']);
    const requestId = world.requestOf('Quick', 10);
    const part = (blocks: readonly SyncBlock[], more: boolean) =>
      world.send({ type: 'blocksReceived', peer: 'Quick', requestId, blocks, more });
    world.holds = true;
    part([blockAt(10)], true);
    part([{ ...blockAt(11), bytes: 999_999 }], true);
    part(blocksOf(12, 13), false);
    expect(maps.spans.get(world.facts.window.spans, 11)).toMatchObject({ stage: 'requested', hedgeId: null });
    // 10 is committed, and 11 next: what is owed of it can be looked at.
    world.holds = false;
    while (world.held.length > 0) world.release();
    expect(world.height).toBe(10);
    world.pass(100);
    world.answer('Slow', blocksOf(10, 11));
    expect(world.height).toBe(14);
  });

  it('SYNC-5: a second peer that lacks it leaves it to the first, and nobody is asked a third time', () => {
    const world = endOfSync(20);
    world.send({ type: 'blocksUnavailable', peer: 'Quick', requestId: world.requestOf('Quick', 10), height: 10 });
    expect(world.asked).toHaveLength(3);
    world.answer('Slow', [blockAt(10)]);
    expect(world.height).toBe(11);
  });

  it('SYNC-5, PEER-2: a first peer that fails leaves it to the second, who is not asked again', () => {
    const world = endOfSync(20);
    world.send({ type: 'peerDisconnected', peer: 'Slow' });
    expect(world.asked).toHaveLength(3);
    expect(maps.spans.first(world.facts.window.spans)?.value).toMatchObject({
      stage: 'requested',
      requestId: world.requestOf('Quick', 10),
      hedgeId: null,
      avoid: ['Slow'],
    });
    world.send({ type: 'peerDisconnected', peer: 'Quick' });
    world.claim('Third', 1, 11);
    expect(asks(world).at(-1)).toBe('sync Third 10');
  });

  it('OPT-1: of a range as much as the second may be asked for; the rest stays with the first alone', () => {
    const world = new World({ config: { ...HEDGED, requestBlocksMax: 4 } }).start();
    world.connect('Slow', 4).claim('Slow', 1, 13).connect('Quick', 2).claim('Quick', 1, 14);
    expect(asks(world)).toEqual(['sync Slow 10..13', 'sync Quick 14']);
    world.pass(5).answer('Quick', [blockAt(14)]);
    expect(hedges(world)).toEqual(['hedge Quick 10..11']);
    world.pass(20).answer('Quick', blocksOf(10, 11));
    expect(world.height).toBe(11);
    world.answer('Slow', blocksOf(10, 13));
    expect(world.height).toBe(14);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });
});
