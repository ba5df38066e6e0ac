import { describe, expect, it } from 'vitest';
import { maps } from '../../src/core/facts.ts';
import { getPeer } from '../../src/core/peers.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import { effectsOf, reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

/** A node that holds 3..40 and is connected to these peers, with nothing left in the effects. */
function server(config: Partial<SyncConfig> = {}, peers = ['A', 'B']): World {
  const world = new World({ config, minHeight: 3, maxHeight: 40 }).start();
  for (const peer of peers) world.claim(peer, 3, 40);
  world.takeEffects();
  return world;
}

function ask(world: World, peer: string, from: number, to = from, requestId: number | null = from): World {
  world.send({ type: 'blocksRequested', peer, requestId, from, to });
  return world;
}

/** What was served since the last look, as `peer from..to`. */
function served(world: World): string[] {
  return effectsOf(world.takeEffects(), 'serveBlocks').map(({ peer, from, to }) => `${peer} ${from}..${to}`);
}

/** The peer's oldest answers that are still being sent are done with. */
class Sender {
  readonly open: { readonly serveId: number; readonly peer: string }[] = [];
  readonly world: World;

  constructor(world: World) {
    this.world = world;
    world.onStep = (_event, _before, effects) => this.open.push(...effectsOf(effects, 'serveBlocks'));
  }

  done(peer: string): void {
    const at = this.open.findIndex((each) => each.peer === peer);
    const [first] = this.open.splice(at, 1);
    if (first === undefined) throw new Error(`nothing is being sent to ${peer}`);
    this.world.send({ type: 'blocksServed', serveId: first.serveId });
  }
}

describe('serving', () => {
  it.each([
    { from: 3, to: 3, answer: 'A 3..3' },
    { from: 40, to: 40, answer: 'A 40..40' },
    { from: 38, to: 41, answer: 'A 38..40' },
    { from: 2, to: 5, answer: 'lacks 2' },
    { from: 41, to: 50, answer: 'lacks 41' },
    { from: 0, to: 5, answer: 'lacks 0' },
    { from: 7, to: 6, answer: 'malformed' },
  ])('SERVE-3: what is committed, as far as it goes: %j', ({ from, to, answer }) => {
    const world = ask(server(), 'A', from, to, 77);
    const serves = effectsOf(world.effects, 'serveBlocks');
    const lacks = effectsOf(world.effects, 'sendNoBlock');
    for (const each of [...serves, ...lacks]) expect(each.requestId).toBe(77);
    const charges = reportsOf(world.effects, 'charged').map(({ report }) => report);
    if (answer === 'malformed') {
      expect(charges).toMatchObject([{ offence: 'MALFORMED_MESSAGE', detail: 'asked for 7..6' }]);
    } else expect(charges).toEqual([]);
    const answers = [...lacks.map(({ height }) => `lacks ${height}`), ...served(world)];
    expect(answers).toEqual(answer === 'malformed' ? [] : [answer]);
  });

  it('SERVE-3: a chain without a block yet lacks every height, height 0 too', () => {
    const world = new World({ minHeight: 0, maxHeight: 0, config: { minPeers: 0 } }).start().connect('A');
    for (const height of [0, 1]) ask(world, 'A', height);
    expect(effectsOf(world.effects, 'sendNoBlock').map(({ height }) => height)).toEqual([0, 1]);
    expect(served(world)).toEqual([]);
  });

  it('SERVE-1: who is not connected is not served, and nothing is told to it', () => {
    const world = server();
    ask(world, 'stranger', 5).send({ type: 'metadataRequested', peer: 'stranger' });
    expect(world.effects).toEqual([]);
  });

  it('SERVE-4: as many answers to a peer as its bound, its rest in line; another peer is not held up by it', () => {
    const world = server({ serveBlocksPerPeerMax: 2 });
    const sender = new Sender(world);
    ask(ask(world, 'A', 10, 30), 'A', 31, 32);
    expect(served(world)).toEqual(['A 10..30', 'A 31..32']);
    ask(ask(world, 'A', 14, 15), 'A', 16, 17);
    expect(served(world)).toEqual([]);
    ask(ask(ask(world, 'B', 20, 22), 'B', 23, 24), 'B', 25);
    expect(served(world)).toEqual(['B 20..22', 'B 23..24']);
    sender.done('A');
    expect(served(world)).toEqual(['A 14..15']);
    sender.done('B');
    expect(served(world)).toEqual(['B 25..25']);
    expect(getPeer(world.facts, 'A')).toMatchObject({ serving: 2, queued: 1 });
    expect(getPeer(world.facts, 'B')).toMatchObject({ serving: 2, queued: 0 });
  });

  it('SERVE-3, SERVE-4: a range is served as far as serveRangeBlocksMax, within the bytes that were asked for', () => {
    const world = server({ serveRangeBlocksMax: 4 });
    world.send({ type: 'blocksRequested', peer: 'A', requestId: 1, from: 10, to: 30, bytesMax: 5_000 });
    ask(world, 'A', 38, 50);
    ask(world, 'A', 20, 23);
    expect(effectsOf(world.effects, 'serveBlocks').map(({ from, to, bytesMax }) => [from, to, bytesMax])).toEqual([
      [10, 13, 5_000],
      [38, 40, 4_000_000],
      // Who names no bound is given as much as one block may have.
      [20, 23, 4_000_000],
    ]);
  });

  it('SERVE-4: what an answer may weigh is remembered while it waits in line', () => {
    const world = server({ serveBlocksPerPeerMax: 1 });
    const sender = new Sender(world);
    ask(world, 'A', 10);
    world.send({ type: 'blocksRequested', peer: 'A', requestId: 2, from: 11, to: 12, bytesMax: 700 });
    sender.done('A');
    expect(effectsOf(world.effects, 'serveBlocks')[1]).toMatchObject({ from: 11, to: 12, bytesMax: 700 });
  });

  it('SERVE-4: who has requests in line waits for its turn, and the line is bounded', () => {
    const world = server({ serveBlocksPerPeerMax: 3 });
    const sender = new Sender(world);
    for (const from of [10, 11, 12]) ask(world, 'A', from, from + 3);
    expect(served(world)).toEqual(['A 10..13', 'A 11..14', 'A 12..15']);
    for (const from of [13, 14, 15]) ask(world, 'A', from);
    expect(served(world)).toEqual([]);
    // Full: three in line.
    ask(world, 'A', 16);
    expect(effectsOf(world.effects, 'requestDropped')).toEqual([
      { type: 'requestDropped', peer: 'A', reason: 'OVER_LIMIT' },
    ]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    world.takeEffects();
    for (const height of [13, 14, 15]) {
      sender.done('A');
      expect(served(world)).toEqual([`A ${height}..${height}`]);
    }
    for (let i = 0; i < 3; i++) sender.done('A');
    expect(maps.serving.size(world.facts.serving.byId)).toBe(0);
    expect(getPeer(world.facts, 'A')).toMatchObject({ serving: 0, queued: 0 });
    ask(world, 'A', 17, 30);
    expect(served(world)).toEqual(['A 17..30']);
  });

  it('SERVE-4: bytes to one peer, and to all, are bounded, of each answer a part of the largest size', () => {
    const config = { blockBytesMax: 1_000, serveBytesPerPeerMax: 2_999, serveBytesMax: 5_999 };
    const world = server(config, ['A', 'B', 'C', 'D']);
    const sender = new Sender(world);
    for (const peer of ['A', 'B', 'C', 'D']) for (const from of [10, 20, 30]) ask(world, peer, from);
    // Two answers a peer, five in all.
    expect(served(world)).toEqual(['A 10..10', 'A 20..20', 'B 10..10', 'B 20..20', 'C 10..10']);
    sender.done('B');
    // The room is A's no more than anybody else's: A has its two.
    expect(served(world)).toEqual(['B 30..30']);
    sender.done('A');
    expect(served(world)).toEqual(['A 30..30']);
    sender.done('A');
    expect(served(world)).toEqual(['C 20..20']);
  });

  it('SERVE-4: requests in line are bounded over all peers', () => {
    const world = server({ serveBlocksPerPeerMax: 2, serveQueuedMax: 3 });
    for (const peer of ['A', 'B']) for (const height of [10, 11, 12, 13]) ask(world, peer, height);
    expect(effectsOf(world.effects, 'requestDropped').map(({ peer, reason }) => `${peer} ${reason}`)).toEqual([
      'B OVER_LIMIT',
    ]);
  });

  it('SERVE-4, PEER-2: what waited in line goes with its owner, and makes room for others', () => {
    const world = server({ serveBlocksPerPeerMax: 1, serveQueuedMax: 2 });
    const sender = new Sender(world);
    for (const peer of ['A', 'B', 'A', 'B']) ask(world, peer, 12);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    expect(maps.serving.size(world.facts.serving.byId)).toBe(2);
    expect(maps.queued.size(world.facts.serving.queue)).toBe(1);
    world.takeEffects();
    world.connect('C');
    for (const height of [13, 14]) ask(world, 'C', height);
    expect(effectsOf(world.effects, 'requestDropped')).toEqual([]);
    world.takeEffects();
    sender.done('A');
    expect(served(world)).toEqual([]);
    // Done with what it was being sent: nothing is left to remember of it.
    expect(getPeer(world.facts, 'A')).toBeUndefined();
    sender.done('B');
    expect(served(world)).toEqual(['B 12..12']);
  });

  it('SERVE-4: an outcome that nobody waits for changes nothing', () => {
    const world = server();
    ask(world, 'A', 10, 12);
    const before = world.facts;
    world.send({ type: 'blocksServed', serveId: 9_999 });
    expect(world.facts.serving).toEqual(before.serving);
    expect(getPeer(world.facts, 'A')?.serving).toBe(1);
  });

  it('SERVE-4: who was forgotten for want of room while it was served has no more room than before when it is back', () => {
    const world = server({ serveBlocksPerPeerMax: 1, peersMax: 2 });
    const sender = new Sender(world);
    ask(world, 'A', 10);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.connect('C');
    expect(getPeer(world.facts, 'A')).toBeUndefined();
    world.send({ type: 'peerDisconnected', peer: 'C' });
    world.connect('A');
    expect(getPeer(world.facts, 'A')).toMatchObject({ serving: 1 });
    world.takeEffects();
    ask(world, 'A', 11);
    expect(served(world)).toEqual([]);
    sender.done('A');
    expect(served(world)).toEqual(['A 11..11']);
  });

  it('SERVE-1: switched off with requests in line, they are dropped by name when their turn comes', () => {
    const world = server({ serveBlocksPerPeerMax: 1 });
    const sender = new Sender(world);
    ask(world, 'A', 10);
    ask(world, 'A', 11);
    world.send({ type: 'Server_Disable' });
    world.takeEffects();
    sender.done('A');
    expect(effectsOf(world.effects, 'requestDropped')).toEqual([
      { type: 'requestDropped', peer: 'A', reason: 'SERVER_DISABLED' },
    ]);
    expect(served(world)).toEqual([]);
    expect(getPeer(world.facts, 'A')).toMatchObject({ queued: 0, serving: 0 });
  });

  it.each([
    { waiting: 63, then: ['B 6..6'] },
    // The room is for B, whose turn is the sixty-fifth: it waits until there is room again.
    { waiting: 64, then: [] },
  ])(
    'SERVE-4: sixty-four waiting requests are looked at when there is room: of $waiting before it',
    ({ waiting, then }) => {
      const bytes = { blockBytesMax: 1_000, serveBytesPerPeerMax: 70_000, serveBytesMax: 71_000 };
      const world = server({ serveBlocksPerPeerMax: 70, ...bytes });
      const sender = new Sender(world);
      for (let i = 0; i < 70; i++) ask(world, 'A', 3);
      ask(world, 'B', 40);
      for (let i = 0; i < waiting; i++) ask(world, 'A', 5);
      ask(world, 'B', 6);
      expect(served(world)).toHaveLength(71);
      sender.done('B');
      expect(served(world)).toEqual(then);
      sender.done('A');
      sender.done('A');
      // With one of A's gone from before it, B is looked at in any case.
      expect(served(world).filter((each) => each.startsWith('B'))).toEqual(waiting === 64 ? ['B 6..6'] : []);
    },
  );

  it('SERVE-4: asked faster than the rate, requests of either kind are dropped, and the asker charged', () => {
    const world = server({ serveRequestsPerSecond: 0.5, serveRequestsBurst: 2 });
    ask(world, 'A', 10).send({ type: 'metadataRequested', peer: 'A' });
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    world.takeEffects();
    ask(world, 'A', 11).send({ type: 'metadataRequested', peer: 'A' });
    expect(effectsOf(world.effects, 'requestDropped').map(({ reason }) => reason)).toEqual(['FLOOD', 'FLOOD']);
    const charges = reportsOf(world.effects, 'charged', 'A').map(({ report }) => report);
    const flood = { kind: 'charged', offence: 'REQUEST_FLOOD', detail: 'asks more than it may', height: null };
    expect(charges).toEqual([
      { ...flood, score: -10 },
      { ...flood, score: -20 },
    ]);
    expect(effectsOf(world.effects, 'sendMetadata')).toEqual([]);
    // Each peer has a rate of its own.
    ask(world, 'B', 12);
    expect(served(world)).toEqual(['B 12..12']);
    world.pass(2_000);
    world.takeEffects();
    ask(ask(world, 'A', 13), 'A', 14);
    expect(served(world)).toEqual(['A 13..13']);
    world.pass(60_000);
    world.takeEffects();
    for (const height of [15, 16, 17]) ask(world, 'A', height);
    expect(served(world)).toEqual(['A 15..15', 'A 16..16']);
  });

  it('SERVE-2: metadata is what is held, and still told to who is cooling down', () => {
    const world = server();
    world.send({ type: 'peerMisbehaved', peer: 'A', offence: 'SPOOFED_ADDRESS', detail: 'x' });
    world.takeEffects();
    world.send({ type: 'metadataRequested', peer: 'A' });
    expect(world.effects).toEqual([{ type: 'sendMetadata', peer: 'A', minHeight: 3, maxHeight: 40 }]);
  });
});
