import { describe, expect, it } from 'vitest';
import { maps } from '../../src/core/facts.ts';
import { standing } from '../../src/core/mode.ts';
import { getAggregatedStateSyncMetadata, isSynced } from '../../src/core/sync-api.ts';
import { whyNotSynced } from '../../src/core/why.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const FAULT = { code: 'STORE_FAILED', message: 'disk full' } as const;
const COMMIT = 'commitBlocks';

/** A claims up to 17, in ranges of four; all that the host is given piles up. */
function ranges(config = {}, maxHeight = 17): World {
  const world = new World({ config: { requestBlocksMax: 4, ...config } })
    .start()
    .connect('A', 4)
    .claim('A', 1, maxHeight);
  world.holds = true;
  return world;
}

/** Everything is carried out but commits, which pile up. */
function holdCommits(world: World): World {
  for (let i = 0; i < world.held.length;) {
    if (world.held[i]?.type === COMMIT) i++;
    else release(world, i);
  }
  return world;
}

function release(world: World, i: number): void {
  const [work] = world.held.splice(i, 1);
  if (work !== undefined) world.held.unshift(work);
  world.release();
}

function finish(world: World): World {
  while (world.held.length > 0) world.release();
  return world;
}

function commits(world: World) {
  return effectsOf(world.effects, COMMIT).map(({ blocks }) => [blocks[0]?.height, blocks.at(-1)?.height]);
}

function stages({ facts }: World) {
  return [...maps.spans.entries(facts.window.spans)].map(({ value }) => `${value.from}..${value.to} ${value.stage}`);
}

describe('commits in groups', () => {
  it('SYNC-2: blocks go on being applied while others are committed, and are committed together after those', () => {
    const world = holdCommits(ranges().answer('A', blocksOf(10, 13)));
    expect(commits(world)).toEqual([[10, 13]]);
    holdCommits(world.answer('A', blocksOf(14, 17)));
    expect(stages(world)).toEqual(['10..13 committing', '14..17 applied']);
    expect(world.height).toBe(9);
    expect(commits(finish(world))).toEqual([
      [10, 13],
      [14, 17],
    ]);
    expect(world.height).toBe(17);
  });

  it('LIMIT: no more blocks with one write than commitBlocksMax, nor in one run than applyBlocksMax', () => {
    const world = ranges({ commitBlocksMax: 8, applyBlocksMax: 4 }, 25);
    for (const from of [14, 18, 22, 10]) world.answer('A', blocksOf(from, from + 3));
    holdCommits(world);
    expect(effectsOf(world.effects, 'applyBlocks').map(({ blocks }) => blocks.length)).toEqual([4, 4, 4, 4]);
    expect(commits(finish(world))).toEqual([
      [10, 13],
      [14, 21],
      [22, 25],
    ]);
  });

  it('LIMIT: no more bytes with one write than commitBytesMax, a longer range in parts; one block always', () => {
    const world = ranges({ commitBytesMax: 3_000 }, 21);
    for (const from of [14, 18, 10]) world.answer('A', blocksOf(from, from + 3));
    finish(world);
    expect(commits(world)).toEqual([
      [10, 12],
      [13, 15],
      [16, 18],
      [19, 21],
    ]);
    expect(world.height).toBe(21);
    const narrow = ranges({ commitBytesMax: 999 }, 11);
    finish(narrow.answer('A', blocksOf(10, 11)));
    expect(commits(narrow)).toEqual([
      [10, 10],
      [11, 11],
    ]);
  });

  it('LIMIT: ranges that fit into one write together are written together', () => {
    const world = ranges({ commitBytesMax: 8_000 }, 25);
    for (const from of [14, 18, 22, 10]) world.answer('A', blocksOf(from, from + 3));
    holdCommits(world);
    expect(commits(finish(world))).toEqual([
      [10, 17],
      [18, 25],
    ]);
  });

  it('SYNC-2: what one sender sent is told as one, in height order', () => {
    const world = ranges({}, 17).connect('B', 4).claim('B', 18, 21);
    for (const from of [18, 14, 10]) world.answer(from === 18 ? 'B' : 'A', blocksOf(from, from + 3));
    finish(world);
    expect(commits(world)).toEqual([[10, 21]]);
    expect(effectsOf(world.effects, 'blocksAdded').map(({ from, to, id, peer }) => [from, to, id, peer])).toEqual([
      [10, 17, 'state-17', 'A'],
      [18, 21, 'state-21', 'B'],
    ]);
  });

  it('APPLY-4, APPLY-5: a commit that fails leaves all of it applied, and is tried again, no block fetched or applied twice', () => {
    const world = ranges();
    world.answer('A', blocksOf(10, 13));
    holdCommits(world);
    world.host.failing.set(COMMIT, FAULT);
    world.release();
    expect(stages(world)[0]).toBe('10..13 applied');
    expect(world.height).toBe(9);
    expect(whyNotSynced(world.facts)).toMatchObject({ code: 'HOST_FAULT', lastErrorCode: 'STORE_FAILED' });
    world.host.failing.clear();
    finish(world.pass(1_000));
    expect(world.height).toBe(13);
    expect(effectsOf(world.effects, 'applyBlocks')).toHaveLength(1);
    expect(effectsOf(world.effects, 'rollbackBlocks')).toEqual([]);
  });

  it('APPLY-2: a bad block above what is being committed undoes only what stands above that', () => {
    const world = ranges();
    world.answer('A', blocksOf(10, 13));
    holdCommits(world);
    world.answer('A', [blockAt(14), blockAt(15, { stateHash: 'wrong' }), ...blocksOf(16, 17)]);
    holdCommits(world);
    expect(effectsOf(world.effects, 'rollbackBlocks').map(({ toHeight }) => toHeight)).toEqual([14]);
    expect(reportsOf(world.effects, 'charged').map(({ report }) => report)).toMatchObject([{ height: 15 }]);
    expect(finish(world).height).toBe(14);
  });
});

describe('consensus decides a height of a longer commit (MODE-10)', () => {
  function overtaken(): World {
    const world = ranges().answer('A', blocksOf(10, 13));
    holdCommits(world);
    holdCommits(world.answer('A', blocksOf(14, 17)));
    world.host.finalize(10, 'state-10');
    world.send({ type: 'blockFinalized', height: 10, id: 'state-10', validator: false });
    return world;
  }

  it('MODE-10: the height grows at once, and with the commit by the rest', () => {
    const world = overtaken();
    expect(world.height).toBe(10);
    expect(world.facts.work.overtaken).toBe(true);
    expect(finish(world).height).toBe(17);
    expect(effectsOf(world.effects, 'rollbackBlocks')).toEqual([]);
    expect(world.facts.work.overtaken).toBe(false);
  });

  it('MODE-10, APPLY-5: if the commit fails, what was applied on top is undone and applied anew', () => {
    const world = overtaken();
    world.host.failing.set(COMMIT, FAULT);
    world.release();
    expect(world.height).toBe(10);
    world.host.failing.clear();
    finish(world.pass(1_000));
    expect(effectsOf(world.effects, 'rollbackBlocks').map(({ toHeight }) => toHeight)).toEqual([10]);
    expect(effectsOf(world.effects, 'applyBlocks').at(-1)?.blocks[0]?.height).toBe(11);
    expect(world.height).toBe(17);
    expect(world.facts.work.overtaken).toBe(false);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });
});

describe('what is told while blocks wait for their commit', () => {
  it('MODE-3, META-9: a node is not synced by what is only applied', () => {
    const world = holdCommits(ranges({}, 13).answer('A', blocksOf(10, 13)));
    expect(world.facts.window.appliedTo).toBe(13);
    expect(world.mode).toBe('Consensus_SyncMode');
    expect(standing(world.facts)).toBe('behind');
    expect(isSynced(world.facts)).toBe(false);
    expect(finish(world).mode).toBe('Consensus_Synced');
    expect(standing(world.facts)).toBe('synced');
  });

  it('SYNC-7: it is catching up, next is what is to be committed next, also with nobody left to ask', () => {
    const world = holdCommits(ranges({}, 13).answer('A', blocksOf(10, 13)));
    expect(whyNotSynced(world.facts)).toMatchObject({ code: 'CATCHING_UP', height: 10, target: 13, peersTried: [] });
    world.connect('B').send({ type: 'metadataReceived', peer: 'B', minHeight: 1, maxHeight: 13 });
    world.send({ type: 'peerDisconnected', peer: 'A' });
    expect(whyNotSynced(world.facts)).toMatchObject({ code: 'CATCHING_UP', height: 10 });
  });

  it('SYNC-7: trouble is of the height that is applied next', () => {
    const world = holdCommits(ranges({}, 17).answer('A', blocksOf(10, 13)));
    const requestId = world.requestOf('A', 14);
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId, height: 14 });
    expect(world.facts.window.trouble).toMatchObject({ height: 14, code: 'NOT_AVAILABLE', peers: ['A'] });
    expect(whyNotSynced(world.facts)).toMatchObject({ height: 10, lastErrorCode: null, peersTried: [] });
    // What is applied is committed whatever A holds.
    expect(finish(world).height).toBe(13);
    world.claim('B', 1, 20);
    expect(whyNotSynced(world.facts)).toMatchObject({ height: 14, lastErrorCode: 'NOT_AVAILABLE', peersTried: ['A'] });
  });

  it('MODE-4, SERVE-2: a synced node whose next block is being committed stays synced, and claims it only then', () => {
    const world = new World({ config: { trustClaims: true } }).start().claim('A', 1, 9);
    world.holds = true;
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10) });
    holdCommits(world);
    world.send({ type: 'metadataReceived', peer: 'A', minHeight: 1, maxHeight: 10 });
    expect(world.mode).toBe('Consensus_Synced');
    expect(isSynced(world.facts)).toBe(true);
    world.send({ type: 'metadataRequested', peer: 'A' });
    expect(effectsOf(world.effects, 'sendMetadata').at(-1)).toMatchObject({ maxHeight: 9 });
    world.send({ type: 'blocksRequested', peer: 'A', requestId: 1, from: 10, to: 10 });
    expect(effectsOf(world.effects, 'sendNoBlock')).toHaveLength(1);
    expect(finish(world).height).toBe(10);
    expect(effectsOf(world.effects, 'modeChanged').filter(({ next }) => next === 'Consensus_Unsynced')).toEqual([]);
    expect(getAggregatedStateSyncMetadata(world.facts)).toMatchObject({ maxHeight: 10 });
  });
});
