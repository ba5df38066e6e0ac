import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';
import type { WorldOptions } from '../../properties/arbitraries/core-walk/core-world.ts';

/** Synced at 9, as a validator in consensus or not; nothing of how it came about is left in the effects. */
function settled(options: WorldOptions = {}): World {
  const world = new World(options).start().claim('A', 1, 9);
  world.takeEffects();
  return world;
}

function announce(world: World, peer: string, block: SyncBlock) {
  return world.send({ type: 'newBlockReceived', peer, block });
}

function propose(world: World, peer: string, block: SyncBlock) {
  return world.send({ type: 'proposalReceived', peer, block });
}

function reasons(world: World): string[] {
  return effectsOf(world.effects, 'blockRejected').map(({ peer, height, reason }) => `${peer} ${height} ${reason}`);
}

describe('announced blocks', () => {
  it('LIVE-1: at or below the local height a duplicate, in every mode that runs', () => {
    const world = settled();
    announce(world, 'A', blockAt(9));
    announce(world, 'A', blockAt(1));
    expect(reasons(world)).toEqual(['A 9 DUPLICATE', 'A 1 DUPLICATE']);
    expect(effectsOf(world.effects, 'verifyBlocks')).toEqual([]);
  });

  it('LIVE-1: ahead is told apart by whether the node is synced, and is never applied', () => {
    const world = settled();
    announce(world, 'A', blockAt(11));
    world.claim('B', 1, 12).answer('B', [blockAt(10)]);
    expect(world.mode).toBe('Consensus_SyncMode');
    announce(world, 'A', blockAt(30));
    expect(reasons(world)).toEqual(['A 11 AHEAD_WHILE_SYNCED', 'A 30 AHEAD_WHILE_SYNCING']);
  });

  it('LIVE-1: ahead makes the node ask its author once what it knows of it is over a second old', () => {
    const world = settled();
    const asksNow = () => {
      world.takeEffects();
      announce(world, 'A', blockAt(15));
      return effectsOf(world.effects, 'sendMetadataRequest').map(({ peer }) => peer);
    };
    expect(asksNow()).toEqual([]);
    world.pass(1_000);
    expect(asksNow()).toEqual([]);
    world.pass(1);
    expect(asksNow()).toEqual(['A']);
    // The question is open: it is not asked twice.
    expect(asksNow()).toEqual([]);
    announce(world, 'stranger', blockAt(15));
    expect(effectsOf(world.effects, 'sendMetadataRequest')).toEqual([]);
  });

  it('LIVE-1: before the node has heard of anybody, the next block is not taken', () => {
    const world = new World();
    world.send({ type: 'Start' });
    announce(world, 'A', blockAt(10));
    expect(world.height).toBe(9);
    expect(effectsOf(world.effects, 'verifyBlocks')).toEqual([]);
    expect(reasons(world)).toEqual(['A 10 AHEAD_WHILE_SYNCING']);
  });

  it('LIVE-2, A25: a block over the limit is charged with its size and height; one at the limit is taken', () => {
    const over = settled({ config: { blockBytesMax: 2_000 } });
    announce(over, 'A', blockAt(10, {}, { bytes: 2_001 }));
    expect(reportsOf(over.effects, 'charged', 'A').map(({ report }) => report)).toEqual([
      { kind: 'charged', offence: 'INVALID_BLOCK', detail: 'announced a block of 2001 bytes', score: -50, height: 10 },
    ]);
    expect(effectsOf(over.effects, 'verifyBlocks')).toEqual([]);
    const at = settled({ config: { blockBytesMax: 2_000 } });
    announce(at, 'A', blockAt(10, {}, { bytes: 2_000 }));
    expect(at.height).toBe(10);
  });

  it('LIVE-2: a copy of what its author already sent is a duplicate', () => {
    const world = settled();
    world.holds = true;
    announce(world, 'A', blockAt(10));
    announce(world, 'A', blockAt(10));
    expect(reasons(world)).toEqual(['A 10 DUPLICATE']);
    expect(effectsOf(world.effects, 'verifyBlocks')).toHaveLength(1);
  });

  it('LIVE-1: strangers keep to a rate together; who is connected does not come under it', () => {
    const world = settled({ config: { strangersPerSecond: 0.5, strangersBurst: 2 } });
    world.holds = true;
    world.connect('B').connect('C').connect('D').takeEffects();
    for (const peer of ['W', 'X', 'Y', 'A', 'B']) announce(world, peer, blockAt(10));
    expect(reasons(world)).toEqual(['Y 10 FLOOD']);
    world.pass(1_999);
    announce(world, 'Y', blockAt(10));
    expect(reasons(world)).toEqual(['Y 10 FLOOD', 'Y 10 FLOOD']);
    world.pass(1);
    announce(world, 'Y', blockAt(10));
    expect(reasons(world)).toEqual(['Y 10 FLOOD', 'Y 10 FLOOD']);
    world.pass(60_000).takeEffects();
    for (const peer of ['V', 'U', 'T', 'S']) announce(world, peer, blockAt(10));
    // However long nobody came: the burst, and no more. (Spares for the next height are full, hence duplicates.)
    expect(reasons(world)).toEqual(['V 10 DUPLICATE', 'U 10 DUPLICATE', 'T 10 FLOOD', 'S 10 FLOOD']);
  });
});

describe('proposals', () => {
  const inConsensus = (options: WorldOptions = {}) => settled({ validator: true, ...options });

  it('LIVE-3: the next height is verified without a certificate, and handed to consensus as it came', () => {
    const world = inConsensus();
    expect(world.mode).toBe('Consensus_Pacemaker');
    const block = blockAt(10);
    propose(world, 'A', block);
    const [verify] = effectsOf(world.effects, 'verifyBlocks');
    expect(verify).toMatchObject({ blocks: [block], certified: false });
    expect(effectsOf(world.effects, 'deliverProposal')).toEqual([{ type: 'deliverProposal', peer: 'A', block }]);
    expect(world.facts.proposals).toEqual([]);
    expect(world.height).toBe(9);
  });

  it('LIVE-3: other heights, and other modes, are refused by name', () => {
    const world = inConsensus();
    propose(world, 'A', blockAt(9));
    propose(world, 'A', blockAt(11));
    world.send({ type: 'validatorStatusChanged', validator: false });
    propose(world, 'A', blockAt(10));
    expect(reasons(world)).toEqual(['A 9 DUPLICATE', 'A 11 AHEAD_WHILE_SYNCED', 'A 10 NOT_IN_CONSENSUS']);
    expect(effectsOf(world.effects, 'deliverProposal')).toEqual([]);
  });

  it('LIVE-3: what is wrong with it by sight is charged: its size, and what it builds on', () => {
    const world = inConsensus({ config: { blockBytesMax: 2_000, scoreBan: -500 } });
    propose(world, 'A', blockAt(10, {}, { bytes: 2_001 }));
    propose(world, 'A', blockAt(10, {}, { parentId: 'elsewhere' }));
    expect(reportsOf(world.effects, 'charged', 'A').map(({ report }) => report)).toEqual([
      { kind: 'charged', offence: 'INVALID_BLOCK', detail: 'proposed a block of 2001 bytes', score: -50, height: 10 },
      {
        kind: 'charged',
        offence: 'BROKEN_LINK',
        detail: 'proposed height 10 on top of elsewhere',
        score: -100,
        height: 10,
      },
    ]);
    expect(effectsOf(world.effects, 'verifyBlocks')).toEqual([]);
    propose(world, 'A', blockAt(10, {}, { bytes: 2_000 }));
    expect(effectsOf(world.effects, 'deliverProposal')).toHaveLength(1);
  });

  it('LIVE-3: what the verifier finds is charged to its author, with its own words and the height', () => {
    const world = inConsensus();
    propose(world, 'A', blockAt(10, { refusedWith: 'NETWORK_MISMATCH' }));
    expect(reportsOf(world.effects, 'charged', 'A').map(({ report }) => report)).toEqual([
      { kind: 'charged', offence: 'OTHER_CHAIN', detail: 'height 10', score: -50, height: 10 },
    ]);
    expect(effectsOf(world.effects, 'deliverProposal')).toEqual([]);
  });

  it('APPLY-5: a verifier that fails is told of, and nobody is charged', () => {
    const world = inConsensus();
    const fault = { code: 'EXECUTOR_FAILED', message: 'out of memory' } as const;
    world.host.failing.set('verifyBlocks', fault);
    propose(world, 'A', blockAt(10));
    expect(effectsOf(world.effects, 'hostFaulted')).toEqual([{ type: 'hostFaulted', fault, height: 10, retryInMs: 0 }]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(effectsOf(world.effects, 'deliverProposal')).toEqual([]);
    expect(world.facts.proposals).toEqual([]);
  });

  it('LIVE-3: four may be in the verifier at once, from whomever; each is answered on its own', () => {
    const world = inConsensus();
    world.holds = true;
    const peers = ['A', 'A', 'B', 'C', 'D', 'E'];
    for (const peer of peers) propose(world, peer, blockAt(10, {}, { contentId: `of ${peer}` }));
    expect(effectsOf(world.effects, 'verifyBlocks')).toHaveLength(4);
    expect(effectsOf(world.effects, 'requestDropped')).toEqual([
      { type: 'requestDropped', peer: 'D', reason: 'OVER_LIMIT' },
      { type: 'requestDropped', peer: 'E', reason: 'OVER_LIMIT' },
    ]);
    // Answered in another order than they were given.
    world.held.reverse();
    while (world.held.length > 0) world.release();
    expect(effectsOf(world.effects, 'deliverProposal').map(({ peer }) => peer)).toEqual(['C', 'B', 'A', 'A']);
    world.holds = false;
    propose(world, 'E', blockAt(10));
    expect(effectsOf(world.effects, 'deliverProposal').at(-1)?.peer).toBe('E');
  });

  it('LIVE-3: strangers keep to the rate here too', () => {
    const world = inConsensus({ config: { strangersPerSecond: 1, strangersBurst: 1 } });
    for (const peer of ['X', 'Y', 'A']) propose(world, peer, blockAt(10));
    expect(reasons(world)).toEqual(['Y 10 FLOOD']);
    expect(effectsOf(world.effects, 'deliverProposal').map(({ peer }) => peer)).toEqual(['X', 'A']);
  });

  it('LIVE-3: a verdict that comes when the height is decided, or consensus is left, delivers nothing', () => {
    const decided = inConsensus();
    decided.holds = true;
    propose(decided, 'A', blockAt(10));
    decided.send({ type: 'blockFinalized', height: 10, id: blockAt(10).id, validator: true });
    expect(decided.height).toBe(10);
    decided.release();
    expect(effectsOf(decided.effects, 'deliverProposal')).toEqual([]);
    const left = inConsensus();
    left.holds = true;
    propose(left, 'A', blockAt(10));
    left.send({ type: 'validatorStatusChanged', validator: false });
    left.release();
    expect(effectsOf(left.effects, 'deliverProposal')).toEqual([]);
    expect(getPeer(left.facts, 'A')?.score).toBe(0);
  });
});
