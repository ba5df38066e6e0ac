import { describe, expect, it } from 'vitest';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { maps } from '../../src/core/facts.ts';
import { getPeer } from '../../src/core/peers.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };
const RANGES = { requestBlocksMax: 8, bufferBlocksMax: 32 };

function asks(world: World) {
  return world.asked.map(({ peer, from, to }) => [peer, from, to]);
}

function unavailable(world: World, peer: string, height: number): World {
  world.send({ type: 'blocksUnavailable', peer, requestId: world.requestOf(peer, height), height });
  return world;
}

function announce(world: World, peer: string, block: SyncBlock = blockAt(10)): void {
  world.send({ type: 'newBlockReceived', peer, block });
}

function spares(world: World) {
  return world.facts.window.spares.map(({ peer, asked }) => [peer, asked]);
}

function buffered({ facts }: World) {
  return [facts.window.bufferedBlocks, facts.window.bufferedBytes];
}

function spansOf({ facts }: World) {
  return [...maps.spans.entries(facts.window.spans)].map(({ value }) => [value.from, value.to, value.stage]);
}

describe('how far ahead blocks are asked for', () => {
  it('SYNC-2: synchronous asks for one, and for the next when it is committed', () => {
    const world = new World({ config: { strategy: 'synchronous' } }).start().claim('A', 1, 12).claim('B', 1, 12);
    expect(world.asked.map(({ from }) => from)).toEqual([10]);
    world.holds = true;
    world
      .answer(world.asked[0]?.peer ?? '', [blockAt(10)])
      .release()
      .release();
    expect(world.asked).toHaveLength(1);
    world.release();
    expect(world.asked.map(({ from }) => from)).toEqual([10, 11]);
  });

  it('SYNC-2: synchronous asks for one range where requests may name ranges', () => {
    const config = { ...RANGES, strategy: 'synchronous' } as const;
    const world = new World({ config }).start().connect('A', 8).claim('A', 1, 40);
    expect(asks(world)).toEqual([['A', 10, 17]]);
    world.answer('A', blocksOf(10, 17));
    expect(asks(world).slice(1)).toEqual([['A', 18, 25]]);
  });

  it('SYNC-3: asynchronous asks up to bufferBlocksMax above the local height, and no further as long as it lacks the next', () => {
    const config = { bufferBlocksMax: 3, inFlightPerPeerMax: 8 };
    const world = new World({ config }).start().claim('A', 1, 40);
    expect(world.asked.map(({ from }) => from)).toEqual([10, 11, 12]);
    world.answer('A', [blockAt(11)]).answer('A', [blockAt(12)]);
    expect(world.asked).toHaveLength(3);
    world.answer('A', [blockAt(10)]);
    expect(world.asked.map(({ from }) => from)).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it('SYNC-3: a range ends with the window', () => {
    const config = { requestBlocksMax: 8, bufferBlocksMax: 12 };
    const world = new World({ config }).start().connect('A', 8).claim('A', 1, 40);
    expect(asks(world)).toEqual([
      ['A', 10, 17],
      ['A', 18, 21],
    ]);
  });

  it('SYNC-3: what is buffered is counted, block by block and byte by byte, until it is committed', () => {
    const config = { ...RANGES, applyBlocksMax: 8, commitBlocksMax: 8 };
    const world = new World({ config }).start().connect('A', 8).claim('A', 1, 33);
    world.holds = true;
    expect(buffered(world)).toEqual([0, 0]);
    world.answer('A', [...blocksOf(18, 24), blockAt(25, {}, { bytes: 500 })]);
    expect(buffered(world)).toEqual([8, 7_500]);
    world.answer('A', blocksOf(10, 17));
    expect(buffered(world)).toEqual([16, 15_500]);
    // Both verified, both applied.
    world.release().release().release();
    expect(world.held.map(({ type }) => type)).toEqual(['applyBlocks', 'commitBlocks']);
    world.release();
    expect(buffered(world)).toEqual([16, 15_500]);
    world.release();
    expect(buffered(world)).toEqual([8, 7_500]);
    world.release();
    expect(buffered(world)).toEqual([0, 0]);
  });

  it('SYNC-3: a refused part of a range is not buffered any more', () => {
    const world = new World({ config: RANGES }).start().connect('A', 8).claim('A', 1, 17);
    world.holds = true;
    world.answer('A', [...blocksOf(10, 12), blockAt(13, { refusedWith: 'CERTIFICATE_MISSING' }), ...blocksOf(14, 17)]);
    world.release();
    expect(buffered(world)).toEqual([7, 7_000]);
    expect(spansOf(world)).toEqual([
      [10, 12, 'applying'],
      [13, 13, 'wanted'],
      [14, 17, 'verifying'],
    ]);
    while (world.held.length > 0) world.release();
    expect(buffered(world)).toEqual([4, 4_000]);
  });

  it('CHUNK-1: a short answer is taken, and the rest asked for again', () => {
    const world = new World({ config: RANGES }).start().connect('A', 8).claim('A', 1, 17);
    world.answer('A', blocksOf(10, 12));
    expect(world.height).toBe(12);
    expect(asks(world)).toEqual([
      ['A', 10, 17],
      ['A', 13, 17],
    ]);
    world.answer('A', blocksOf(13, 17));
    expect(world.height).toBe(17);
  });

  it('SYNC-1: heights that nobody had are asked for as soon as somebody has them, by the ranges that peers allow', () => {
    const world = new World({ config: RANGES }).start().connect('A', 2).claim('A', 14, 16).connect('C', 8);
    world.claim('C', 1, 10).connect('B', 3).claim('B', 11, 16);
    for (const ask of world.asked) world.answer(ask.peer, blocksOf(ask.from, ask.to));
    expect(world.height).toBe(16);
    const heights = world.asked.flatMap(({ from, to }) => blocksOf(from, to).map(({ height }) => height));
    expect(new Set(heights).size).toBe(heights.length);
  });

  it('SYNC-4: a late answer fills whatever of it is still missing, also what somebody else owes', () => {
    const config = { ...RANGES, inFlightMax: 1, inFlightPerPeerMax: 1 };
    const world = new World({ config }).start().connect('A', 3).claim('A', 1, 12).pass(10_000);
    world.connect('B', 1).claim('B', 1, 12);
    expect(asks(world).at(-1)).toEqual(['B', 10, 10]);
    expect(spansOf(world)).toEqual([
      [10, 10, 'requested'],
      [11, 12, 'wanted'],
    ]);
    world.answer('B', [blockAt(10)]);
    world.answer('A', blocksOf(10, 12));
    expect(world.height).toBe(12);
    world.answer('B', [blockAt(11)]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(asks(world).slice(1)).toEqual([
      ['B', 10, 10],
      ['B', 11, 11],
    ]);
    expect(effectsOf(world.effects, 'blocksAdded').map(({ from, to, peer }) => [from, to, peer])).toEqual([
      [10, 10, 'B'],
      [11, 12, 'A'],
    ]);
  });
});

describe('who failed a height', () => {
  it('SYNC-5: is asked for it again only when nobody else is left', () => {
    const config = { ...ONE_AT_A_TIME, refutedBackoffMsMin: 1 };
    const world = new World({ config }).start();
    for (const peer of ['A', 'B', 'C']) world.claim(peer, 1, 10);
    const order: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { peer } = world.asked.at(-1) ?? { peer: '' };
      order.push(peer);
      world.send({ type: 'sendFailed', peer, requestId: world.requestOf(peer, 10) });
    }
    expect([...order].sort()).toEqual(['A', 'B', 'C']);
    expect(world.facts.window.trouble).toMatchObject({ height: 10, code: 'PEER_UNREACHABLE', peers: order });
  });

  it('SYNC-7: is named once, where it failed last', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 9);
    unavailable(world, 'A', 10);
    world.send({ type: 'peerDisconnected', peer: 'B' });
    world.claim('C', 1, 10);
    unavailable(world, 'C', 10);
    expect(world.facts.window.trouble).toMatchObject({ code: 'NOT_AVAILABLE', peers: ['A', 'C'] });
  });

  it('APPLY-3: is named once however often it fails', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10);
    const bad = blockAt(10, { stateHash: 'x' });
    world.answer('A', [bad]).pass(5_000).answer('A', [bad]);
    expect(world.facts.window.trouble?.peers).toEqual(['A']);
    expect(maps.spans.first(world.facts.window.spans)?.value.avoid).toEqual(['A']);
  });

  it('APPLY-3: while a suspect height waits, those above it are asked for, out of the middle of a range', () => {
    const world = new World({ config: RANGES }).start().connect('A', 8).claim('A', 1, 17).connect('B', 8);
    world.claim('B', 1, 17);
    const bad = [blockAt(10, { stateHash: 'x' })];
    world.answer('A', bad);
    expect(asks(world).slice(1)).toEqual([
      ['A', 11, 17],
      ['B', 10, 10],
    ]);
    world.answer('B', bad);
    world.send({ type: 'sendFailed', peer: 'A', requestId: world.requestOf('A', 11) });
    expect(asks(world).slice(3)).toEqual([['B', 11, 17]]);
    expect(spansOf(world)).toEqual([
      [10, 10, 'wanted'],
      [11, 17, 'requested'],
    ]);
    world.pass(5_000);
    expect(asks(world).at(-1)?.slice(1)).toEqual([10, 10]);
  });

  it('LIMIT: the sixteen who failed last are remembered', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start();
    const peers = Array.from({ length: 18 }, (_, i) => `P${i}`);
    for (const peer of peers) {
      world.claim(peer, 1, 10);
      unavailable(world, peer, 10);
    }
    expect(world.facts.window.trouble?.peers).toEqual(peers.slice(2));
  });

  it('LIMIT: the eight who failed a height last are not asked for it first', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start();
    const peers = Array.from({ length: 10 }, (_, i) => `P${i}`);
    for (const peer of peers) {
      world.claim(peer, 1, 10);
      unavailable(world, peer, 10);
    }
    world.claim('Q', 1, 10);
    expect(maps.spans.first(world.facts.window.spans)?.value.avoid).toEqual(peers.slice(2));
  });

  it('SYNC-7: what was wrong below is over when the height has grown', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 11).claim('B', 1, 11);
    const { peer } = world.asked[0] ?? { peer: '' };
    unavailable(world, peer, 10);
    expect(world.facts.window.trouble?.peers).toEqual([peer]);
    world.answer(peer === 'A' ? 'B' : 'A', [blockAt(10)]);
    expect(world.facts.window.trouble).toBeNull();
  });
});

describe('copies of the next block', () => {
  const BAD = blockAt(10, { refusedWith: 'CERTIFICATE_NO_QUORUM' });

  function held(): World {
    const world = new World().start().claim('A', 1, 9);
    for (const peer of ['B', 'C', 'D', 'E', 'F']) world.claim(peer, 1, 9);
    world.holds = true;
    announce(world, 'A', BAD);
    return world;
  }

  it('A35: four are kept, one a peer, and told as duplicates beyond that', () => {
    const world = held();
    for (const peer of ['A', 'B', 'B', 'C', 'D', 'E', 'F']) announce(world, peer);
    expect(spares(world)).toEqual(['B', 'C', 'D', 'E'].map((peer) => [peer, false]));
    const duplicates = effectsOf(world.effects, 'blockRejected').map(({ peer, reason }) => [peer, reason]);
    expect(duplicates).toEqual(['A', 'B', 'F'].map((peer) => [peer, 'DUPLICATE']));
  });

  it('A35: the first kept is used when the one in work is no good, and costs nobody else anything', () => {
    const world = held();
    announce(world, 'B');
    announce(world, 'C');
    world.release();
    expect(world.held).toMatchObject([{ type: 'verifyBlocks', blocks: [blockAt(10)] }]);
    expect(spares(world)).toEqual([['C', false]]);
    while (world.held.length > 0) world.release();
    expect(effectsOf(world.effects, 'blocksAdded')).toMatchObject([{ from: 10, peer: 'B' }]);
    expect(spares(world)).toEqual([]);
    expect(getPeer(world.facts, 'B')?.score).toBe(1);
    expect(reportsOf(world.effects, 'charged').map(({ peer }) => peer)).toEqual(['A']);
  });

  it('A35: answers are kept before announced copies and push them out, never the other way', () => {
    const world = new World().start().claim('A', 1, 9).claim('B', 1, 9).claim('C', 1, 9);
    for (const peer of ['D', 'E']) world.claim(peer, 1, 9);
    world.claim('T', 1, 50).claim('U', 1, 50);
    expect(world.asked.map(({ peer, from, purpose }) => [peer, from, purpose])).toEqual([
      ['T', 10, 'test'],
      ['U', 10, 'test'],
    ]);
    world.holds = true;
    announce(world, 'A', BAD);
    for (const peer of ['B', 'C', 'D', 'E']) announce(world, peer);
    world.answer('T', [blockAt(10)]).answer('U', [blockAt(10)]);
    expect(spares(world)).toEqual([
      ['T', true],
      ['U', true],
      ['B', false],
      ['C', false],
    ]);
    announce(world, 'E');
    expect(spares(world)).toHaveLength(4);
    while (world.held.length > 0 && world.height < 10) world.release();
    expect(effectsOf(world.effects, 'blocksAdded')[0]).toMatchObject({ from: 10, peer: 'T' });
    // It was asked for, so that it is evidence of what T claims.
    expect(reportsOf(world.effects, 'claimProven', 'T')).toHaveLength(1);
  });

  it('LIVE-1: an announced copy is taken while a single one is asked for, and the answer is kept beside it', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 12).claim('B', 1, 9);
    world.holds = true;
    announce(world, 'B');
    expect(spansOf(world)).toEqual([[10, 10, 'verifying']]);
    world.answer('A', [blockAt(10)]);
    expect(spares(world)).toEqual([['A', true]]);
    while (world.held.length > 0 && world.height < 10) world.release();
    expect(effectsOf(world.effects, 'blocksAdded')[0]).toMatchObject({ from: 10, peer: 'B' });
  });

  it('LIVE-1: an announced copy waits as a spare while a range that begins with it is asked for', () => {
    const world = new World({ config: RANGES }).start().connect('A', 8).claim('A', 1, 17).claim('B', 1, 9);
    announce(world, 'B');
    expect(world.height).toBe(9);
    expect(spares(world)).toEqual([['B', false]]);
    unavailable(world, 'A', 10);
    expect(world.height).toBe(10);
    expect(effectsOf(world.effects, 'blocksAdded')[0]).toMatchObject({ from: 10, to: 10, peer: 'B' });
  });

  it('OPT-1: a spare is used as soon as the target falls so far that there is nothing else to ask for', () => {
    const config = { ...RANGES, inFlightPerPeerMax: 1, hedgesMax: 1 };
    const world = new World({ config }).start().connect('A', 8).connect('B', 8).claim('A', 1, 17).claim('B', 18, 40);
    expect(asks(world)).toEqual([
      ['A', 10, 17],
      ['B', 18, 25],
    ]);
    announce(world, 'C');
    expect(spares(world)).toEqual([['C', false]]);
    unavailable(world, 'B', 18);
    expect(world.facts.aggregate?.maxHeight).toBe(17);
    expect(world.height).toBe(10);
  });

  it('PEER-1: copies of a banned peer are not used', () => {
    const world = held();
    announce(world, 'B');
    announce(world, 'C');
    for (let i = 0; i < 2; i++) {
      world.send({ type: 'peerMisbehaved', peer: 'B', offence: 'SPOOFED_ADDRESS', detail: 'x' });
    }
    expect(spares(world)).toEqual([['C', false]]);
    while (world.held.length > 0 && world.height < 10) world.release();
    expect(effectsOf(world.effects, 'blocksAdded')[0]).toMatchObject({ peer: 'C' });
  });
});

describe('what is let go', () => {
  function ban(world: World, peer: string): void {
    for (let i = 0; i < 2; i++) {
      world.send({ type: 'peerMisbehaved', peer, offence: 'SPOOFED_ADDRESS', detail: 'x' });
    }
  }

  it('PEER-1: what a banned peer sent and nobody checked is asked of others; what was checked, or is being, stays', () => {
    const config = { inFlightMax: 8, inFlightPerPeerMax: 8, verifyInFlightMax: 1 };
    const world = new World({ config }).start().claim('A', 1, 14);
    world.holds = true;
    for (const height of [10, 11, 13]) world.answer('A', [blockAt(height)]);
    world.release();
    ban(world, 'A');
    expect(spansOf(world)).toEqual([
      [10, 10, 'applying'],
      [11, 11, 'verifying'],
      [12, 12, 'wanted'],
      [13, 13, 'wanted'],
      [14, 14, 'wanted'],
    ]);
    expect(buffered(world)).toEqual([2, 2_000]);
    const before = asks(world).length;
    world.claim('B', 1, 14);
    expect(asks(world).slice(before)).toEqual([12, 13, 14].map((height) => ['B', height, height]));
  });

  it('PEER-1: what others sent stays when somebody is banned', () => {
    const config = { inFlightMax: 2, inFlightPerPeerMax: 1 };
    const world = new World({ config }).start().claim('A', 1, 11).claim('B', 1, 11);
    world.holds = true;
    const far = world.asked.find(({ from }) => from === 11)?.peer ?? '';
    world.answer(far, [blockAt(11)]);
    ban(world, far === 'A' ? 'B' : 'A');
    expect(buffered(world)).toEqual([1, 1_000]);
  });

  it('MODE-7: when Sync ends, all that is ahead is let go, but not the next block where it is here', () => {
    const world = new World().start().claim('A', 1, 12).claim('B', 1, 9);
    world.holds = true;
    world.answer('A', [blockAt(10)]).answer('A', [blockAt(12)]);
    expect(buffered(world)).toEqual([2, 2_000]);
    world.send({ type: 'Stop' });
    expect(buffered(world)).toEqual([1, 1_000]);
    expect(spansOf(world)).toEqual([[10, 10, 'verifying']]);
    expect(world.facts.window.frontier).toBe(11);
  });

  it('MODE-7: when Sync ends with nothing here, the next Sync asks from the next height on', () => {
    const world = new World().start().claim('A', 1, 12);
    world.answer('A', [blockAt(12)]);
    world.send({ type: 'Stop' });
    expect(spansOf(world)).toEqual([]);
    expect([...buffered(world), world.facts.window.frontier]).toEqual([0, 0, 10]);
    world.start().claim('A', 1, 12);
    expect(world.asked.slice(3).map(({ from }) => from)).toEqual([10, 11, 12]);
  });

  it('MODE-7: a spare is not used by a node that has stopped', () => {
    const world = new World().start().claim('A', 1, 9).claim('B', 1, 9);
    world.holds = true;
    announce(world, 'A', blockAt(10, { refusedWith: 'CERTIFICATE_MISSING' }));
    announce(world, 'B');
    world.send({ type: 'Stop' });
    world.release();
    expect(world.held).toEqual([]);
    expect(buffered(world)).toEqual([0, 0]);
  });

  it('MODE-10: of a range whose first heights consensus decided, what nobody worked on is kept', () => {
    const world = new World({ config: RANGES }).start().connect('A', 8).claim('A', 1, 25);
    world.host.failing.set('verifyBlocks', { code: 'EXECUTOR_FAILED', message: 'x' });
    world.answer('A', blocksOf(18, 25));
    for (let height = 10; height <= 19; height++) {
      world.host.finalize(height, `state-${height}`);
      world.send({ type: 'blockFinalized', height, id: `state-${height}`, validator: false });
    }
    expect(spansOf(world)).toEqual([[20, 25, 'received']]);
    expect(buffered(world)).toEqual([6, 6_000]);
    world.host.failing.clear();
    world.pass(1_000);
    expect(effectsOf(world.effects, 'verifyBlocks').at(-1)?.blocks).toEqual(blocksOf(20, 25));
    expect(world.height).toBe(25);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });

  it('MODE-10: of a range that is still asked for, the rest is used when it comes', () => {
    const world = new World({ config: RANGES }).start().connect('A', 8).claim('A', 1, 17);
    world.host.finalize(10, 'state-10');
    world.send({ type: 'blockFinalized', height: 10, id: 'state-10', validator: false });
    expect(spansOf(world)).toEqual([[11, 17, 'requested']]);
    world.answer('A', blocksOf(10, 17));
    expect(world.height).toBe(17);
    expect(asks(world)).toEqual([['A', 10, 17]]);
    expect(buffered(world)).toEqual([0, 0]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });
});
