import { describe, expect, it } from 'vitest';
import { blocksAtOnce } from '../../src/core/ask-size.ts';
import type { Flow } from '../../src/core/facts.ts';
import { answered, asked, delivered, expectedMs, hopedForMs, newFlow, relieved, slowed } from '../../src/core/flow.ts';
import { getPeer } from '../../src/core/peers.ts';
import { beginTurn } from '../../src/core/turn.ts';
import { resolveConfig } from '../../src/protocol/config.ts';
import { blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { reportsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const FRESH: Flow = newFlow(resolveConfig());
/** What an answer says that came at once: no waiting in line. */
const PROMPT = { bytes: 1_000, sentAt: 0, tookMs: 2 };

/** `count` answers on end to a peer that always owes as much as it may. */
function answersWhileFull(flow: Flow, count: number, slotsMax = 64): Flow {
  let after = flow;
  for (let i = 0; i < count; i++) after = answered(after, PROMPT, after.slots, slotsMax);
  return after;
}

describe('how much a peer may owe (OPT-1)', () => {
  it('OPT-1: four requests at first, or as few as the setting says', () => {
    expect(FRESH.slots).toBe(4);
    expect(newFlow(resolveConfig({ inFlightPerPeerMax: 2 })).slots).toBe(2);
  });

  it('OPT-1: at first one more with every answer', () => {
    expect(answersWhileFull(FRESH, 5).slots).toBe(9);
  });

  it('LIMIT: never more than inFlightPerPeerMax', () => {
    expect(answersWhileFull(FRESH, 50, 16).slots).toBe(16);
  });

  it('OPT-1: no more for one that does not owe as much as it may', () => {
    expect(answered(FRESH, PROMPT, 3, 64).slots).toBe(4);
  });

  it('OPT-1: a quarter less when too many wait in line there, and then one more only with as many answers as it has slots', () => {
    const quick = answered({ ...FRESH, slots: 16 }, { bytes: 0, sentAt: 0, tookMs: 10 }, 1, 64);
    // Sixteen owed, and each takes ten times as long as one alone: nearly all of them wait.
    const crowded = answered(quick, { bytes: 0, sentAt: 0, tookMs: 100 }, 16, 64);
    expect(crowded.slots).toBe(12);
    expect(answersWhileFull(crowded, 11).slots).toBe(12);
    expect(answersWhileFull(crowded, 12).slots).toBe(13);
    expect(answersWhileFull(crowded, 12 + 13).slots).toBe(14);
  });

  it('OPT-1: with a few waiting in line it stays as it is, and the quick start is over', () => {
    const quick = answered({ ...FRESH, slots: 16 }, { bytes: 0, sentAt: 0, tookMs: 10 }, 1, 64);
    const busy = answered(quick, { bytes: 0, sentAt: 0, tookMs: 12 }, 16, 64);
    expect(busy.slots).toBe(16);
    expect(answersWhileFull(busy, 15).slots).toBe(16);
  });

  it('OPT-1: half as many after a timeout, and never none', () => {
    expect(slowed({ ...FRESH, slots: 9 }).slots).toBe(4);
    expect(slowed({ ...FRESH, slots: 1 }).slots).toBe(1);
    expect(answersWhileFull(slowed({ ...FRESH, slots: 8 }), 3).slots).toBe(4);
  });

  it('OPT-1, SYNC-4: a peer that lets requests time out is asked for less', () => {
    const world = new World({ config: { inFlightPerPeerMax: 16 } }).start().claim('A', 1, 100);
    for (const { from, to } of [...world.asked]) world.answer('A', blocksOf(from, to));
    expect(getPeer(world.facts, 'A')?.flow.slots).toBe(8);
    const before = world.asked.length;
    world.pass(3_000);
    // All eight that it owes: 8, 4, 2, 2, ..
    expect(reportsOf(world.effects, 'requestEnded').slice(4)).toHaveLength(8);
    expect(getPeer(world.facts, 'A')?.flow.slots).toBe(2);
    expect(world.asked).toHaveLength(before);
  });
});

describe('how fast a peer delivers', () => {
  it('OPT-1: the first answer tells at once', () => {
    expect(delivered(FRESH, 5_000, 100, 1_000).bytesPerMs).toBe(50);
    expect(delivered(FRESH, 5_000, 0, 1_000).bytesPerMs).toBe(5_000);
  });

  it('OPT-1: what has no bytes has no speed', () => {
    expect(delivered(FRESH, 0, 100, 1_000)).toEqual({ ...FRESH, heardAt: 1_000 });
  });

  it('OPT-1: then it is counted over twenty milliseconds or more, and smoothed', () => {
    const first = delivered(asked(FRESH, 1_000, true), 1_000, 100, 0);
    const soon = delivered(first, 2_000, 100, 19);
    expect(soon.bytesPerMs).toBe(10);
    // 4,000 bytes in 40 ms are 100 a millisecond: three quarters of the way.
    expect(delivered(soon, 2_000, 100, 40).bytesPerMs).toBeCloseTo(10 + 0.75 * (100 - 10));
  });

  it('OPT-1: slower than thought counts less, and only when answers wait in line: else too little was asked', () => {
    const busy = { ...FRESH, bytesPerMs: 100, quickestMs: 40, sinceAt: 0, sinceBytes: 0 };
    expect(delivered(busy, 2_000, 50, 40).bytesPerMs).toBe(100);
    expect(delivered(busy, 2_000, 56, 40).bytesPerMs).toBeCloseTo(100 - 0.3 * (100 - 50));
    expect(delivered({ ...busy, quickestMs: null }, 2_000, 56, 40).bytesPerMs).toBe(100);
  });

  it('OPT-1: what passes while nothing is owed does not count; a lone answer can only show it quicker', () => {
    const known = { ...FRESH, bytesPerMs: 10 };
    const asleep = asked({ ...known, sinceAt: 0, sinceBytes: 500 }, 1_000, true);
    expect(asleep).toMatchObject({ sinceAt: null, sinceBytes: 0 });
    expect(delivered(asleep, 1_000, 1_000, 60_000).bytesPerMs).toBe(10);
    expect(delivered(asleep, 1_000, 20, 60_000).bytesPerMs).toBe(50);
  });

  it('OPT-1: an answer is expected after what is owed already, and in no less than the quickest took', () => {
    expect(expectedMs({ flow: FRESH, inFlight: 0 }, 1_000)).toBe(100);
    expect(expectedMs({ flow: FRESH, inFlight: 2 }, 1_000)).toBe(300);
    const flow = { ...FRESH, quickestMs: 40, bytesPerMs: 10, owedBytes: 3_000 };
    expect(expectedMs({ flow, inFlight: 3 }, 100)).toBe(300 + 40);
    expect(expectedMs({ flow, inFlight: 3 }, 1_000)).toBe(300 + 100);
    expect(expectedMs({ flow: relieved(flow, 5_000), inFlight: 0 }, 100)).toBe(40);
  });
});

describe('when a peer may be hoped to answer', () => {
  it('OPT-1, A10: as it is expected to, but one that never gave anything not before its requests ran out', () => {
    expect(hopedForMs({ flow: FRESH, inFlight: 2, latencyMs: null })).toBe(300);
    expect(hopedForMs({ flow: FRESH, inFlight: 2, latencyMs: 200 })).toBe(300);
    expect(hopedForMs({ flow: FRESH, inFlight: 2, latencyMs: 10_000 })).toBe(10_000);
    const known = { ...FRESH, quickestMs: 40, bytesPerMs: 10 };
    expect(hopedForMs({ flow: known, inFlight: 2, latencyMs: 10_000 })).toBe(40);
  });
});

describe('how many blocks a request names', () => {
  const CONFIG = {
    requestBlocksFirst: 8,
    requestBlocksMax: 128,
    bufferBlocksMax: 4_096,
    inFlightMax: 1,
    inFlightPerPeerMax: 1,
  };

  function sizes(config: object, tookMs: number, rangeBlocksMax = 1_000): number[] {
    const world = new World({ config: { ...CONFIG, ...config } }).start();
    world.connect('A', rangeBlocksMax).claim('A', 1, 3_000);
    for (let i = 0; i < 3; i++) {
      const { from, to } = world.asked.at(-1) ?? { from: 0, to: 0 };
      world.pass(tookMs).answer('A', blocksOf(from, to));
    }
    return world.asked.map(({ from, to }) => to - from + 1);
  }

  it('OPT-1: eight at first, then as many as the peer sends in a tenth of a second', () => {
    // 8,000 bytes in 40 ms: 20 blocks in 100 ms; 20,000 in 40 ms: 50; 50,000 in 40 ms: 125.
    expect(sizes({}, 40)).toEqual([8, 20, 50, 125]);
  });

  it('OPT-1: of one that is far away no fewer than 8 KiB, until answers wait in line there', () => {
    // 8,000 bytes in 200 ms: four blocks in 100 ms; but nothing has waited in line.
    expect(sizes({}, 200)).toEqual([8, 8, 8, 8]);
    expect(sizes({ requestBlocksFirst: 2 }, 400)).toEqual([2, 5, 8, 8]);
  });

  it('OPT-1: by its speed alone, once answers have waited in line', () => {
    const world = new World({ config: CONFIG }).start();
    world.connect('A', 1_000).claim('A', 1, 3_000).pass(200).answer('A', blocksOf(10, 17));
    const peer = getPeer(world.facts, 'A');
    if (peer === undefined) throw new Error('A is connected');
    const sizeWith = (credit: number) =>
      blocksAtOnce(beginTurn(world.facts), { ...peer, flow: { ...peer.flow, credit } });
    expect([-1, 0].map(sizeWith)).toEqual([8, 4]);
  });

  it('OPT-1: so many take at most a second by what is known of it', () => {
    expect(sizes({}, 2_000)).toEqual([8, 4, 4, 4]);
  });

  it('OPT-1: one at a time of a slow one', () => {
    expect(sizes({}, 5_000)).toEqual([8, 1, 1, 1]);
  });

  it('LIMIT: no more than requestBlocksMax, and no more than the peer takes', () => {
    expect(sizes({ requestBlocksMax: 32 }, 40)).toEqual([8, 20, 32, 32]);
    expect(sizes({}, 40, 10)).toEqual([8, 10, 10, 10]);
  });
});
