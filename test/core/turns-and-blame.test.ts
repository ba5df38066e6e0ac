import { describe, expect, it } from 'vitest';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const FAULT = { code: 'EXECUTOR_FAILED', message: 'x' } as const;
const RANGES = { requestBlocksMax: 2, requestBlocksFirst: 2, verifyInFlightMax: 1 };

function finish(world: World): World {
  while (world.held.length > 0) world.release();
  return world;
}

describe('what was checked in its turn', () => {
  it('APPLY-1: of a work that begins at the head only what came first; what follows may be checked again, at no fault', () => {
    const world = new World({ config: RANGES }).start().connect('A', 2).claim('A', 1, 14);
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

describe('what fails again', () => {
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
    world.send({ type: 'blockFinalized', height: 10, id: 'state-10', validator: true });
    expect(reportsOf(world.effects, 'acquitted', 'A')).toHaveLength(1);
    expect(world.facts.window.trouble).toBeNull();
  });

  it('APPLY-3: is not when consensus decides another', () => {
    const world = new World({ validator: true }).start().claim('A', 1, 9);
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10, { stateHash: 'y' }, { id: 'x' }) });
    expect(reportsOf(world.effects, 'charged', 'A')).toHaveLength(1);
    world.host.finalize(10, 'state-10');
    world.send({ type: 'blockFinalized', height: 10, id: 'state-10', validator: true });
    expect(reportsOf(world.effects, 'acquitted', 'A')).toEqual([]);
  });
});
