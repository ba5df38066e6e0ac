import { describe, expect, it } from 'vitest';
import { blockWeight, roomLeft } from '../../src/core/window.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

/** At most ten thousand bytes of blocks, of which one may have four thousand. */
const SMALL = { bufferBytesMax: 10_000, blockBytesMax: 4_000, inFlightPerPeerMax: 16 };

const sized = (height: number, bytes: number) => blockAt(height, {}, { bytes });

function asked(world: World): number[] {
  return world.asked.map(({ from }) => from);
}

describe('room in bytes (SYNC-3)', () => {
  it('SYNC-3: before a block was seen each is taken to be as large as it may', () => {
    const world = new World({ config: SMALL }).start().claim('A', 1, 40);
    expect(asked(world)).toEqual([10, 11]);
    expect(world.asked.map(({ bytesMax }) => bytesMax)).toEqual([4_000, 4_000]);
  });

  it('SYNC-3: then what blocks weigh: quick to grow, slow to shrink, never above what one may', () => {
    const world = new World({ config: { inFlightMax: 1, inFlightPerPeerMax: 1 } }).start().claim('A', 1, 40);
    const weights = [1_000, 3_000, 1_000, 1_000].map((bytes, i) => {
      world.answer('A', [sized(10 + i, bytes)]);
      return blockWeight(world.facts);
    });
    expect(weights).toEqual([1_000, 3_000, 2_500, 2_125]);
    expect(world.asked.at(-1)?.bytesMax).toBe(Math.ceil(1.5 * 2_125));
  });

  it('SYNC-3: more is asked for when blocks prove small', () => {
    const world = new World({ config: SMALL }).start().claim('A', 1, 40);
    world.holds = true;
    world.answer('A', [sized(11, 500)]);
    // 500 are here, 4,000 kept for 10: what is left is for 500 each, and up to half as much again where it lasts.
    expect(world.asked.slice(2).map(({ from, bytesMax }) => [from, bytesMax])).toEqual([
      [12, 750],
      [13, 750],
      [14, 750],
    ]);
    const { inFlightBytes } = world.facts.requests;
    expect(inFlightBytes).toBe(6_250);
    expect(roomLeft(world.facts).bytes).toBe(10_000 - inFlightBytes - 500);
  });

  it('SYNC-3: a block that does not fit is let go and asked for again, with more room, and costs its sender nothing', () => {
    const config = { ...SMALL, bufferBytesMax: 4_000, inFlightPerPeerMax: 4 };
    const world = new World({ config }).start().claim('A', 1, 40);
    expect(asked(world)).toEqual([10]);
    world.answer('A', [sized(10, 1_000)]);
    expect(world.asked.map(({ from, bytesMax }) => [from, bytesMax])).toEqual([
      [10, 4_000],
      [11, 1_500],
      [12, 1_500],
      [13, 1_000],
    ]);
    world.answer('A', [sized(12, 3_000)]);
    // 2,500 bytes are kept for 11 and 13: of the 4,000 there are 1,500 left.
    expect(world.facts.window).toMatchObject({ bufferedBlocks: 0, blockBytes: 3_000 });
    world.answer('A', [sized(11, 1_000)]);
    expect(world.asked.slice(4).map(({ from, bytesMax }) => [from, bytesMax])).toEqual([[12, 3_000]]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
    world.answer('A', [sized(12, 3_000)]);
    expect(world.height).toBe(12);
  });

  it('SYNC-3: the block to be committed next is asked for and taken however full the buffer is, and nothing else', () => {
    const config = { ...SMALL, bufferBytesMax: 4_000, inFlightPerPeerMax: 4 };
    const world = new World({ config }).start().claim('B', 1, 9).claim('A', 1, 13);
    world.answer('A', [sized(10, 400)]);
    expect(asked(world)).toEqual([10, 11, 12, 13]);
    world.holds = true;
    for (const height of [12, 13]) world.answer('A', [sized(height, 1_600)]);
    // 3,200 are here and 800 kept for 11, which takes 4,000.
    world.answer('A', [sized(11, 4_000)]);
    expect(world.facts.window.bufferedBytes).toBe(7_200);
    while (world.held.length > 0) world.release();
    expect(world.height).toBe(13);
  });

  it('SYNC-3, APPLY-5: blocks that wait for their commit are in the buffer: with a store that fails, no more come than fit', () => {
    const config = { ...SMALL, blockBytesMax: 1_000, bufferBytesMax: 3_000, commitBlocksMax: 1 };
    const world = new World({ config }).start().claim('A', 1, 40);
    world.host.failing.set('commitBlocks', { code: 'STORE_FAILED', message: 'disk full' });
    for (let i = 0; i < 10; i++) {
      const ask = world.asked[i];
      if (ask !== undefined) world.answer('A', [blockAt(ask.from)]);
    }
    expect(world.facts.window.bufferedBytes).toBeLessThanOrEqual(3_000);
    expect(asked(world)).toEqual([10, 11, 12]);
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(13) });
    expect(world.facts.window.bufferedBytes).toBe(3_000);
    world.host.failing.clear();
    world.pass(1_000);
    expect(world.height).toBe(12);
    expect(effectsOf(world.effects, 'commitBlocks').length).toBeGreaterThan(2);
    expect(asked(world).slice(3)).toEqual([13, 14, 15]);
  });

  it('SYNC-3, APPLY-5: the next to be applied is let in without room only when it is the next to be committed, too', () => {
    const config = { bufferBytesMax: 3_000, blockBytesMax: 3_000 };
    const world = new World({ config }).start().claim('A', 1, 11);
    world.host.failing.set('commitBlocks', { code: 'STORE_FAILED', message: 'disk full' });
    world.answer('A', [blockAt(10)]).answer('A', [sized(11, 3_000)]);
    expect(world.facts.window.appliedTo).toBe(10);
    expect(world.facts.window.bufferedBytes).toBe(1_000);
    world.host.failing.clear();
    world.pass(1_000);
    expect(world.height).toBe(10);
    world.answer('A', [sized(11, 3_000)]);
    expect(world.height).toBe(11);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });
});
