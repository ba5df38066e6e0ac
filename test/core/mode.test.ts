import { describe, expect, it } from 'vitest';
import { isSynced } from '../../src/core/sync-api.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };
const QUIET = { metadataPeriodMs: 100_000_000, metadataUnaskedBurst: 1_000 };

function modes(world: World) {
  return effectsOf(world.effects, 'modeChanged').map(({ event, next }) => [event, next]);
}

function targets(world: World) {
  return effectsOf(world.takeEffects(), 'targetChanged').map(({ target }) => target);
}

describe('modes', () => {
  it('MODE-1, MODE-2: each change is told with the event that made it, in order', () => {
    const world = new World()
      .start()
      .claim('A', 1, 10)
      .answer('A', [blockAt(10)]);
    expect(effectsOf(world.effects, 'modeChanged')).toMatchObject([
      { event: 'Start', previous: 'Stopped', next: 'P2P_Bootstrapping' },
      { event: 'P2P_IsBootstrapped', previous: 'P2P_Bootstrapping', next: 'P2P_Bootstrapped' },
      { event: 'Consensus_IsUnsynced', previous: 'P2P_Bootstrapped', next: 'Consensus_Unsynced' },
      { event: 'Consensus_IsSyncing', previous: 'Consensus_Unsynced', next: 'Consensus_SyncMode' },
      { event: 'Consensus_IsSyncedNonValidator', previous: 'Consensus_SyncMode', next: 'Consensus_Synced' },
    ]);
  });

  it('SERVE-1: a node that serves says so once when it starts, and as its operator last chose when it starts again', () => {
    const world = new World().start();
    const servers = () => effectsOf(world.takeEffects(), 'serverChanged').map(({ previous, next }) => [previous, next]);
    expect(servers()).toEqual([['Disabled', 'Enabled']]);
    world.send({ type: 'Server_Disable' });
    world.send({ type: 'Stop' });
    expect(servers()).toEqual([['Enabled', 'Disabled']]);
    world.start();
    expect(servers()).toEqual([]);
    expect(world.facts.control.server).toBe('Disabled');
  });

  it('SERVE-1: a node that is not to serve does not, until it is told', () => {
    const world = new World({ config: { serverEnabled: false } }).start();
    expect(effectsOf(world.effects, 'serverChanged')).toEqual([]);
    world.send({ type: 'Server_Enable' });
    expect(effectsOf(world.effects, 'serverChanged')).toHaveLength(1);
  });

  it('MODE-5: consensus is started at the next height, and stopped with the node', () => {
    const world = new World({ validator: true }).start().claim('A', 1, 9);
    world.send({ type: 'Stop' });
    expect(effectsOf(world.effects, 'startConsensus')).toEqual([{ type: 'startConsensus', nextHeight: 10 }]);
    expect(effectsOf(world.effects, 'stopConsensus')).toHaveLength(1);
  });

  it('MODE-5: a lone validator that loses its place and its peers leaves consensus, and comes back to it', () => {
    const world = new World({ validator: true }).start().claim('A', 1, 9);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    expect(world.mode).toBe('Consensus_Pacemaker');
    world.send({ type: 'validatorStatusChanged', validator: false });
    expect(world.mode).toBe('Consensus_Synced');
    world.send({ type: 'validatorStatusChanged', validator: true });
    expect(world.mode).toBe('Consensus_Pacemaker');
  });

  it('PEER-2: who was connected when the node stopped is not any more', () => {
    const world = new World().start().claim('A', 1, 12);
    world.send({ type: 'Stop' });
    expect(effectsOf(world.effects, 'reportPeer')[0]?.report).toMatchObject({ kind: 'requestEnded' });
    world.start().takeEffects();
    world.connect('A');
    expect(effectsOf(world.effects, 'sendMetadataRequest')).toHaveLength(1);
  });
});

describe('standing', () => {
  it.each([1, 2, 3])(
    'MODE-3: in Sync, one block less than the target is behind, also where blocksBehindMin is %i',
    (blocksBehindMin) => {
      const world = new World({ config: { ...ONE_AT_A_TIME, blocksBehindMin } }).start().claim('A', 1, 11);
      expect(world.mode).toBe('Consensus_SyncMode');
      world.answer('A', [blockAt(10)]);
      expect(world.mode).toBe('Consensus_SyncMode');
      world.answer('A', [blockAt(11)]);
      expect(world.mode).toBe('Consensus_Synced');
    },
  );

  it.each([1, 2, 5])('MODE-4: a synced node is behind once it lacks blocksBehindMin = %i blocks', (blocksBehindMin) => {
    const config = { ...QUIET, trustClaims: true, blocksBehindMin };
    const world = new World({ config }).start().claim('A', 1, 9);
    for (let gap = 0; gap < blocksBehindMin; gap++) {
      world.claim('A', 1, 9 + gap);
      expect([gap, world.mode, isSynced(world.facts)]).toEqual([gap, 'Consensus_Synced', true]);
    }
    world.claim('A', 1, 9 + blocksBehindMin);
    expect(world.mode).toBe('Consensus_SyncMode');
    expect(isSynced(world.facts)).toBe(false);
  });

  it('MODE-4: a block that is certified and being applied is not missing; one that is only here is', () => {
    for (const [rounds, mode] of [
      [0, 'Consensus_SyncMode'],
      [1, 'Consensus_Synced'],
      [2, 'Consensus_Synced'],
    ] as const) {
      const world = new World({ config: { ...QUIET, trustClaims: true } }).start().claim('A', 1, 9);
      world.holds = true;
      world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10) });
      for (let i = 0; i < rounds; i++) world.release();
      world.claim('A', 1, 10);
      expect([rounds, world.mode]).toEqual([rounds, mode]);
      world.claim('A', 1, 11);
      expect(world.mode).toBe('Consensus_SyncMode');
    }
  });

  it('META-8: minPeers claims make a node synced, not one fewer; what is missing needs only one', () => {
    const world = new World({ config: { minPeers: 3 } }).start().claim('A', 1, 9).claim('B', 1, 9);
    expect([world.mode, isSynced(world.facts)]).toEqual(['P2P_Bootstrapped', false]);
    world.claim('C', 1, 9);
    expect([world.mode, isSynced(world.facts)]).toEqual(['Consensus_Synced', true]);
    const behind = new World({ config: { minPeers: 3 } }).start().claim('A', 1, 10);
    expect(behind.mode).toBe('Consensus_SyncMode');
  });

  it('META-8: with too few peers at the end, Sync goes on until there are enough', () => {
    const world = new World({ config: { minPeers: 2 } })
      .start()
      .claim('A', 1, 10)
      .answer('A', [blockAt(10)]);
    expect(world.mode).toBe('Consensus_SyncMode');
    world.claim('B', 1, 10);
    expect(world.mode).toBe('Consensus_Synced');
  });

  it('APPLY-3: Sync does not end below a certified block that does not apply here', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 9);
    world.answer('A', [blockAt(10, { stateHash: 'x' })]);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    expect([world.mode, isSynced(world.facts)]).toEqual(['Consensus_SyncMode', false]);
  });

  it('SYNC-7: Sync does end when the block above was only not there', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10).claim('B', 1, 9);
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 10), height: 10 });
    expect([world.mode, isSynced(world.facts)]).toEqual(['Consensus_Synced', true]);
  });
});

describe('the target', () => {
  it('META-6: is told when it changes, and only then', () => {
    const world = new World().start();
    expect(targets(world)).toEqual([]);
    world.claim('A', 1, 12);
    expect(targets(world)).toEqual([12]);
    world.claim('B', 1, 12).claim('C', 1, 11);
    expect(targets(world)).toEqual([]);
    world.claim('B', 1, 15);
    expect(targets(world)).toEqual([15]);
    world.send({ type: 'peerDisconnected', peer: 'B' });
    expect(targets(world)).toEqual([12]);
    for (const peer of ['A', 'C']) world.send({ type: 'peerDisconnected', peer });
    expect(targets(world)).toEqual([11, null]);
  });

  it('META-6: a claim above the next height counts once what is below it is here', () => {
    const world = new World().start().claim('A', 1, 10).claim('B', 12, 20);
    expect(targets(world)).toEqual([10]);
    world.claim('A', 1, 11);
    expect(targets(world)).toEqual([20]);
  });
});

describe('the target of a settled node', () => {
  it('META-10: an untested claim counts up to what this node has itself, also when consensus adds to that', () => {
    const world = new World({ validator: true }).start().claim('H', 1, 9).claim('A', 1, 50);
    world.takeEffects();
    world.host.finalize(10, 'state-10');
    world.send({ type: 'blockFinalized', height: 10, id: 'state-10', validator: true });
    expect(targets(world)).toEqual([10]);
  });

  it('META-10, MODE-2: once it is behind by evidence, untested claims count at once', () => {
    const world = new World().start().claim('H', 1, 9).claim('U', 1, 50).claim('A', 1, 12);
    world.takeEffects();
    world.answer('A', [blockAt(10)]);
    expect(world.mode).toBe('Consensus_SyncMode');
    expect(targets(world).at(-1)).toBe(50);
  });

  it('APPLY-3, MODE-6: a certified block that does not apply shows a node that has no claims yet that it is behind', () => {
    const world = new World().start().connect('A');
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10, { stateHash: 'x' }) });
    expect(world.mode).toBe('Consensus_SyncMode');
  });
});

describe('the pace', () => {
  const config = { ...ONE_AT_A_TIME, ...QUIET };

  /** Commits `blocks` blocks, evenly, in `ms`. */
  function commit(world: World, blocks: number, ms: number): void {
    for (let i = 0; i < blocks; i++) world.pass(ms / blocks).answer('A', [blockAt(world.height + 1)]);
  }

  it('A42: blocks and target a second are measured over five seconds, from when Sync begins', () => {
    const world = new World({ config }).start().pass(60_000).claim('A', 1, 20);
    expect(world.facts.pace).toMatchObject({ blocksPerSecond: null, targetPerSecond: null, outrun: 0 });
    commit(world, 4, 4_999);
    expect(world.facts.pace.blocksPerSecond).toBeNull();
    world.claim('A', 1, 22).pass(1);
    world.send({ type: 'syncRequested' });
    expect(world.facts.pace).toMatchObject({ blocksPerSecond: 0.8, targetPerSecond: 0.4, outrun: 0 });
  });

  it('A42: a target that grows as fast as we do outruns us, until it does not', () => {
    const world = new World({ config }).start().claim('A', 1, 40);
    const outrun = [5, 6, 4, 5].map((growth, i) => {
      world.claim('A', 1, (world.facts.aggregate?.maxHeight ?? 0) + growth);
      commit(world, 5, 5_000);
      return [i, world.facts.pace.outrun];
    });
    expect(outrun).toEqual([
      [0, 1],
      [1, 2],
      [2, 0],
      [3, 1],
    ]);
  });

  it('A42: a target that grows while we do not is no race', () => {
    const world = new World({ config }).start().claim('A', 1, 40);
    world.claim('A', 1, 60).pass(5_000).send({ type: 'syncRequested' });
    expect(world.facts.pace).toMatchObject({ blocksPerSecond: 0, targetPerSecond: 4, outrun: 0 });
  });

  it('A42: outside of Sync nothing is measured, and the next Sync begins anew', () => {
    const world = new World({ config: { ...config, trustClaims: true } }).start().claim('A', 1, 14);
    commit(world, 5, 5_000);
    expect(world.mode).toBe('Consensus_Synced');
    const before = world.facts.pace;
    world.pass(60_000).send({ type: 'syncRequested' });
    expect(world.facts.pace).toBe(before);
    world.claim('A', 1, 40);
    expect(world.facts.pace).toEqual({
      since: { at: world.facts.clock.now, height: 14, target: 40 },
      blocksPerSecond: null,
      targetPerSecond: null,
      outrun: 0,
    });
    commit(world, 10, 5_000);
    expect(world.facts.pace).toMatchObject({ blocksPerSecond: 1.8, targetPerSecond: 0 });
  });

  it('MODE-2: to Sync and back is told by the signals of the chart', () => {
    const world = new World({ config: { ...config, trustClaims: true } }).start().claim('A', 1, 9);
    world.takeEffects();
    world.claim('A', 1, 10).answer('A', [blockAt(10)]);
    expect(modes(world)).toEqual([
      ['Consensus_IsUnsynced', 'Consensus_Unsynced'],
      ['Consensus_IsSyncing', 'Consensus_SyncMode'],
      ['Consensus_IsSyncedNonValidator', 'Consensus_Synced'],
    ]);
  });
});
