import { describe, expect, it } from 'vitest';
import { maps } from '../../src/core/facts.ts';
import { getPeer } from '../../src/core/peers.ts';
import { blockAt, blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };
const RANGES = { requestBlocksMax: 8, bufferBlocksMax: 32 };
const FAULT = { code: 'EXECUTOR_FAILED', message: 'out of memory' } as const;

/** A world where `peers` claim up to 10 and each may be asked for one block at a time. */
function worldOf(...peers: string[]): World {
  const world = new World({ config: ONE_AT_A_TIME }).start();
  for (const peer of peers) world.claim(peer, 1, 10);
  return world;
}

function rangeWorld(maxHeight = 17): World {
  return new World({ config: RANGES }).start().connect('A', 8).claim('A', 1, maxHeight);
}

/** Whoever was asked last gives this block. */
function answerLast(world: World, block = blockAt(10)): string {
  const peer = world.asked.at(-1)?.peer ?? '';
  world.answer(peer, [block]);
  return peer;
}

function workIdOf(world: World): number {
  return world.held[0]?.workId ?? 0;
}

function heldTypes(world: World) {
  return world.held.map((work) => work.type);
}

/** The work that the host has been given and has not done, like `apply 11..12`. */
function heldWork(world: World): string[] {
  return world.held.map((work) => {
    const heights = 'blocks' in work ? work.blocks.map(({ height }) => height) : [];
    const [from, to] = [heights[0], heights.at(-1)];
    return `${work.type.replace('Blocks', '')} ${from === to ? from : `${from}..${to}`}`;
  });
}

describe('a host that fails', () => {
  it('APPLY-5: the waits double up to the longest, and start over after a success', () => {
    const world = worldOf('A');
    world.host.failing.set('verifyBlocks', FAULT);
    world.answer('A', [blockAt(10)]).pass(140_000);
    const waits = () => effectsOf(world.takeEffects(), 'hostFaulted').map((effect) => effect.retryInMs);
    expect(waits()).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    world.host.failing.clear();
    world.host.failing.set('applyBlocks', FAULT);
    world.pass(60_000);
    expect(waits()[0]).toBe(1_000);
  });

  it.each(['verifyBlocks', 'applyBlocks', 'commitBlocks'] as const)('APPLY-5: the fault of %s is told', (work) => {
    const world = worldOf('A');
    world.host.failing.set(work, FAULT);
    world.answer('A', [blockAt(10)]);
    expect(effectsOf(world.effects, 'hostFaulted')).toEqual([
      { type: 'hostFaulted', fault: FAULT, height: 10, retryInMs: 1_000 },
    ]);
    expect(world.facts.host).toMatchObject({ fault: FAULT, failures: 1 });
  });

  it('APPLY-5: nothing is tried before the wait is over, whatever else happens, and then at once', () => {
    const world = worldOf('A');
    world.host.failing.set('verifyBlocks', FAULT);
    world.answer('A', [blockAt(10)]);
    world.host.failing.clear();
    world.takeEffects();
    world.now += 999;
    world.send({ type: 'timerFired', timer: 'host' });
    world.send({ type: 'syncRequested' });
    expect(effectsOf(world.effects, 'verifyBlocks')).toEqual([]);
    world.now += 1;
    world.send({ type: 'timerFired', timer: 'host' });
    expect(world.height).toBe(10);
  });

  it('APPLY-5: what failed to apply is undone, all of it, before it is applied again', () => {
    const world = worldOf('A');
    world.host.failing.set('applyBlocks', FAULT);
    world.answer('A', [blockAt(10)]);
    world.host.failing.clear();
    world.takeEffects();
    world.pass(1_000);
    const order = world.effects.map((effect) => effect.type).filter((type) => type.endsWith('Blocks'));
    expect(order).toEqual(['rollbackBlocks', 'applyBlocks', 'commitBlocks']);
    expect(effectsOf(world.effects, 'rollbackBlocks')[0]?.toHeight).toBe(9);
  });

  it('APPLY-5: a rollback that fails counts on with what had to be undone', () => {
    const world = worldOf('A');
    world.host.failing.set('applyBlocks', FAULT);
    world.host.failing.set('rollbackBlocks', { code: 'STORE_FAILED', message: 'y' });
    world.answer('A', [blockAt(10)]).pass(3_000);
    expect(effectsOf(world.effects, 'hostFaulted').map(({ fault, retryInMs }) => [fault.code, retryInMs])).toEqual([
      ['EXECUTOR_FAILED', 1_000],
      ['STORE_FAILED', 2_000],
      ['STORE_FAILED', 4_000],
    ]);
    world.host.failing.clear();
    world.holds = true;
    world.pass(4_000).release();
    // Undone: nothing is wrong any more, but what failed may fail again.
    expect(world.facts.host).toMatchObject({ fault: null, failures: 3, rollbackTo: null });
    world.release();
    expect(world.facts.host.failures).toBe(0);
  });

  it('APPLY-1: a verifier without a verdict is told as that', () => {
    const world = worldOf('A');
    world.holds = true;
    world.answer('A', [blockAt(10)]);
    world.send({ type: 'blocksVerified', workId: workIdOf(world), valid: 0 });
    expect(effectsOf(world.effects, 'hostFaulted')[0]?.fault).toEqual({
      code: 'EXECUTOR_FAILED',
      message: 'the verifier gave no verdict',
    });
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });
});

describe('outcomes', () => {
  it.each([
    ['of other work', 'blocksVerified', 1],
    ['of another kind of work', 'blocksCommitted', 0],
    ['of a rollback that was not asked for', 'blocksRolledBack', 0],
  ] as const)('SYNC-2: an outcome %s changes nothing', (_which, type, more) => {
    const world = worldOf('A');
    world.holds = true;
    world.answer('A', [blockAt(10)]);
    const workId = workIdOf(world) + more;
    world.takeEffects();
    world.send({ type, workId, valid: 1, validator: false });
    expect(effectsOf(world.effects, 'applyBlocks')).toEqual([]);
    expect(world.height).toBe(9);
    world.release();
    expect(effectsOf(world.effects, 'applyBlocks')).toHaveLength(1);
  });

  it.each(['blocksVerified', 'blocksApplied', 'blocksCommitted', 'blocksRolledBack'] as const)(
    'SYNC-2: a %s while nothing is under way changes nothing',
    (type) => {
      const world = worldOf('A');
      world.takeEffects();
      world.send({ type, workId: 1, valid: 1, stateHashes: [], validator: false });
      expect(world.effects).toEqual([]);
    },
  );

  it('META-7: a committed block proves what its sender claims by then', () => {
    const world = worldOf('A');
    world.holds = true;
    world.answer('A', [blockAt(10)]);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.release().claim('A', 1, 10);
    expect(reportsOf(world.effects, 'claimProven')).toEqual([]);
    world.release().release();
    expect(reportsOf(world.effects, 'claimProven').map(({ report }) => report)).toEqual([
      { kind: 'claimProven', height: 10 },
    ]);
  });

  it('APPLY-2: another rollback than the one under way is not taken for it', () => {
    const world = worldOf('A', 'B');
    world.host.failing.set('applyBlocks', FAULT);
    answerLast(world);
    world.holds = true;
    world.pass(1_000);
    expect(heldTypes(world)).toEqual(['rollbackBlocks']);
    world.send({ type: 'blocksRolledBack', workId: workIdOf(world) + 1 });
    expect(heldTypes(world)).toEqual(['rollbackBlocks']);
    expect(world.facts.host.rollbackTo).toBe(9);
  });

  it('SYNC-2, OPT-1: verified as they come, applied and committed in height order, the three side by side', () => {
    const world = new World().start().claim('A', 1, 12);
    world.holds = true;
    for (const height of [12, 10, 11]) world.answer('A', [blockAt(height)]);
    const steps = [heldWork(world)];
    while (world.held.length > 0) steps.push(heldWork(world.release()));
    expect(steps).toEqual([
      ['verify 12', 'verify 10', 'verify 11'],
      ['verify 10', 'verify 11'],
      ['verify 11', 'apply 10'],
      ['apply 10'],
      ['apply 11..12', 'commit 10'],
      ['commit 10'],
      ['commit 11..12'],
      [],
    ]);
    expect(effectsOf(world.effects, 'blocksAdded').map(({ from, to, id, peer }) => [from, to, id, peer])).toEqual([
      [10, 10, 'state-10', 'A'],
      [11, 12, 'state-12', 'A'],
    ]);
  });

  it('APPLY-1: the verifier is told that these blocks are certified ones', () => {
    const world = worldOf('A').answer('A', [blockAt(10)]);
    expect(effectsOf(world.effects, 'verifyBlocks')).toMatchObject([{ certified: true, blocks: [{ height: 10 }] }]);
  });

  it('APPLY-1: a block that cannot be judged ahead is judged once those before it are applied; those after it meanwhile', () => {
    const world = rangeWorld();
    world.holds = true;
    world.answer('A', blocksOf(10, 17));
    world.held.shift();
    world.send({ type: 'blocksVerified', workId: effectsOf(world.effects, 'verifyBlocks')[0]?.workId ?? 0, valid: 3 });
    expect(heldWork(world)).toEqual(['apply 10..12', 'verify 14..17']);
    world.release();
    expect(heldWork(world)).toEqual(['verify 14..17', 'commit 10..12', 'verify 13']);
    while (world.held.length > 0) world.release();
    expect(world.height).toBe(17);
    expect(effectsOf(world.effects, 'verifyBlocks').map(({ exact }) => exact)).toEqual([true, false, true]);
    expect(effectsOf(world.effects, 'blocksAdded').map(({ from, to, id }) => [from, to, id])).toEqual([
      [10, 12, 'state-12'],
      [13, 17, 'state-17'],
    ]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });

  it('PEER-1: a committed range earns its sender a point a block, and proves its claim', () => {
    const world = rangeWorld();
    world.send({ type: 'peerMisbehaved', peer: 'A', offence: 'METADATA_FLOOD', detail: 'x' });
    world.answer('A', blocksOf(10, 17));
    expect(getPeer(world.facts, 'A')).toMatchObject({ score: -2, served: 8, desertions: 0 });
    // It was proven when the certificates were, by the one block whose validators were known for sure.
    expect(reportsOf(world.effects, 'claimProven').map(({ report }) => report)).toEqual([
      { kind: 'claimProven', height: 10 },
    ]);
  });

  it('META-10: an announced block earns its sender a point, and proves nothing of its claim', () => {
    const world = new World().start().claim('A', 1, 9);
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10) });
    expect(world.height).toBe(10);
    expect(getPeer(world.facts, 'A')).toMatchObject({ score: 1, served: 1 });
    expect(reportsOf(world.effects, 'claimProven')).toEqual([]);
  });

  it('PEER-1: a desertion is forgotten once a block was served', () => {
    const world = worldOf('A');
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.claim('A', 1, 10);
    expect(getPeer(world.facts, 'A')?.desertions).toBe(1);
    world.answer('A', [blockAt(10)]);
    expect(getPeer(world.facts, 'A')?.desertions).toBe(0);
  });

  it('APPLY-4: a committed block of a peer that is gone is added all the same', () => {
    const world = worldOf('A');
    world.holds = true;
    world.answer('A', [blockAt(10)]);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.release().release().release();
    expect(effectsOf(world.effects, 'blocksAdded')).toMatchObject([{ from: 10, to: 10, peer: 'A' }]);
  });

  it('META-3: a fresh chain begins at its first block, and keeps its beginning as it grows', () => {
    const world = new World({ minHeight: 0, maxHeight: 0 }).start().claim('A', 1, 3);
    for (const height of [1, 2, 3]) world.answer('A', [blockAt(height)]);
    world.send({ type: 'metadataRequested', peer: 'A' });
    expect(effectsOf(world.effects, 'sendMetadata').at(-1)).toMatchObject({ minHeight: 1, maxHeight: 3 });
    expect(world.facts.local.tipId).toBe('state-3');
  });

  it('LIMIT: as many ids of the newest heights are remembered as are to be', () => {
    const world = new World({ config: { recentBlocksMax: 3 } }).start().claim('A', 1, 14);
    for (let height = 10; height <= 14; height++) world.answer('A', [blockAt(height)]);
    expect([...maps.recent.entries(world.facts.local.recent)].map(({ key, value }) => [key, value])).toEqual([
      [12, ['state-12']],
      [13, ['state-13']],
      [14, ['state-14']],
    ]);
  });

  it('MODE-5: who this node is follows what the store and the host say', () => {
    const world = new World().start().claim('A', 1, 10);
    world.host.validator = true;
    world.answer('A', [blockAt(10)]);
    expect(world.mode).toBe('Consensus_Pacemaker');
    world.send({ type: 'validatorStatusChanged', validator: false });
    expect(world.mode).toBe('Consensus_Synced');
  });
});

describe('a block that must not be applied', () => {
  it('APPLY-1: its sender is charged with the height and the words of the verifier, and the claim refuted there', () => {
    const world = rangeWorld();
    const bad = blockAt(12, { refusedWith: 'CERTIFICATE_BAD_SIGNATURE' });
    world.answer('A', [...blocksOf(10, 11), bad]);
    expect(reportsOf(world.effects, 'charged').map(({ report }) => report)).toEqual([
      { kind: 'charged', offence: 'INVALID_CERTIFICATE', detail: 'height 12', score: -50, height: 12 },
    ]);
    expect(reportsOf(world.effects, 'claimRefuted')[0]?.report).toMatchObject({ height: 12, why: 'INVALID_BLOCK' });
    // It was not the next height then, so that it says nothing about why that is missing.
    expect(world.height).toBe(11);
    expect(world.facts.window.trouble).toBeNull();
  });

  it('SYNC-7: what went wrong at the next height is noted', () => {
    const world = worldOf('A').answer('A', [blockAt(10, { refusedWith: 'CERTIFICATE_NO_QUORUM' })]);
    expect(world.facts.window.trouble).toEqual({
      height: 10,
      code: 'CERTIFICATE_NO_QUORUM',
      peers: ['A'],
      unapplied: [],
      suspect: null,
    });
  });

  it.each([
    ['state hash', blockAt(10, { stateHash: 'x' }), 'executing height 10 gave x, its header names state-10'],
    ['parent', blockAt(10, {}, { parentId: 'y', contentId: 'z' }), 'height 10 names y as its parent, not state-9'],
  ] as const)('APPLY-2, APPLY-1: a wrong %s is told with what was expected', (_what, block, detail) => {
    const world = worldOf('A').answer('A', [block]);
    expect(reportsOf(world.effects, 'charged')[0]?.report).toMatchObject({ detail, score: -50, height: 10 });
  });

  it('APPLY-1: within a range, the parent is the block before', () => {
    const world = rangeWorld();
    world.answer('A', [...blocksOf(10, 11), blockAt(12, {}, { parentId: 'y' }), ...blocksOf(13, 17)]);
    expect(reportsOf(world.effects, 'charged')[0]?.report).toMatchObject({
      detail: 'height 12 names y as its parent, not state-11',
      height: 12,
    });
    expect(effectsOf(world.effects, 'applyBlocks')[0]?.blocks).toEqual(blocksOf(10, 11));
  });

  it("APPLY-2: the executor's own objection is told in its words; one beside a state hash is not needed", () => {
    const objection = { code: 'INVALID_TRANSACTION', message: 'bad transaction' } as const;
    for (const [stateHashes, fault, offence, detail] of [
      [[], objection, 'INVALID_BLOCK', 'bad transaction'],
      [['x'], objection, 'INVALID_STATE_HASH', 'executing height 10 gave x, its header names state-10'],
    ] as const) {
      const world = worldOf('A');
      world.holds = true;
      world.answer('A', [blockAt(10)]).release();
      const workId = workIdOf(world);
      world.send({ type: 'blocksApplied', workId, stateHashes, fault });
      expect(reportsOf(world.effects, 'charged')[0]?.report).toMatchObject({ offence, detail });
    }
  });

  it('APPLY-3: the same block of the same peer again costs it no more, but it is not asked for a while', () => {
    const world = worldOf('A').answer('A', [blockAt(10, { stateHash: 'x' })]);
    world.pass(5_000);
    world.takeEffects();
    world.answer('A', [blockAt(10, { stateHash: 'x' })]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(reportsOf(world.effects, 'coolingDown')[0]?.report).toEqual({
      kind: 'coolingDown',
      offence: 'INVALID_STATE_HASH',
      forMs: 10_000,
    });
    expect(effectsOf(world.effects, 'localStateSuspect')).toEqual([]);
  });

  it('APPLY-3: another block of the same peer is charged again', () => {
    const world = worldOf('A').answer('A', [blockAt(10, { stateHash: 'x' })]);
    world.pass(5_000).answer('A', [blockAt(10, { stateHash: 'y' })]);
    expect(reportsOf(world.effects, 'charged').map(({ report }) => report)).toMatchObject([
      { score: -50 },
      { score: -100 },
    ]);
  });

  it('APPLY-3: a wrong validator set is each sender’s own, however many send it', () => {
    const bad = blockAt(10, { rejectedWith: 'VALIDATOR_SET_MISMATCH' });
    const world = worldOf('A', 'B', 'C');
    for (let i = 0; i < 3; i++) answerLast(world, bad);
    expect(reportsOf(world.effects, 'charged')).toHaveLength(3);
    expect(effectsOf(world.effects, 'localStateSuspect')).toEqual([]);
    expect(world.facts.window.trouble?.unapplied).toEqual([]);
  });

  it('APPLY-3: the second sender of the same is not charged; the block is tried again, after waits that double', () => {
    const bad = blockAt(10, { stateHash: 'x' });
    const world = worldOf('A', 'B');
    const senders = [answerLast(world, bad), answerLast(world, bad)];
    expect(new Set(senders).size).toBe(2);
    expect(reportsOf(world.effects, 'charged').map(({ peer }) => peer)).toEqual(senders.slice(0, 1));
    const asked = world.asked.length;
    world.pass(4_999);
    expect(world.asked).toHaveLength(asked);
    for (let i = 0; i < 9; i++) {
      for (let waited = 0; world.asked.length === asked + i && waited < 400; waited++) world.pass(1_000);
      answerLast(world, bad);
    }
    const suspects = effectsOf(world.effects, 'localStateSuspect');
    expect(suspects[0]).toEqual({
      type: 'localStateSuspect',
      height: 10,
      code: 'INVALID_STATE_HASH',
      peers: senders,
      retryInMs: 5_000,
    });
    expect(suspects.slice(0, 8).map(({ retryInMs }) => retryInMs)).toEqual([
      5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000,
    ]);
    expect(reportsOf(world.effects, 'charged')).toHaveLength(1);
  });

  it('APPLY-3: while the fault is taken to be ours, other content is charged to whoever sends it', () => {
    const world = worldOf('A', 'B', 'C');
    const bad = blockAt(10, { stateHash: 'x' });
    answerLast(world, bad);
    answerLast(world, bad);
    world.pass(5_000);
    answerLast(world, blockAt(10, { stateHash: 'y' }));
    expect(reportsOf(world.effects, 'charged')).toHaveLength(2);
    expect(effectsOf(world.effects, 'localStateSuspect').map(({ retryInMs }) => retryInMs)).toEqual([5_000]);
  });

  it('APPLY-3: the suspect block is asked for when its wait is over, not when the timer fires before', () => {
    const world = worldOf('A', 'B', 'C');
    const bad = blockAt(10, { stateHash: 'x' });
    answerLast(world, bad);
    answerLast(world, bad);
    const asked = world.asked.length;
    world.now += 4_999;
    world.send({ type: 'timerFired', timer: 'host' });
    expect(world.asked).toHaveLength(asked);
    world.now += 1;
    world.send({ type: 'timerFired', timer: 'host' });
    expect(world.asked).toHaveLength(asked + 1);
    expect(world.asked.at(-1)?.from).toBe(10);
  });

  it('APPLY-3: who was charged for what proves to be the chain’s own block gets it back, and only who sent that', () => {
    const world = worldOf('A', 'B', 'C', 'D');
    world.host.miscomputes.add(10);
    const first = answerLast(world);
    // The same state hash is named by whoever tampers with the transactions.
    const tampers = answerLast(world, blockAt(10, { stateHash: 'x' }));
    const second = answerLast(world, blockAt(10, {}, { id: 'other', contentId: 'other', parentId: 'elsewhere' }));
    world.takeEffects();
    world.host.miscomputes.clear();
    answerLast(world);
    expect(world.height).toBe(10);
    expect(reportsOf(world.effects, 'acquitted')).toEqual([
      { type: 'reportPeer', peer: first, report: { kind: 'acquitted', offence: 'INVALID_STATE_HASH', score: 0 } },
    ]);
    expect(getPeer(world.facts, second)?.score).toBe(-50);
    expect(getPeer(world.facts, tampers)?.score).toBe(-50);
  });

  it('LIMIT, APPLY-3: the eight latest certified copies are remembered', () => {
    const peers = Array.from({ length: 10 }, (_, i) => `P${i}`);
    const world = worldOf(...peers);
    for (let i = 0; i < 10; i++) answerLast(world, blockAt(10, { stateHash: `wrong-${i}` }));
    expect(world.facts.window.trouble?.unapplied.map(({ contentId }) => contentId)).toEqual(
      Array.from({ length: 8 }, (_, i) => `content-10{"stateHash":"wrong-${i + 2}"}`),
    );
  });
});

describe('consensus decides a height', () => {
  function pacemaker(): World {
    const world = new World({ validator: true }).start().claim('A', 1, 9);
    world.holds = true;
    return world;
  }

  function finalize(world: World, height = 10): void {
    world.host.finalize(height, `state-${height}`);
    world.send({ type: 'blockFinalized', height, id: `state-${height}`, validator: true });
  }

  it('MODE-10: below the next it is old news, above it is refused and told why', () => {
    const world = pacemaker();
    world.takeEffects();
    world.send({ type: 'blockFinalized', height: 9, id: 'state-9', validator: true });
    expect(world.effects).toEqual([]);
    world.send({ type: 'blockFinalized', height: 11, id: 'state-11', validator: true });
    expect(world.effects).toEqual([
      {
        type: 'eventRejected',
        event: 'blockFinalized',
        mode: 'Consensus_Pacemaker',
        reason: 'height 11 was finalized, but 10 is next',
      },
    ]);
    finalize(world);
    expect(effectsOf(world.effects, 'blocksAdded')).toEqual([
      { type: 'blocksAdded', from: 10, to: 10, id: 'state-10', peer: null },
    ]);
    expect(effectsOf(world.effects, 'rollbackBlocks')).toEqual([]);
  });

  it.each([
    ['is being checked', 0, []],
    // It is committed now; what is undone is whatever stands above it.
    ['is being applied', 1, [10]],
    ['is being committed', 2, [10]],
  ] as const)(
    'MODE-10: a copy that %s is let go; what was applied is undone, down to the decided block',
    (_stage, rounds, undone) => {
      const world = pacemaker();
      world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10) });
      for (let i = 0; i < rounds; i++) world.release();
      finalize(world);
      world.release();
      expect(effectsOf(world.effects, 'rollbackBlocks').map(({ toHeight }) => toHeight)).toEqual(undone);
      expect(world.facts.window.bufferedBlocks).toBe(0);
      expect(effectsOf(world.effects, 'blocksAdded')).toHaveLength(1);
      while (world.held.length > 0) world.release();
      world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(11) });
      while (world.held.length > 0) world.release();
      expect(world.height).toBe(11);
    },
  );

  it('MODE-10: a copy that was applied and waits to be committed is undone', () => {
    const world = pacemaker();
    world.holds = false;
    world.host.failing.set('commitBlocks', FAULT);
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10) });
    world.takeEffects();
    finalize(world);
    world.pass(1_000);
    expect(effectsOf(world.effects, 'rollbackBlocks').map(({ toHeight }) => toHeight)).toEqual([10]);
  });

  it('MODE-10: the first of a range that is being committed is told of at once, the others when they are durable', () => {
    const world = rangeWorld();
    world.holds = true;
    world.answer('A', blocksOf(10, 17)).release().release();
    expect(heldTypes(world)).toEqual(['commitBlocks']);
    world.takeEffects();
    finalize(world);
    expect(world.height).toBe(10);
    world.release();
    expect(effectsOf(world.effects, 'blocksAdded').map(({ from, to, peer }) => [from, to, peer])).toEqual([
      [10, 10, null],
      [11, 17, 'A'],
    ]);
    expect(effectsOf(world.effects, 'rollbackBlocks')).toEqual([]);
  });
});
