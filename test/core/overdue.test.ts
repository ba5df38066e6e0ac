import { describe, expect, it } from 'vitest';
import type { Flow, Request } from '../../src/core/facts.ts';
import { delivered, inTurn, lostAt, newFlow, overdueAt, remainingMs, skippedAt } from '../../src/core/flow.ts';
import { resolveConfig } from '../../src/protocol/config.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const FRESH: Flow = newFlow(resolveConfig());
/** Ten blocks of 1,000 bytes, asked for at 1,000. */
const REQUEST = {
  ...{ id: 1, peer: 'A', from: 11, to: 20, purpose: 'sync', bytesMax: 15_000, begun: false, skipped: false },
  ...{ sentAt: 1_000, expectedBytes: 10_000, expectedMs: 400, deadline: 5_000 },
} as const satisfies Request;
/** 50 bytes a millisecond, and no answer under 30 ms: alone, 10 blocks and a share for their number take 220 ms. */
const KNOWN: Flow = { ...FRESH, quickestMs: 30, bytesPerMs: 50 };

describe('when an answer is overdue (OPT-1)', () => {
  it('OPT-1: of a peer never heard of, after one and a half times what is expected, lost after half as much again', () => {
    expect(overdueAt(REQUEST, FRESH)).toBe(1_600);
    expect(lostAt(REQUEST, FRESH)).toBe(1_900);
    expect(skippedAt(REQUEST, FRESH)).toBe(1_600);
  });

  it('OPT-1: of a peer that is silent, after one and a half times what it takes alone, since it was heard last', () => {
    expect(overdueAt(REQUEST, KNOWN)).toBe(1_330);
    expect(overdueAt(REQUEST, { ...KNOWN, heardAt: 1_200 })).toBe(1_530);
    expect(lostAt(REQUEST, { ...KNOWN, heardAt: 1_200 })).toBe(1_695);
    // What it delivered before it was asked does not count.
    expect(overdueAt(REQUEST, { ...KNOWN, heardAt: 500 })).toBe(1_330);
  });

  it('OPT-1: of one that goes on delivering other things, after twice what is expected', () => {
    expect(overdueAt(REQUEST, { ...KNOWN, heardAt: 1_790 })).toBe(1_800);
  });

  it('OPT-1: skipped, whenever it was heard last; and the fewer blocks, the more may one be larger', () => {
    expect(skippedAt(REQUEST, { ...KNOWN, heardAt: 1_200 })).toBe(1_330);
    expect(skippedAt({ ...REQUEST, to: 11, expectedBytes: 1_000 }, KNOWN)).toBe(1_060);
    // The quickest answer is a bound as well, and no answer is overdue within 40 ms.
    expect(skippedAt({ ...REQUEST, to: 11, expectedBytes: 500 }, KNOWN)).toBe(1_045);
    expect(skippedAt(REQUEST, { ...KNOWN, quickestMs: 1, bytesPerMs: 10_000 })).toBe(1_040);
    // What was expected when it was asked, where that is less.
    expect(skippedAt({ ...REQUEST, expectedMs: 100 }, KNOWN)).toBe(1_150);
  });

  it('OPT-1: one that was passed over is late and lost when it would be skipped; of who answers in order, at once', () => {
    const passed: Flow = { ...KNOWN, heardAt: 1_200, answeredSentAt: 1_001 };
    for (const at of [overdueAt, skippedAt, lostAt]) {
      expect(at(REQUEST, passed)).toBe(1_330);
      expect(at(REQUEST, { ...passed, inOrder: 3 })).toBe(1_330);
      expect(at(REQUEST, { ...passed, inOrder: 4 })).toBe(1_000);
      // Parts of it have come; or what was answered was asked for at the same time.
      expect(at({ ...REQUEST, begun: true }, { ...passed, inOrder: 4 })).toBeGreaterThanOrEqual(1_330);
      expect(at(REQUEST, { ...passed, answeredSentAt: 1_000, inOrder: 4 })).toBeGreaterThanOrEqual(1_330);
    }
  });

  it('OPT-1: answers in order are counted up to four; after one that is not, it takes 64 more', () => {
    const sent = (flow: Flow, ...times: number[]) => times.reduce(inTurn, flow);
    expect(sent(FRESH, 10, 20, 20)).toMatchObject({ inOrder: 3, answeredSentAt: 20 });
    const inOrder = sent(FRESH, 10, 20, 30, 40, 50);
    expect(inOrder).toMatchObject({ inOrder: 4, answeredSentAt: 50 });
    expect(sent(inOrder, 49)).toMatchObject({ inOrder: -64, answeredSentAt: 50 });
    expect(sent(inOrder, 49, 60)).toMatchObject({ inOrder: -63, answeredSentAt: 60 });
  });

  it('OPT-1: one that is overdue is expected to take as long again as it has taken', () => {
    expect(remainingMs(REQUEST, KNOWN, 1_000)).toBe(400);
    expect(remainingMs(REQUEST, KNOWN, 1_329)).toBe(164.5);
    expect(remainingMs(REQUEST, KNOWN, 1_330)).toBe(330);
  });

  it('OPT-1: a peer is heard with every part of an answer', () => {
    const first = delivered(FRESH, 1_000, 10, 5_000);
    expect(first.heardAt).toBe(5_000);
    expect(delivered(first, 1_000, 10, 5_001).heardAt).toBe(5_001);
    expect(delivered(first, 1_000, 10, 5_100).heardAt).toBe(5_100);
  });
});

describe('what is given up (OPT-1)', () => {
  const CONFIG = { hedgesMax: 4, inFlightPerPeerMax: 8 };

  /** A owes 10 and B 11 to 14; B has answered 12 and, when 11 is overdue, 13. */
  function skipped(config = {}): World {
    const world = new World({ config: { ...CONFIG, ...config } }).start().claim('A', 1, 10).claim('B', 1, 30);
    world.pass(20).answer('B', [blockAt(12)]);
    return world.pass(30).answer('B', [blockAt(13)]);
  }

  it('OPT-1, SYNC-4: costs the peer neither claim, score, speed nor slots, and it owes less', () => {
    const world = skipped();
    expect(reportsOf(world.effects, 'requestEnded').map(({ report }) => report)).toMatchObject([
      { result: 'answered', from: 12 },
      { result: 'answered', from: 13 },
      { result: 'skipped', from: 11, tookMs: 50 },
    ]);
    expect(reportsOf(world.effects, 'claimRefuted')).toEqual([]);
    expect(reportsOf(world.effects, 'charged')).toEqual([]);
    expect(world.asked.map(({ peer, from }) => `${peer} ${from}`).filter((ask) => ask === 'B 11')).toHaveLength(2);
    expect(world.facts.requests.inFlight).toBe(world.asked.length - 3);
  });

  it('LIMIT: nothing, with hedgesMax 0', () => {
    expect(reportsOf(skipped({ hedgesMax: 0 }).effects, 'requestEnded')).toHaveLength(2);
  });

  it('OPT-1, META-7: what is next and was let go is asked for again, and silence about that refutes', () => {
    const world = new World({ config: { hedgesMax: 1, inFlightPerPeerMax: 4 } }).start().claim('A', 1, 13);
    world.pass(20).answer('A', [blockAt(11)]);
    world.pass(30).answer('A', [blockAt(12)]);
    const requests = [...world.asked.map(({ from, purpose }) => `${purpose} ${from}`)];
    expect(requests).toEqual(['sync 10', 'sync 11', 'sync 12', 'sync 13', 'hedge 10']);
    world.answer('A', [blockAt(13)]);
    world.takeEffects();
    world.pass(1_000);
    expect(reportsOf(world.effects, 'claimRefuted').map(({ report }) => report)).toMatchObject([
      { height: 10, why: 'TIMED_OUT' },
    ]);
  });
});
