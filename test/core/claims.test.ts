import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import { getAggregatedStateSyncMetadata } from '../../src/core/sync-api.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };

describe('refuted claims', () => {
  /** A and B claim 1..12, one of them lacked a block ahead of the head, and is probed for it. */
  function probedAhead(): { readonly world: World; readonly peer: string; readonly height: number } {
    const world = new World().start().claim('A', 1, 12).claim('B', 1, 12);
    const far = world.asked.find((ask) => ask.from > 10);
    if (far === undefined) throw new Error('nothing ahead was asked for');
    world.send({ type: 'blocksUnavailable', peer: far.peer, requestId: far.requestId, height: far.from });
    expect(getPeer(world.facts, far.peer)).toMatchObject({ disputedFrom: far.from, life: { claim: 'Refuted' } });
    world.pass(5_000);
    const probe = world.asked.findLast((ask) => ask.purpose === 'probe');
    expect(probe).toMatchObject({ peer: far.peer, from: far.from, to: far.from });
    return { world, peer: far.peer, height: far.from };
  }

  it('META-7: a probe for a block ahead of the head is decided by its certificate, before its turn has come', () => {
    const { world, peer, height } = probedAhead();
    world.answer(peer, [blockAt(height)]);
    expect(getPeer(world.facts, peer)).toMatchObject({ disputedFrom: null, life: { claim: 'Untested' } });
    expect(world.facts.local.maxHeight).toBe(9);
  });

  it('META-7: or by the copy that is here and certified already', () => {
    const { world, peer, height } = probedAhead();
    const other = peer === 'A' ? 'B' : 'A';
    world.answer(other, [blockAt(height)]).answer(peer, [blockAt(height)]);
    expect(getPeer(world.facts, peer)).toMatchObject({
      ...{ disputedFrom: null, aheadInVain: false, probeAt: null },
      life: { claim: 'Untested' },
    });
  });

  it('META-7: but not by another block than that copy', () => {
    const { world, peer, height } = probedAhead();
    world.answer(peer === 'A' ? 'B' : 'A', [blockAt(height)]);
    world.answer(peer, [blockAt(height, {}, { contentId: 'another' })]);
    expect(getPeer(world.facts, peer)).toMatchObject({ disputedFrom: height, life: { claim: 'Refuted' } });
  });

  it('META-7: as long as nobody could check the block, the probe decides nothing, and one for the head follows', () => {
    const { world, peer, height } = probedAhead();
    world.holds = true;
    world.answer(peer, [blockAt(height)]);
    expect(getPeer(world.facts, peer)).toMatchObject({ aheadInVain: true, life: { claim: 'Refuted' } });
    world.pass(10_000);
    const next = world.asked.findLast((ask) => ask.purpose === 'probe' && ask.peer === peer);
    expect(next).toMatchObject({ from: 10, to: 10 });
    world.send({ type: 'blocksUnavailable', peer, requestId: next?.requestId ?? 0, height: 10 });
    expect(getPeer(world.facts, peer)).toMatchObject({ aheadInVain: false, disputedFrom: 10 });
  });

  it('META-7: any block above what is disputed, certified ahead of its turn, settles it', () => {
    const world = new World().start().claim('A', 1, 30).claim('B', 1, 10);
    const [first, second] = world.asked.filter(({ peer, from }) => peer === 'A' && from > 10);
    if (first === undefined || second === undefined) throw new Error('A is asked for two blocks ahead');
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: first.requestId, height: first.from });
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: first.from });
    world.answer('A', [blockAt(second.from)]);
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: null, life: { claim: 'Untested' } });
    expect(world.height).toBe(9);
  });

  it('META-7: a block below it does not', () => {
    const world = new World().start().claim('A', 1, 30).claim('B', 1, 10);
    const [first, second] = world.asked.filter(({ peer, from }) => peer === 'A' && from > 10);
    if (first === undefined || second === undefined) throw new Error('A is asked for two blocks ahead');
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: second.requestId, height: second.from });
    world.answer('A', [blockAt(first.from)]);
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: second.from, life: { claim: 'Refuted' } });
  });

  /** A lacked 10 and was probed for it, while B owes it with others; its copy is kept, or not. */
  function withCopy(copy: Partial<SyncBlock> = {}): World {
    const config = { requestBlocksMax: 4, requestBlocksFirst: 4, inFlightPerPeerMax: 1, absentBackoffMsMin: 20 };
    const world = new World({ config }).start().connect('A', 4).claim('A', 1, 40);
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 10), height: 10 });
    world.connect('B', 4).claim('B', 1, 40);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'B', from: 10, to: 13, purpose: 'sync' });
    world.pass(20);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'A', from: 10, to: 10, purpose: 'probe' });
    world.answer('A', [blockAt(10, {}, copy)]);
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: 10, life: { claim: 'Refuted' } });
    const { requestId: owed = 0 } = world.asked.find(({ purpose, peer: id }) => id === 'B' && purpose === 'sync') ?? {};
    world.send({ type: 'blocksReceived', peer: 'B', requestId: owed, blocks: blocksOf(10, 13) });
    expect(world.height).toBe(13);
    return world;
  }

  it('META-7: a copy of what is next that was not needed settles it when that very block is applied', () => {
    expect(getPeer(withCopy().facts, 'A')).toMatchObject({ disputedFrom: null, life: { claim: 'Untested' } });
  });

  it('META-7: another copy does not', () => {
    const world = withCopy({ contentId: 'another' });
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: 10, life: { claim: 'Refuted' } });
  });

  it('META-7: nor does one that was only announced', () => {
    const config = { requestBlocksMax: 4, requestBlocksFirst: 4, inFlightPerPeerMax: 1, absentBackoffMsMin: 20 };
    const world = new World({ config }).start().connect('A', 4).claim('A', 1, 40);
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 10), height: 10 });
    world.connect('B', 4).claim('B', 1, 40);
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10) });
    world.answer('B', blocksOf(10, 13));
    expect(world.height).toBe(13);
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: 10, life: { claim: 'Refuted' } });
  });

  it('META-7: a claim that is refuted anew while it is on trial is not tried a second time beside that', () => {
    const world = new World({ config: { inFlightPerPeerMax: 3, absentBackoffMsMin: 20 } }).start().claim('A', 1, 40);
    const lacks = (height: number) => {
      world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', height), height });
    };
    lacks(10);
    world.pass(20);
    expect(world.asked.at(-1)).toMatchObject({ from: 10, purpose: 'probe' });
    world.answer('A', [blockAt(11)]);
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: null });
    expect(world.asked.at(-1)).toMatchObject({ from: 10, purpose: 'sync' });
    lacks(10);
    expect(getPeer(world.facts, 'A')).toMatchObject({ disputedFrom: 10, probeAt: null });
    expect(world.pass(500).asked.filter(({ purpose }) => purpose === 'probe')).toHaveLength(1);
  });

  it('META-7: whoever is the last to ask is probed after 20 ms, however it failed; with others, after 5 s', () => {
    const waits = (others: readonly string[]) => {
      const world = new World({ config: { ...ONE_AT_A_TIME, absentBackoffMsMin: 20 } }).start().claim('A', 1, 50);
      for (const other of others) world.claim(other, 1, 50);
      world.pass(10_000);
      return reportsOf(world.effects, 'claimRefuted', 'A').map(
        ({ report }) => 'probeInMs' in report && report.probeInMs,
      );
    };
    expect(waits([])[0]).toBe(20);
    expect(waits(['B'])[0]).toBe(5_000);
  });

  it('META-7: is remembered when its owner comes back, and nothing but a block undoes it', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 50).pass(10_000);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.claim('A', 1, 50);
    expect(getAggregatedStateSyncMetadata(world.facts)).toBeNull();
    world.pass(5_000).answer('A', [blockAt(10)]);
    expect(getAggregatedStateSyncMetadata(world.facts)).toEqual({ minHeight: 1, maxHeight: 50 });
  });

  it('META-10: a block from before its owner left proves nothing that it claims afterwards', () => {
    const world = new World({ config: ONE_AT_A_TIME, validator: true }).start().claim('H', 1, 9);
    world.holds = true;
    world
      .claim('A', 1, 50)
      .pass(10_000)
      .pass(5_000)
      .answer('A', [blockAt(10)]);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.connect('A').release();
    expect(getPeer(world.facts, 'A')?.life.claim).not.toBe('Credible');
    world.send({ type: 'metadataReceived', peer: 'A', minHeight: 1, maxHeight: 5_000 });
    expect(getAggregatedStateSyncMetadata(world.facts)?.maxHeight).toBeLessThan(5_000);
    expect(world.mode).toBe('Consensus_Pacemaker');
  });

  it('META-5: shrinking is no way out of having been refuted', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 50).pass(10_000).claim('A', 1, 20);
    expect(reportsOf(world.effects, 'charged', 'A')).toHaveLength(1);
    expect(getAggregatedStateSyncMetadata(world.facts)).toBeNull();
    // Claiming nothing of the disputed range any more is: the claim counts again, untested, after the back-off.
    world.claim('A', 1, 9).pass(20_000);
    expect(getAggregatedStateSyncMetadata(world.facts)).toEqual({ minHeight: 1, maxHeight: 9 });
  });
});

describe('metadata', () => {
  it('META-4: who was asked many times may answer as often, however late', () => {
    const world = new World().start().connect('A').pass(120_000);
    const asked = effectsOf(world.effects, 'sendMetadataRequest').length;
    expect(asked).toBeGreaterThan(10);
    for (let i = 0; i < asked; i++) world.send({ type: 'metadataReceived', peer: 'A', minHeight: 1, maxHeight: 9 });
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });

  it('META-2: periods are jittered, and differ by seed', () => {
    const delays = [1, 2, 3].map(
      (seed) => effectsOf(new World({ seed }).start().connect('A').effects, 'setTimer')[0]?.delayMs,
    );
    expect(new Set(delays).size).toBe(3);
    for (const delay of delays) expect(Math.abs((delay ?? 0) - 10_000)).toBeLessThanOrEqual(2_000);
  });

  it('META-6: the aggregate follows the claims down as well as up', () => {
    const world = new World().start().claim('A', 3, 12).claim('B', 1, 40);
    expect(getAggregatedStateSyncMetadata(world.facts)).toEqual({ minHeight: 1, maxHeight: 40 });
    world.send({ type: 'peerDisconnected', peer: 'B' });
    expect(getAggregatedStateSyncMetadata(world.facts)).toEqual({ minHeight: 3, maxHeight: 12 });
  });

  it('META-4: the table of peers is bounded; who is connected is never forgotten for a newcomer', () => {
    const world = new World({ config: { peersMax: 2 } }).start().claim('A', 1, 9).claim('B', 1, 9).connect('C');
    expect(reportsOf(world.effects, 'refusedConnection', 'C')[0]?.report).toMatchObject({ why: 'TABLE_FULL' });
    world.send({ type: 'peerMisbehaved', peer: 'A', offence: 'MALFORMED_MESSAGE', detail: 'x' });
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.connect('C');
    expect(getPeer(world.facts, 'C')?.life.link).toBe('Connected');
    expect(getPeer(world.facts, 'A')).toBeUndefined();
  });
});
