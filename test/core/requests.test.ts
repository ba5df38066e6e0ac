import { describe, expect, it } from 'vitest';
import { maps } from '../../src/core/facts.ts';
import { getPeer } from '../../src/core/peers.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };

describe('answers without a request id', () => {
  it('SYNC-4: an answer belongs to the open request for its height, not to an older one that timed out', () => {
    const world = new World({ config: { inFlightMax: 4, inFlightPerPeerMax: 4 } }).start().claim('A', 1, 30);
    world.holds = true;
    world.answer('A', [blockAt(10)]).release();
    // Silence about 11, further ahead, does not refute a tested claim: A is asked again.
    world.pass(10_000);
    const again = world.asked.filter((ask) => ask.from === 11);
    expect(again.length).toBe(2);
    world.send({ type: 'blocksReceived', peer: 'A', requestId: null, blocks: [blockAt(11)] });
    expect(world.facts.window.bufferedBlocks).toBe(2);
    expect(maps.requests.get(world.facts.requests.byId, again[1]?.requestId ?? 0)).toBeUndefined();
  });

  it('SYNC-6: a peer that was asked for nothing cannot answer for another', () => {
    const world = new World().start().claim('A', 1, 10).claim('B', 1, 10);
    world.send({ type: 'blocksReceived', peer: 'B', requestId: null, blocks: [blockAt(10)] });
    world.send({ type: 'blocksReceived', peer: 'B', requestId: world.requestOf('A', 10), blocks: [blockAt(10)] });
    expect(world.height).toBe(9);
    world.answer('A', [blockAt(10)]);
    expect(world.height).toBe(10);
  });
});

describe('late answers', () => {
  it('SYNC-4, A18: is used for a height that somebody else has been asked for since', () => {
    const world = new World({ config: { inFlightMax: 2, inFlightPerPeerMax: 2 } }).start().claim('A', 1, 11);
    world.connect('B').claim('B', 1, 11).pass(10_000);
    expect(world.asked.slice(2).map((ask) => [ask.peer, ask.from])).toEqual([
      ['B', 10],
      ['B', 11],
    ]);
    world.answer('A', [blockAt(11)]);
    expect(world.facts.window.bufferedBlocks).toBe(1);
    world.answer('B', [blockAt(11)]).answer('B', [blockAt(10)]);
    expect(world.height).toBe(11);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });

  it('SYNC-4, A18: a peer that stalled may answer everything at once, also what is long forgotten', () => {
    const world = new World({ config: { ...ONE_AT_A_TIME, refutedBackoffMsMin: 1, refutedBackoffMsMax: 1 } });
    world.start().claim('A', 1, 20);
    for (let i = 0; i < 40; i++) world.pass(10_001);
    const asks = [...world.asked];
    expect(asks.length).toBeGreaterThan(20);
    for (const { requestId } of asks) {
      world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: [blockAt(10)] });
    }
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(world.height).toBe(10);
  });

  it('A request is told as ended once, whatever comes late', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).pass(10_000);
    world.takeEffects();
    world.answer('A', [blockAt(10)]);
    expect(reportsOf(world.effects, 'requestEnded')).toEqual([]);
  });
});

describe('probes whose answer is of no use', () => {
  const config = { inFlightMax: 8, inFlightPerPeerMax: 4, hedgesMax: 0, absentBackoffMsMin: 20 };
  /** 10 of A is here, and B, who said that it lacks it, is probed for it. */
  const probing = () => {
    const world = new World({ config }).start().claim('B', 1, 11);
    world.holds = true;
    world.send({ type: 'blocksUnavailable', peer: 'B', requestId: world.requestOf('B', 10), height: 10 });
    world.claim('A', 1, 10).answer('A', [blockAt(10)]);
    return world.pass(20);
  };
  const probes = (world: World) => world.asked.filter(({ purpose }) => purpose === 'probe').length;

  it('META-7: who sent the block already that is not judged yet is not probed for it again at once', () => {
    const world = probing();
    expect(probes(world)).toBe(1);
    world.answer('B', [blockAt(10)]).pass(100);
    expect(probes(world)).toBe(2);
    world.answer('B', [blockAt(10)]).pass(900);
    expect(probes(world)).toBe(2);
  });

  it('META-7, APPLY-5: nor anybody while the host waits to try again', () => {
    const world = probing();
    const verify = world.held[0];
    if (verify === undefined || !('workId' in verify)) throw new Error('nothing is verified');
    const hostFault = { code: 'EXECUTOR_FAILED', message: 'x' } as const;
    world.send({ type: 'blocksVerified', workId: verify.workId, valid: 0, hostFault });
    const { retryAt } = world.facts.host;
    world.answer('B', [blockAt(10)]);
    expect(retryAt).toBe(world.now + 1_000);
    expect(getPeer(world.facts, 'B')?.probeAt).toBe(retryAt);
  });
});

describe('late answers to probes', () => {
  it('META-7, A18: while a probe is under way, the late answer to the one before it has no third sent', () => {
    const world = new World({ config: { inFlightMax: 8, inFlightPerPeerMax: 4, hedgesMax: 0 } }).start();
    world.claim('B', 1, 14);
    for (const height of [10, 11, 12]) world.answer('B', [blockAt(height)]);
    world.holds = true;
    world.send({ type: 'blocksUnavailable', peer: 'B', requestId: world.requestOf('B', 13), height: 13 });
    world.claim('A', 1, 13).answer('A', [blockAt(13)]);
    const probes = () => world.asked.filter(({ peer, purpose }) => peer === 'B' && purpose === 'probe');
    world.pass(5_000);
    expect(probes()).toHaveLength(1);
    for (let i = 0; i < 60 && probes().length < 2; i++) world.pass(1_000);
    const [first] = probes();
    world.send({
      type: 'blocksReceived',
      peer: 'B',
      requestId: first?.requestId ?? 0,
      blocks: [blockAt(first?.from ?? 0)],
    });
    expect(getPeer(world.facts, 'B')?.probeAt).toBeNull();
    expect(probes()).toHaveLength(2);
  });
});

describe('a request that comes to nothing', () => {
  it('SYNC-5: an answer with no block in it is "I do not have it"', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 10);
    world.send({ type: 'blocksReceived', peer: 'A', requestId: world.requestOf('A', 10), blocks: [] });
    expect(world.asked.at(-1)).toMatchObject({ peer: 'B', from: 10 });
  });

  it('LIMIT: the timeout follows the latency of the peer, between its bounds', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 30);
    const timeout = () => (world.timers.get('request') ?? 0) - world.now;
    expect(timeout()).toBe(10_000);
    for (let height = 10; height < 25; height++) world.pass(40).answer('A', [blockAt(height)]);
    world.pass(world.timers.get('request') === undefined ? 0 : timeout());
    const [deadline] = [...maps.requests.entries(world.facts.requests.byId)].map((node) => node.value.deadline);
    expect((deadline ?? 0) - world.facts.clock.now).toBeLessThanOrEqual(1_000);
  });
});

describe('bounds', () => {
  it('SYNC-3, A34: what is buffered and what is asked for stay within the bytes, each block taken at its largest', () => {
    const config = { blockBytesMax: 1_000, bufferBytesMax: 3_000 };
    const world = new World({ config }).start().claim('A', 1, 40);
    expect(world.asked.map((ask) => ask.from)).toEqual([10, 11, 12]);
    world.answer('A', [blockAt(11)]).answer('A', [blockAt(12)]);
    expect(world.asked).toHaveLength(3);
    world.answer('A', [blockAt(10)]);
    expect(world.asked.map((ask) => ask.from)).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it('SYNC-3: a late answer is taken only when there is room', () => {
    const config = { blockBytesMax: 1_000, bufferBytesMax: 2_000 };
    const world = new World({ config }).start().claim('A', 11, 12).claim('B', 10, 10).pass(10_000);
    world.claim('E', 10, 10).claim('C', 13, 40);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'C', from: 13 });
    const late = world.asked.filter((ask) => ask.peer === 'A');
    for (const { from } of late) world.answer('A', [blockAt(from)]);
    world.answer('C', [blockAt(13)]);
    // 13 is here and 10 still owed: there was no room for 11.
    expect(world.facts.window.bufferedBlocks).toBe(1);
    expect(world.facts.requests.inFlightBlocks).toBe(1);
  });

  it('SYNC-3, CHUNK-1: of an answer in parts, what has no room is asked for again, and what is above it is still owed', () => {
    const config = { blockBytesMax: 4_000, bufferBytesMax: 8_000, requestBlocksMax: 4, requestBlocksFirst: 1 };
    const world = new World({ config: { ...config, inFlightMax: 8, inFlightPerPeerMax: 1, hedgesMax: 0 } }).start();
    world
      .connect('A', 4)
      .claim('A', 1, 14)
      .answer('A', [blockAt(10)]);
    expect(world.asked.slice(1)).toMatchObject([{ peer: 'A', from: 11, to: 14, bytesMax: 6_000 }]);
    world.holds = true;
    const requestId = world.requestOf('A', 11);
    const blocks = [blockAt(11), blockAt(12, {}, { bytes: 4_000 }), blockAt(13, {}, { bytes: 4_000 })];
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks, more: true });
    expect(world.facts.window.bufferedBlocks).toBe(2);
    // 13 did not fit; 14 is still to come of A.
    const stages = [...maps.spans.entries(world.facts.window.spans)].map(({ value }) => [
      value.from,
      value.to,
      value.stage,
    ]);
    expect(stages.slice(-2)).toEqual([
      [13, 13, 'wanted'],
      [14, 14, 'requested'],
    ]);
  });

  it('SYNC-3, SYNC-7: a probe takes no room from a block that was asked for', () => {
    const config = { bufferBlocksMax: 2, inFlightPerPeerMax: 1, requestTimeoutMsMin: 10_000 };
    const world = new World({ config }).start().claim('A', 10, 10).claim('B', 1, 11);
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 10), height: 10 });
    world.pass(5_000);
    expect(world.asked.map((ask) => [ask.peer, ask.from, ask.purpose])).toEqual([
      ['A', 10, 'sync'],
      ['B', 11, 'sync'],
      ['A', 10, 'probe'],
    ]);
    world.holds = true;
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10) });
    world.answer('B', [blockAt(11)]);
    expect(world.facts.window.bufferedBlocks).toBe(2);
    world.holds = false;
    world.release().release();
    expect(world.height).toBe(11);
  });
});

describe('ranges', () => {
  const config = { requestBlocksMax: 8, bufferBlocksMax: 32 };

  it('CHUNK-1, APPLY-1: the good part of a range is kept, the first bad block is charged and asked again, and what follows it kept', () => {
    const world = new World({ config }).start().connect('A', 8).claim('A', 1, 17).connect('B', 8).claim('B', 1, 17);
    const bad = blockAt(13, { refusedWith: 'CERTIFICATE_BAD_SIGNATURE' });
    world.answer('A', [...blocksOf(10, 12), bad, ...blocksOf(14, 17)]);
    expect(world.height).toBe(12);
    expect(reportsOf(world.effects, 'charged', 'A')).toHaveLength(1);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'B', from: 13, to: 13 });
    world.answer('B', [blockAt(13)]);
    expect(world.height).toBe(17);
    expect(reportsOf(world.effects, 'charged', 'B')).toEqual([]);
  });

  it('APPLY-2: a wrong state hash in the middle rolls back to just below it', () => {
    const world = new World({ config }).start().connect('A', 8).claim('A', 1, 17);
    world.answer('A', [...blocksOf(10, 12), blockAt(13, { stateHash: 'x' }), ...blocksOf(14, 17)]);
    expect(effectsOf(world.effects, 'rollbackBlocks').map((effect) => effect.toHeight)).toEqual([12]);
    expect(world.height).toBe(12);
  });

  it('APPLY-1: a range is linked block by block', () => {
    const world = new World({ config }).start().connect('A', 8).claim('A', 1, 17);
    const loose = blockAt(12, {}, { parentId: 'elsewhere', contentId: 'loose' });
    world.answer('A', [...blocksOf(10, 11), loose, ...blocksOf(13, 17)]);
    expect(world.height).toBe(11);
    expect(reportsOf(world.effects, 'charged', 'A')[0]?.report).toMatchObject({ offence: 'BROKEN_LINK', height: 12 });
  });

  it.each(['received', 'verifying', 'applying', 'applied', 'committing'])(
    'MODE-10: consensus decides the first height of a range that is %s; the others go on',
    (stage) => {
      const world = new World({ config }).start().connect('A', 8).claim('A', 1, 17);
      const rounds = ['received', 'verifying', 'applying', 'applied', 'committing'].indexOf(stage);
      if (stage === 'received') world.host.failing.set('verifyBlocks', { code: 'EXECUTOR_FAILED', message: 'x' });
      else if (stage === 'applied') world.host.failing.set('commitBlocks', { code: 'STORE_FAILED', message: 'x' });
      else world.holds = true;
      world.answer('A', blocksOf(10, 17));
      if (world.holds) for (let i = 1; i < rounds - (stage === 'committing' ? 1 : 0); i++) world.release();
      expect(maps.spans.first(world.facts.window.spans)?.value.stage).toBe(stage);
      world.host.finalize(10, 'state-10');
      world.send({ type: 'blockFinalized', height: 10, id: 'state-10', validator: false });
      expect(world.height).toBe(10);
      world.host.failing.clear();
      world.holds = false;
      while (world.held.length > 0) world.release();
      world.pass(2_000);
      const ask = world.asked.at(-1);
      if (world.height < 17 && ask !== undefined) world.answer('A', blocksOf(ask.from, ask.to));
      expect(world.height).toBe(17);
      expect(getPeer(world.facts, 'A')?.score).toBeGreaterThanOrEqual(0);
    },
  );
});
