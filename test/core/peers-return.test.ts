import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

/** Something to be remembered by. */
function charge(world: World, peer: string, offence: 'METADATA_FLOOD' | 'SPOOFED_ADDRESS' = 'METADATA_FLOOD'): World {
  world.send({ type: 'peerMisbehaved', peer, offence, detail: 'x' });
  return world;
}

function leave(world: World, peer: string): World {
  world.send({ type: 'peerDisconnected', peer });
  return world;
}

describe('who comes back', () => {
  it('PEER-3: who is remembered needs no room in a full table', () => {
    const world = new World({ config: { peersMax: 2 } }).start().connect('A').connect('B');
    leave(charge(world, 'A'), 'A').connect('A');
    expect(reportsOf(world.effects, 'refusedConnection')).toEqual([]);
    expect(['A', 'B'].map((peer) => getPeer(world.facts, peer)?.life.link)).toEqual(['Connected', 'Connected']);
    expect(getPeer(world.facts, 'A')?.score).toBe(-10);
  });

  it('PEER-1: a ban that is over, of which no timer has told yet, refuses for no time', () => {
    const world = new World().start().connect('A');
    charge(charge(world, 'A', 'SPOOFED_ADDRESS'), 'A', 'SPOOFED_ADDRESS').takeEffects();
    world.pass(599_990);
    world.now += 15;
    world.connect('A');
    expect(effectsOf(world.effects, 'disconnectPeer')).toEqual([{ type: 'disconnectPeer', peer: 'A', refuseMs: 0 }]);
  });

  it('SYNC-2: is asked for ranges as long as its new connection carries', () => {
    const world = new World({ config: { requestBlocksMax: 8, inFlightPerPeerMax: 1 } }).start().connect('A', 1);
    leave(charge(world, 'A'), 'A').connect('A', 5);
    world.send({ type: 'metadataReceived', peer: 'A', minHeight: 1, maxHeight: 40 });
    expect(world.asked).toMatchObject([{ peer: 'A', from: 10, to: 14 }]);
  });

  it('META-4: what it was asked before it left, it may not answer any more', () => {
    const config = { metadataUnaskedBurst: 1, metadataUnaskedPerSecond: 0.001 };
    const world = new World({ config }).start().connect('A').pass(100_000);
    leave(charge(world, 'A'), 'A').connect('A').takeEffects();
    for (let i = 0; i < 3; i++) world.send({ type: 'metadataReceived', peer: 'A', minHeight: 1, maxHeight: 9 });
    expect(reportsOf(world.effects, 'charged').map(({ report }) => report)).toMatchObject([
      { offence: 'METADATA_FLOOD', score: -20 },
    ]);
  });

  it('META-3: what was heard of it before it left is no reason not to ask it', () => {
    const world = new World().start().claim('A', 1, 9);
    leave(charge(world, 'A'), 'A').connect('A');
    world.send({ type: 'metadataReceived', peer: 'A', minHeight: 5, maxHeight: 3 });
    world.takeEffects();
    world.send({ type: 'metadataRequested', peer: 'A' });
    expect(effectsOf(world.effects, 'sendMetadataRequest')).toEqual([{ type: 'sendMetadataRequest', peer: 'A' }]);
  });

  it('SERVE-4: being served does not make it forgotten sooner than its score', () => {
    const world = new World().start().connect('A');
    world.send({ type: 'blocksRequested', peer: 'A', requestId: 1, from: 3, to: 5 });
    const [serve] = effectsOf(world.effects, 'serveBlocks');
    leave(charge(world, 'A'), 'A');
    world.send({ type: 'blocksServed', serveId: serve?.serveId ?? 0 });
    expect(getPeer(world.facts, 'A')).toMatchObject({ score: -10, serving: 0, life: { link: 'Disconnected' } });
  });

  it('PEER-2: a cool-down ends while its owner is away', () => {
    const world = new World().start().connect('A');
    leave(charge(world, 'A', 'SPOOFED_ADDRESS'), 'A').pass(5_000);
    expect(reportsOf(world.effects, 'forgiven', 'A')).toHaveLength(1);
    expect(getPeer(world.facts, 'A')).toMatchObject({ score: -50, life: { conduct: 'Trusted' } });
  });
});
