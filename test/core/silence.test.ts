import { describe, expect, it } from 'vitest';
import { maps } from '../../src/core/facts.ts';
import { getPeer, knownPeer, putPeer } from '../../src/core/peers.ts';
import { beginTurn, endTurn } from '../../src/core/turn.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

/** What of this peer ended, and how, with the time that it took. */
function ended(world: World, peer: string) {
  return reportsOf(world.effects, 'requestEnded', peer).map(({ report }) => {
    return report.kind === 'requestEnded' ? `${report.result} ${report.from} after ${report.tookMs}` : '';
  });
}

function asks(world: World, peer: string) {
  return world.asked.filter((ask) => ask.peer === peer).map(({ from, purpose }) => `${purpose} ${from}`);
}

describe('a peer that is silent with all it owes (OPT-1)', () => {
  const CONFIG = { hedgesMax: 4, inFlightPerPeerMax: 3, requestTimeoutMsMin: 60_000, requestTimeoutMsMax: 60_000 };

  /** X owes what is next; A has answered once, after 40 ms, and owes 12, 13 and 14 since. */
  function silent(config = {}): World {
    const world = new World({ config: { ...CONFIG, ...config } }).start().claim('X', 1, 10).claim('A', 1, 40);
    expect(asks(world, 'A')).toEqual(['sync 11', 'sync 12', 'sync 13']);
    world.pass(40).answer('A', [blockAt(11)]);
    expect(asks(world, 'A').slice(3)).toEqual(['sync 14']);
    world.takeEffects();
    return world;
  }

  /** Lets the timer of requests fire every 10 ms, as it does where more is going on. */
  function watched(world: World, ms: number): World {
    for (let passed = 0; passed < ms; passed += 10) world.pass(10).send({ type: 'timerFired', timer: 'request' });
    return world;
  }

  it('OPT-1: lets go of the oldest once all of it is more likely lost than late, and is asked for something else', () => {
    const world = watched(silent(), 80);
    expect(ended(world, 'A')).toEqual([]);
    watched(world, 60);
    expect(ended(world, 'A')).toHaveLength(1);
    expect(ended(world, 'A')[0]).toMatch(/^skipped 12 after 1[3-8]0$/);
    expect(asks(world, 'A').slice(4)).toHaveLength(1);
    expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
    expect(getPeer(world.facts, 'A')).toMatchObject({ inFlight: 3 });
  });

  it('OPT-1: the next one only after twice as long, and so on', () => {
    const world = silent();
    const at: number[] = [];
    const begun = world.now;
    for (let passed = 1; passed <= 2_000; passed++) {
      world.pass(1).send({ type: 'timerFired', timer: 'request' });
      while (at.length < ended(world, 'A').length) at.push(world.now - begun);
    }
    // 12, 13 and 14 are from before it was heard; what is asked since is in vain, and each waits for twice as long.
    expect(at).toEqual([90, 270, 450, 630, 990, 1_710]);
  });

  it('OPT-1: an answer to what it was asked since frees it of the others', () => {
    const world = watched(silent(), 140);
    const asked = world.asked.filter(({ peer }) => peer === 'A').at(-1);
    world.pass(40).answer('A', [blockAt(asked?.from ?? 0)]);
    expect(ended(world, 'A').filter((each) => each.startsWith('skipped'))).toHaveLength(3);
  });

  it('SYNC-4: the answer to what was given up is used when it comes, and is no offence', () => {
    const world = silent();
    const requestId = world.requestOf('A', 12);
    watched(world, 140);
    const { bufferedBlocks } = world.facts.window;
    world.send({ type: 'blocksReceived', peer: 'A', requestId, blocks: [blockAt(12)] });
    expect(world.facts.window.bufferedBlocks).toBe(bufferedBlocks + 1);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
  });

  it('OPT-1: of a peer that was never heard nothing is given up, nor where nothing may be asked twice', () => {
    const fresh = new World({ config: CONFIG }).start().claim('X', 1, 10).claim('A', 1, 40);
    expect(ended(watched(fresh, 2_000), 'A')).toEqual([]);
    expect(ended(watched(silent({ hedgesMax: 0 }), 2_000), 'A')).toEqual([]);
  });

  it('OPT-1: what it owes below the next block is given up like any other', () => {
    const world = silent();
    world.answer('X', [blockAt(10)]);
    world.send({ type: 'newBlockReceived', peer: 'X', block: blockAt(12) });
    expect(world.height).toBe(12);
    expect(ended(watched(world, 140), 'A')[0]).toMatch(/^skipped 12 /);
  });

  it('META-7: what covers the next block runs its time', () => {
    const world = new World({ config: { ...CONFIG, inFlightPerPeerMax: 1 } }).start().claim('A', 1, 40);
    world.pass(40).answer('A', [blockAt(10)]);
    watched(world, 2_000);
    expect(ended(world, 'A').filter((each) => each.startsWith('skipped'))).toEqual([]);
  });

  it('OPT-1, SYNC-4: what is given up and forgotten at once is not looked at again', () => {
    const config = { ...CONFIG, inFlightPerPeerMax: 16, requestTimeoutMsMin: 1_000, requestTimeoutMsMax: 10_000 };
    const world = new World({ config }).start().claim('A', 1, 60);
    // The first request of a new peer has ten seconds, those after its first answers one. It is for the head, so it stays.
    for (const height of [11, 12, 13]) world.pass(30).answer('A', [blockAt(height)]);
    watched(world, 4_000);
    const peer = () => getPeer(world.facts, 'A');
    const remembered = () => (peer()?.requests.length ?? 0) - (peer()?.inFlight ?? 0);
    expect(remembered()).toBe(8);
    expect(peer()?.requests[0]).toBe(world.asked.find(({ from }) => from === 10)?.requestId);
    // Somebody else brings all that is next: now it may be let go of, and is the oldest that is remembered.
    world.claim('B', 1, 60);
    for (const { requestId, from } of world.asked.filter(({ peer }) => peer === 'B')) {
      world.send({ type: 'blocksReceived', peer: 'B', requestId, blocks: [blockAt(from)] });
    }
    const turn = beginTurn(world.facts);
    const known = knownPeer(turn, 'A');
    putPeer(turn, { ...known, flow: { ...known.flow, heardAt: world.now, answeredSentAt: null } });
    world.facts = endTurn(turn);
    expect(known.inFlight).toBe(2);
    watched(world, 2_000);
    expect(ended(world, 'A').filter((each) => each.startsWith('skipped 10'))).toHaveLength(1);
    expect(maps.requests.get(world.facts.requests.byId, known.requests[0] ?? 0)).toBeUndefined();
  });
});
