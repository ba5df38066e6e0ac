import { describe, expect, it } from 'vitest';
import { getPeer } from '../../src/core/peers.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME: Partial<SyncConfig> = { inFlightMax: 1, inFlightPerPeerMax: 1 };

/** A was charged with a block that this host miscomputed; B is asked for it next, and the host works again. */
function accused(config: Partial<SyncConfig> = {}, prepare: (world: World) => void = () => undefined): World {
  const world = new World({ config: { ...ONE_AT_A_TIME, ...config } }).start().claim('A', 1, 10).claim('B', 1, 10);
  prepare(world);
  world.host.miscomputes.add(10);
  world.answer('A', [blockAt(10)]);
  expect(world.asked.at(-1)).toMatchObject({ peer: 'B', from: 10 });
  world.host.miscomputes.clear();
  return world.pass(100);
}

function misbehave(world: World, times: number): void {
  for (let i = 0; i < times; i++) {
    world.send({ type: 'peerMisbehaved', peer: 'A', offence: 'METADATA_FLOOD', detail: 'x' });
  }
}

describe('a charge that proves unjust', () => {
  it('APPLY-3: the block applies after all: the score is as it was, and the cool-down is over', () => {
    const world = accused();
    expect(getPeer(world.facts, 'A')).toMatchObject({ score: -50, life: { conduct: 'CoolingDown' } });
    world.answer('B', [blockAt(10)]);
    expect(reportsOf(world.effects, 'acquitted').map(({ peer, report }) => ({ peer, ...report }))).toEqual([
      { peer: 'A', kind: 'acquitted', offence: 'INVALID_STATE_HASH', score: 0 },
    ]);
    world.pass(0);
    expect(reportsOf(world.effects, 'forgiven', 'A')).toHaveLength(1);
    expect(getPeer(world.facts, 'A')).toMatchObject({ score: 0, life: { conduct: 'Trusted' } });
  });

  it('APPLY-3, PEER-2: who left meanwhile, and has nothing else to its name, is forgotten', () => {
    const config = { ...ONE_AT_A_TIME, scoreCoolDown: -60 };
    const world = new World({ config }).start().claim('A', 1, 11);
    world.answer('A', [blockAt(10)]);
    world.claim('B', 1, 11);
    world.host.miscomputes.add(11);
    world.answer('A', [blockAt(11)]);
    expect(getPeer(world.facts, 'A')).toMatchObject({ score: -49, coolDowns: 0 });
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.host.miscomputes.clear();
    world.answer('B', [blockAt(11)]);
    expect(reportsOf(world.effects, 'acquitted', 'A')).toHaveLength(1);
    expect(getPeer(world.facts, 'A')).toBeUndefined();
  });

  it('APPLY-3, PEER-1: with other charges that cost as much as a cool-down, it runs its time', () => {
    const world = accused({}, (each) => misbehave(each, 3));
    world.answer('B', [blockAt(10)]).pass(0);
    expect(reportsOf(world.effects, 'acquitted')[0]?.report).toMatchObject({ score: -30 });
    expect(reportsOf(world.effects, 'forgiven')).toEqual([]);
    expect(getPeer(world.facts, 'A')?.life.conduct).toBe('CoolingDown');
    world.pass(4_900);
    expect(reportsOf(world.effects, 'forgiven')).toHaveLength(1);
  });

  it('APPLY-3, PEER-1: a ban runs its time', () => {
    const world = accused({ scoreBan: -40 });
    expect(getPeer(world.facts, 'A')?.life.conduct).toBe('Banned');
    world.answer('B', [blockAt(10)]).pass(0);
    expect(reportsOf(world.effects, 'acquitted')[0]?.report).toMatchObject({ score: 10 });
    expect(reportsOf(world.effects, 'forgiven')).toEqual([]);
    world.pass(599_899);
    expect(reportsOf(world.effects, 'forgiven')).toEqual([]);
    world.pass(1);
    expect(reportsOf(world.effects, 'forgiven')).toHaveLength(1);
  });

  it('APPLY-3: the same block again, from who is cooling down for it or is not connected, changes nothing for it', () => {
    const world = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10);
    world.host.miscomputes.add(10);
    world.answer('A', [blockAt(10)]);
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10) });
    expect(reportsOf(world.effects, 'charged')).toHaveLength(1);
    expect(reportsOf(world.effects, 'coolingDown')).toHaveLength(1);
    const strange = new World({ config: ONE_AT_A_TIME }).start().claim('A', 1, 10);
    strange.host.miscomputes.add(10);
    for (let i = 0; i < 2; i++) strange.send({ type: 'newBlockReceived', peer: 'stranger', block: blockAt(10) });
    expect(reportsOf(strange.effects, 'charged')).toEqual([]);
    expect(reportsOf(strange.effects, 'coolingDown')).toEqual([]);
    expect(strange.height).toBe(9);
  });
});
