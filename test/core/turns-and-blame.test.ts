import { describe, expect, it } from 'vitest';
import { maps } from '../../src/core/facts.ts';
import { getPeer } from '../../src/core/peers.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const FAULT = { code: 'EXECUTOR_FAILED', message: 'x' } as const;
const TWO_AT_ONCE = { requestBlocksMax: 2, requestBlocksFirst: 2, verifyInFlightMax: 1 };

function finish(world: World): World {
  while (world.held.length > 0) world.release();
  return world;
}

function stages({ facts }: World) {
  return [...maps.spans.entries(facts.window.spans)].map(({ value }) => `${value.from}..${value.to} ${value.stage}`);
}

describe('what was checked in its turn', () => {
  it('APPLY-1: of a work that begins at the head only what came first; what follows may be checked again, at no fault', () => {
    const world = new World({ config: TWO_AT_ONCE }).start().connect('A', 2).claim('A', 1, 14);
    world.holds = true;
    // The first takes the only place in the verifier, until the others are here too.
    world.answer('A', [blockAt(14)]).answer('A', [blockAt(12, { ahead: 'passes' })]);
    world.answer('A', [blockAt(13)]).answer('A', blocksOf(10, 11));
    finish(world);
    const checked = effectsOf(world.effects, 'verifyBlocks').map(({ blocks, exact }) => [blocks[0]?.height, exact]);
    expect(checked).toEqual([
      [14, false],
      [10, true],
      [12, true],
    ]);
    expect(effectsOf(world.effects, 'hostFaulted')).toEqual([]);
    expect(world.height).toBe(14);
  });
});

describe('work on several ranges', () => {
  /** 14 takes the only place in the verifier, until 10..11 of A and 12..13 of B are here. */
  function twoRanges(first = blocksOf(10, 11)): World {
    const world = new World({ config: TWO_AT_ONCE })
      .start()
      .connect('A', 2)
      .connect('B', 2)
      .claim('A', 1, 11)
      .claim('B', 12, 14);
    world.holds = true;
    world
      .answer('B', [blockAt(14)])
      .answer('B', blocksOf(12, 13))
      .answer('A', first);
    return world.release();
  }

  it('APPLY-1: a bad block of the first is charged to who sent that one, and the others are checked again', () => {
    const world = twoRanges([blockAt(10, { refusedWith: 'CERTIFICATE_MISSING' }), blockAt(11)]);
    const checked = effectsOf(world.effects, 'verifyBlocks').at(-1);
    expect(checked?.blocks.map(({ height }) => height)).toEqual([10, 11, 12, 13]);
    world.release();
    expect(reportsOf(world.effects, 'charged').map(({ peer }) => peer)).toEqual(['A']);
    expect(stages(world)).toContain('12..13 verifying');
    expect(world.facts.window.trouble).toMatchObject({ height: 10, peers: ['A'] });
    finish(world);
    expect(stages(world)).toContain('12..13 verified');
  });

  it('APPLY-5: the executor fails in the first: it is one failure, and all of it is tried again', () => {
    const world = twoRanges().release();
    world.host.failing.set('applyBlocks', FAULT);
    world.release(({ type }) => type === 'applyBlocks');
    expect(effectsOf(world.effects, 'hostFaulted').map(({ retryInMs }) => retryInMs)).toEqual([1_000]);
    expect(stages(world).slice(0, 2)).toEqual(['10..11 verified', '12..13 verified']);
    world.host.failing.clear();
    finish(world.pass(1_000));
    expect(world.height).toBe(14);
  });

  it('SYNC-7: a block refused ahead of the head is no trouble of the head', () => {
    const world = new World().start().claim('A', 1, 10).claim('B', 11, 11);
    world.answer('B', [blockAt(11, { refusedWith: 'CERTIFICATE_MISSING' })]);
    expect(reportsOf(world.effects, 'charged', 'B')).toHaveLength(1);
    expect(world.facts.window.trouble).toBeNull();
  });
});

describe('what is undone', () => {
  it('MODE-10: while less is undone consensus decides a block below: then that is undone too, before anything is applied', () => {
    const world = new World({ validator: true }).start().claim('A', 1, 9);
    world.holds = true;
    const announce = (height: number) => world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(height) });
    const release = (kind: string) => world.release(({ type }) => type === kind);
    for (const height of [10, 11]) {
      announce(height);
      release('verifyBlocks');
      release('applyBlocks');
    }
    expect(stages(world)).toEqual(['10..10 committing', '11..11 applied']);
    announce(12);
    release('verifyBlocks');
    world.host.failing.set('applyBlocks', FAULT);
    release('applyBlocks');
    world.host.failing.clear();
    world.pass(1_000);
    expect(effectsOf(world.effects, 'rollbackBlocks').map(({ toHeight }) => toHeight)).toEqual([11]);
    world.host.finalize(10, 'state-10');
    world.send({ type: 'blockFinalized', height: 10, id: 'state-10', validator: true });
    finish(world);
    expect(effectsOf(world.effects, 'rollbackBlocks').map(({ toHeight }) => toHeight)).toEqual([11, 10]);
    expect(world.height).toBe(12);
  });
});

describe('what fails again', () => {
  it.each<[what: string, fail: (world: World) => void]>([
    [
      'a verifier that gives no verdict on a block in its turn',
      (world) => {
        const work = world.held.shift();
        if (work?.type === 'verifyBlocks') world.send({ type: 'blocksVerified', workId: work.workId, valid: 0 });
      },
    ],
    [
      'an executor that is at odds with the verifier',
      (world) => {
        world.release(({ type }) => type === 'verifyBlocks');
        const work = world.held.shift();
        if (work?.type === 'applyBlocks') world.send({ type: 'blocksApplied', workId: work.workId, stateHashes: [] });
      },
    ],
  ])('APPLY-5: %s is waited for longer each time, until it has done a block', (_what, fail) => {
    const world = new World().start().claim('A', 1, 11);
    world.holds = true;
    world.answer('A', [blockAt(10)]);
    fail(world);
    world.pass(1_000);
    fail(world);
    finish(world.pass(2_000));
    expect(world.height).toBe(10);
    world.answer('A', [blockAt(11)]);
    fail(world);
    const waits = effectsOf(world.effects, 'hostFaulted').map(({ retryInMs }) => retryInMs);
    expect(waits).toEqual([1_000, 2_000, 1_000]);
  });

  it('APPLY-5: is tried again after twice the wait, though something else of the host works meanwhile', () => {
    const world = new World({ config: { verifyInFlightMax: 2 } }).start().claim('A', 1, 11);
    world.holds = true;
    world.answer('A', [blockAt(10)]).answer('A', [blockAt(11)]);
    world.host.failing.set('applyBlocks', FAULT);
    world.release(({ type }) => type === 'verifyBlocks');
    world.release(({ type }) => type === 'applyBlocks');
    world.release(({ type }) => type === 'verifyBlocks');
    world.pass(1_000).release(({ type }) => type === 'rollbackBlocks');
    world.release(({ type }) => type === 'applyBlocks');
    expect(effectsOf(world.effects, 'hostFaulted').map(({ retryInMs }) => retryInMs)).toEqual([1_000, 2_000]);
  });
});

describe('who was charged for what proves to be ours', () => {
  it('APPLY-3: is acquitted when consensus decides the very block', () => {
    const world = new World({ validator: true }).start().claim('A', 1, 9);
    expect(world.mode).toBe('Consensus_Pacemaker');
    world.host.miscomputes.add(10);
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10) });
    expect(reportsOf(world.effects, 'charged', 'A')).toHaveLength(1);
    world.host.finalize(10, 'state-10');
    const { id, contentId } = blockAt(10);
    world.send({ type: 'blockFinalized', height: 10, id, contentId, validator: true });
    expect(reportsOf(world.effects, 'acquitted', 'A')).toHaveLength(1);
    expect(world.facts.window.trouble).toBeNull();
  });

  it('APPLY-3: is acquitted when the very block applies after all, whoever sends it then', () => {
    const world = new World().start().claim('A', 1, 11).claim('B', 1, 11);
    const [first = ''] = world.asked.filter(({ from }) => from === 10).map(({ peer }) => peer);
    world.host.miscomputes.add(10);
    world.answer(first, [blockAt(10)]);
    expect(reportsOf(world.effects, 'charged', first)).toHaveLength(1);
    world.host.miscomputes.delete(10);
    const other = first === 'A' ? 'B' : 'A';
    world.answer(other, [blockAt(10)]);
    expect(world.height).toBe(10);
    expect(reportsOf(world.effects, 'acquitted').map(({ peer }) => peer)).toEqual([first]);
  });

  it('APPLY-3: nobody is charged with a wrong header while we suspect ourselves', () => {
    const world = new World().start().claim('A', 1, 10).claim('B', 1, 10).claim('C', 1, 10);
    world.host.miscomputes.add(10);
    const next = () => world.asked.at(-1)?.peer ?? '';
    const asked = [next()];
    world.answer(next(), [blockAt(10)]);
    asked.push(next());
    world.answer(next(), [blockAt(10)]);
    expect(effectsOf(world.effects, 'localStateSuspect')).toHaveLength(1);
    world.pass(5_000);
    asked.push(next());
    const charged = reportsOf(world.effects, 'charged').length;
    world.host.miscomputes.clear();
    world.answer(next(), [blockAt(10, { rejectedWith: 'VALIDATOR_SET_MISMATCH' })]);
    expect(reportsOf(world.effects, 'charged')).toHaveLength(charged);
    expect(effectsOf(world.effects, 'localStateSuspect')).toHaveLength(2);
  });

  it.each([
    ['another', blockAt(10, { stateHash: 'y' }, { id: 'x' }), blockAt(10).contentId],
    ['one with other transactions and the same state hash', blockAt(10, { stateHash: 'y' }), blockAt(10).contentId],
    ['one whose content the host does not tell', blockAt(10, { stateHash: 'y' }), undefined],
  ])('APPLY-3: is not when consensus decides %s', (_, block, contentId) => {
    const world = new World({ validator: true }).start().claim('A', 1, 9);
    world.send({ type: 'newBlockReceived', peer: 'A', block });
    expect(reportsOf(world.effects, 'charged', 'A')).toHaveLength(1);
    world.host.finalize(10, 'state-10');
    world.send({
      type: 'blockFinalized',
      height: 10,
      id: 'state-10',
      ...(contentId === undefined ? {} : { contentId }),
      validator: true,
    });
    expect(reportsOf(world.effects, 'acquitted', 'A')).toEqual([]);
  });
});

it('PEER-2: who failed a height, left and had to be forgotten is nobody to fall back on', () => {
  const world = new World({ config: { inFlightPerPeerMax: 1, peersMax: 2 } }).start().claim('A', 1, 10);
  world.send({ type: 'sendFailed', peer: 'A', requestId: world.requestOf('A', 10) });
  world.send({ type: 'peerDisconnected', peer: 'A' });
  world.claim('B', 1, 11).claim('C', 1, 9);
  expect(getPeer(world.facts, 'A')).toBeUndefined();
  world.send({ type: 'sendFailed', peer: 'B', requestId: world.requestOf('B', 10) });
  expect(world.asked.map(({ peer }) => peer)).toEqual(['A', 'A', 'B', 'B']);
});

it('PRUNE-1: a node that has pruned goes on from where it begins', () => {
  const world = new World({ minHeight: 4 })
    .start()
    .claim('A', 1, 10)
    .answer('A', [blockAt(10)]);
  expect(world.facts.local).toMatchObject({ minHeight: 4, maxHeight: 10 });
});
