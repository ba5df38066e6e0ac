import { describe, expect, it } from 'vitest';
import { maps } from '../../src/core/facts.ts';
import { getPeer } from '../../src/core/peers.ts';
import type { Flaw } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const PASSES: Flaw = { ahead: 'passes' };
const CANNOT_TELL: Flaw = { ahead: 'cannotTell' };

/** A claims up to 17; all that the host is given piles up. */
function held(config = {}): World {
  const world = new World({ config: { inFlightPerPeerMax: 16, ...config } }).start();
  world.claim('A', 1, 17);
  world.holds = true;
  return world;
}

/** Ranges of eight: 10..17 in one answer. */
function ranges(config = {}): World {
  const world = new World({ config: { requestBlocksMax: 8, ...config } }).start().connect('A', 8).claim('A', 1, 17);
  world.holds = true;
  return world;
}

function verified(world: World) {
  return effectsOf(world.effects, 'verifyBlocks').map(({ blocks, exact }) => {
    return [blocks[0]?.height, blocks.at(-1)?.height, exact];
  });
}

function finish(world: World): World {
  while (world.held.length > 0) world.release();
  return world;
}

function stages({ facts }: World) {
  return [...maps.spans.entries(facts.window.spans)].map(({ value }) => `${value.from}..${value.to} ${value.stage}`);
}

describe('verification ahead of its turn', () => {
  it('OPT-1: as many pieces at once as verifyInFlightMax, each of as many blocks as verifyBlocksMax', () => {
    const config = { requestBlocksMax: 2, verifyInFlightMax: 2, verifyBlocksMax: 3, inFlightPerPeerMax: 16 };
    const world = new World({ config }).start().connect('A', 2).claim('A', 1, 17);
    world.holds = true;
    world.answer('A', blocksOf(10, 11)).answer('A', blocksOf(12, 13)).answer('A', blocksOf(14, 15));
    world.answer('A', blocksOf(16, 17));
    expect(verified(world)).toEqual([
      [10, 11, true],
      [12, 13, false],
    ]);
    world.release();
    // 14..15 alone: with 16..17 it would be four.
    expect(verified(world).slice(2)).toEqual([[14, 15, false]]);
    expect(world.facts.work.verifying).toHaveLength(2);
    expect(finish(world).height).toBe(17);
  });

  it('APPLY-1: what is checked while the executor is busy is checked with a guess, the head after it too', () => {
    const world = ranges({ requestBlocksMax: 4 });
    world.answer('A', blocksOf(10, 13)).release();
    expect(world.held.map(({ type }) => type)).toEqual(['applyBlocks']);
    world.answer('A', blocksOf(14, 17));
    expect(verified(world)).toEqual([
      [10, 13, true],
      [14, 17, false],
    ]);
    // Applied with no more ado: the host has checked that the set is still the same.
    expect(finish(world).height).toBe(17);
    expect(verified(world)).toHaveLength(2);
  });

  it('APPLY-1: as long as something is still to be undone, the next block too is checked with a guess', () => {
    const world = new World({ config: { inFlightMax: 1, inFlightPerPeerMax: 1 } }).start();
    world.claim('A', 1, 10).holds = true;
    world
      .answer('A', [blockAt(10, { stateHash: 'wrong' })])
      .release()
      .release();
    expect(world.held.map(({ type }) => type)).toEqual(['rollbackBlocks']);
    world.send({ type: 'newBlockReceived', peer: 'C', block: blockAt(10) });
    expect(verified(world).at(-1)).toEqual([10, 10, false]);
    expect(finish(world).height).toBe(10);
  });

  it('META-10: only a block that was checked in its turn is evidence of a claim, until it is committed', () => {
    const world = held();
    world.answer('A', [blockAt(11)]).release();
    expect(stages(world)).toContain('11..11 verified');
    expect(reportsOf(world.effects, 'claimProven')).toEqual([]);
    expect(getPeer(world.facts, 'A')?.life.claim).toBe('Untested');
    world.answer('A', [blockAt(10)]).release();
    expect(reportsOf(world.effects, 'claimProven').map(({ report }) => report)).toEqual([
      { kind: 'claimProven', height: 10 },
    ]);
  });

  it('APPLY-1: one that cannot be told yet waits for its turn, and only it', () => {
    const world = held();
    world.answer('A', [blockAt(12, CANNOT_TELL)]).answer('A', [blockAt(13)]);
    world.release().release();
    expect(stages(world)).toEqual(expect.arrayContaining(['12..12 received', '13..13 verified']));
    expect(world.held).toEqual([]);
    world.answer('A', [blockAt(10)]);
    finish(world);
    // Its turn has not come: 11 is missing.
    expect(verified(world).filter(([from]) => from === 12)).toEqual([[12, 12, false]]);
    world.answer('A', [blockAt(11)]);
    finish(world);
    expect(verified(world).filter(([from]) => from === 12)).toEqual([
      [12, 12, false],
      [12, 12, true],
    ]);
    expect(world.height).toBe(13);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });

  it('APPLY-1: in its turn, "cannot be told" is a fault of the host, and nobody is charged', () => {
    const world = ranges();
    world.answer('A', blocksOf(10, 17));
    const workId = world.held.shift()?.workId ?? 0;
    world.send({ type: 'blocksVerified', workId, valid: 0 });
    expect(effectsOf(world.effects, 'hostFaulted')).toHaveLength(1);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(world.held).toEqual([]);
    world.pass(1_000);
    expect(finish(world).height).toBe(17);
  });

  it('APPLY-1: what a definite fault was found in ahead is charged at once, and asked of another', () => {
    const world = held();
    world.claim('B', 1, 12);
    world.answer('A', [blockAt(12, { refusedWith: 'CERTIFICATE_BAD_SIGNATURE' })]).release();
    expect(reportsOf(world.effects, 'charged', 'A').map(({ report }) => report)).toMatchObject([{ height: 12 }]);
    expect(world.asked.filter(({ peer, from }) => peer === 'B' && from === 12)).toHaveLength(1);
  });
});

describe('a validator set that changes', () => {
  it('APPLY-1: the block that was checked with the wrong one is checked again in its turn, its sender not charged', () => {
    const world = ranges();
    world.answer('A', [...blocksOf(10, 11), blockAt(12, PASSES), ...blocksOf(13, 17)]);
    finish(world);
    expect(world.height).toBe(17);
    expect(verified(world)[0]).toEqual([10, 17, true]);
    expect(verified(world)).toContainEqual([12, 17, true]);
    expect(effectsOf(world.effects, 'applyBlocks').map(({ blocks }) => blocks[0]?.height)).toEqual([10, 12]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(effectsOf(world.effects, 'rollbackBlocks')).toEqual([]);
    expect(effectsOf(world.effects, 'hostFaulted')).toEqual([]);
  });

  it('APPLY-1: all that was checked ahead of it is checked again with it', () => {
    const world = held();
    world.answer('A', [blockAt(13)]).release();
    world.answer('A', [blockAt(11, PASSES)]).release();
    world.answer('A', [blockAt(10)]).release();
    expect(stages(world).slice(0, 4)).toEqual([
      '10..10 applying',
      '11..11 applying',
      '12..12 requested',
      '13..13 verified',
    ]);
    const before = verified(world).length;
    world.release();
    expect(verified(world).slice(before)).toEqual([
      [11, 11, true],
      [13, 13, false],
    ]);
    finish(world.answer('A', [blockAt(12)]));
    expect(world.height).toBe(13);
  });

  it('APPLY-1: what could not be told waits no longer', () => {
    const world = held();
    world.answer('A', [blockAt(13, CANNOT_TELL)]).release();
    world.answer('A', [blockAt(11, PASSES)]).release();
    world.answer('A', [blockAt(10)]).release();
    const before = verified(world).length;
    world.release();
    expect(verified(world).slice(before)).toEqual([
      [11, 11, true],
      [13, 13, false],
    ]);
  });

  it('APPLY-1, A41: a block certified by the old set passes ahead of its turn, never in it, and is charged then', () => {
    const world = new World({ config: { inFlightMax: 4 } }).start().claim('A', 1, 11).claim('B', 1, 11);
    world.holds = true;
    const old = blockAt(11, { refusedWith: 'CERTIFICATE_FOREIGN_SIGNER', ahead: 'passes' });
    world.answer('A', [old]).release();
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    world.answer('A', [blockAt(10)]);
    finish(world);
    expect(world.height).toBe(10);
    expect(reportsOf(world.effects, 'charged').map(({ peer, report }) => [peer, report])).toMatchObject([
      ['A', { offence: 'INVALID_CERTIFICATE', height: 11 }],
    ]);
    finish(world.answer('B', [blockAt(11)]));
    expect(world.height).toBe(11);
  });

  it('APPLY-1: a link that is wrong is charged only to who sent a block that was checked in its turn', () => {
    const world = ranges();
    const loose = blockAt(12, { ahead: 'passes', refusedWith: 'CERTIFICATE_NO_QUORUM' }, { parentId: 'elsewhere' });
    world.answer('A', [...blocksOf(10, 11), loose]);
    finish(world);
    // Checked again in its turn, it is not certified at all: that is what it is charged with.
    expect(reportsOf(world.effects, 'charged').map(({ report }) => report)).toMatchObject([
      { offence: 'INVALID_CERTIFICATE', height: 12 },
    ]);
    expect(verified(world).slice(1)).toEqual([[12, 12, true]]);
  });

  it('APPLY-5, SYNC-7: an executor that disowns what was checked in its turn is told as a fault, and nothing spins', () => {
    const world = ranges();
    world.answer('A', blocksOf(10, 17)).release();
    world.send({ type: 'blocksApplied', workId: world.held.shift()?.workId ?? 0, stateHashes: [] });
    expect(effectsOf(world.effects, 'hostFaulted').map(({ retryInMs }) => retryInMs)).toEqual([1_000]);
    expect(world.held).toEqual([]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    world.pass(1_000);
    expect(finish(world).height).toBe(17);
  });
});
