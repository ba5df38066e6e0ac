import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/core/facts.ts';
import { answered, asked, delivered, mayOweMore, newFlow, slowed } from '../../src/core/flow.ts';
import { getPeer } from '../../src/core/peers.ts';
import { resolveConfig } from '../../src/protocol/config.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { World } from '../../properties/arbitraries/core-walk/core-world.ts';

const FRESH: Flow = newFlow(resolveConfig());
const KNOWN: Flow = { ...FRESH, slots: 4, quickestMs: 50, bytesPerMs: 10, isMeasured: true };

describe('how much a peer may owe, to the last (OPT-1)', () => {
  it('OPT-1: what it delivers in twice its quickest answer and 150 ms', () => {
    expect(mayOweMore({ flow: { ...KNOWN, owedBytes: 2_500 }, inFlight: 1, requests: [1] })).toBe(true);
    expect(mayOweMore({ flow: { ...KNOWN, owedBytes: 2_501 }, inFlight: 1, requests: [1] })).toBe(false);
    // Whoever owes nothing is asked, however slow it was.
    expect(mayOweMore({ flow: { ...KNOWN, owedBytes: 9_999 }, inFlight: 0, requests: [] })).toBe(true);
    expect(mayOweMore({ flow: { ...FRESH, owedBytes: 1e9 }, inFlight: 1, requests: [1] })).toBe(true);
  });

  it('OPT-1: but no more than what takes it 600 ms longer than its quickest answer', () => {
    const slow = { ...KNOWN, quickestMs: 1_000 };
    expect(mayOweMore({ flow: { ...slow, owedBytes: 16_000 }, inFlight: 1, requests: [1] })).toBe(true);
    expect(mayOweMore({ flow: { ...slow, owedBytes: 16_001 }, inFlight: 1, requests: [1] })).toBe(false);
    const less = { ...KNOWN, quickestMs: 450 };
    expect(mayOweMore({ flow: { ...less, owedBytes: 10_500 }, inFlight: 1, requests: [1] })).toBe(true);
    expect(mayOweMore({ flow: { ...less, owedBytes: 10_501 }, inFlight: 1, requests: [1] })).toBe(false);
  });

  it('OPT-1: while single answers only tell that it is at least so fast, as much as it has slots for', () => {
    const flow = { ...KNOWN, owedBytes: 9_999, isMeasured: false };
    expect(mayOweMore({ flow, inFlight: 3, requests: [1, 2, 3] })).toBe(true);
    expect(mayOweMore({ flow, inFlight: 4, requests: [1, 2, 3, 4] })).toBe(false);
    // It was counted over a while in which it always owed something.
    const counted = delivered(delivered(asked(FRESH, 4_000, true), 1_000, 100, 0), 1_000, 100, 20);
    expect([delivered(asked(FRESH, 1, true), 1_000, 100, 0).isMeasured, counted.isMeasured]).toEqual([false, true]);
    expect(newFlow(resolveConfig()).isMeasured).toBe(false);
  });

  it('OPT-1: only as many requests as it has slots', () => {
    expect(mayOweMore({ flow: KNOWN, inFlight: 3, requests: [1, 2, 3] })).toBe(true);
    expect(mayOweMore({ flow: KNOWN, inFlight: 4, requests: [1, 2, 3, 4] })).toBe(false);
  });

  it('OPT-1: of one that leaves answers out two may always be under way, if it has the slots', () => {
    const peer = { flow: { ...KNOWN, owedBytes: 9_999 }, requests: [1, 2] };
    expect(mayOweMore({ ...peer, inFlight: 1 })).toBe(true);
    expect(mayOweMore({ ...peer, inFlight: 2 })).toBe(false);
    expect(mayOweMore({ ...peer, inFlight: 2, requests: [1, 2, 3] })).toBe(false);
    expect(mayOweMore({ ...peer, flow: { ...KNOWN, owedBytes: 9_999, slots: 1 }, inFlight: 1 })).toBe(false);
  });

  it('OPT-1: a timeout leaves it half of its slots, and two if it had them', () => {
    const left = (slots: number) => slowed({ ...KNOWN, slots }).slots;
    expect([1, 2, 3, 4, 5, 16].map(left)).toEqual([1, 2, 2, 2, 2, 8]);
  });

  it('OPT-1: with one answer waiting in line it stays as it is; with four a slot is not lost yet, with more it is', () => {
    // Alone the answer takes about 50 + 50 ms; of 8 in flight, a share of (t - 100) / t waits.
    const slots = (tookMs: number, inFlight: number) => {
      return answered({ ...KNOWN, slots: 8, credit: 0 }, { bytes: 500, sentAt: 0, tookMs }, inFlight, 16);
    };
    expect(slots(115, 8)).toMatchObject({ slots: 8, credit: 1 });
    expect(slots(116, 8)).toMatchObject({ slots: 8, credit: 0 });
    expect(slots(204, 8)).toMatchObject({ slots: 8, credit: 0 });
    expect(slots(206, 8)).toMatchObject({ slots: 6, credit: 0 });
  });

  it('OPT-1: slots are lost once for all that waited in one line, and again when what was asked since waits too', () => {
    const crowded = (flow: Flow, sentAt: number) => answered(flow, { bytes: 500, sentAt, tookMs: 400 }, 16, 16);
    const once = crowded({ ...KNOWN, slots: 16, credit: 3 }, 0);
    expect(once).toMatchObject({ slots: 12, credit: 0, shrunkAt: 400 });
    expect(crowded(once, 399)).toMatchObject({ slots: 12, credit: 0, shrunkAt: 400 });
    expect(crowded(once, 400)).toMatchObject({ slots: 9, credit: 0, shrunkAt: 800 });
  });

  it('OPT-1: the quickest answer is taken at once, a slower one counts a sixty-fourth', () => {
    expect(answered(KNOWN, { bytes: 100, sentAt: 0, tookMs: 20 }, 1, 16).quickestMs).toBe(20);
    expect(answered(KNOWN, { bytes: 100, sentAt: 0, tookMs: 114 }, 1, 16).quickestMs).toBe(51);
  });

  it('OPT-1: an answer within 5 ms tells nothing of waiting in line', () => {
    const quick: Flow = { ...FRESH, slots: 8, credit: 0, quickestMs: 0, bytesPerMs: 1_000 };
    expect(answered(quick, { bytes: 10, sentAt: 0, tookMs: 5 }, 8, 16).slots).toBe(8);
    expect(answered(quick, { bytes: 10, sentAt: 0, tookMs: 6 }, 8, 16).slots).toBe(6);
  });
});

describe('how fast a peer delivers, to the last (OPT-1)', () => {
  const measuring: Flow = { ...KNOWN, sinceAt: 0, sinceBytes: 0 };

  it('OPT-1: twenty milliseconds are long enough', () => {
    expect(delivered(measuring, 400, 10, 19)).toMatchObject({ sinceBytes: 400, bytesPerMs: 10 });
    expect(delivered(measuring, 400, 10, 20)).toMatchObject({ sinceBytes: 0, sinceAt: 20, bytesPerMs: 17.5 });
  });

  it('OPT-1: the first measurement is taken as it is', () => {
    expect(delivered({ ...measuring, bytesPerMs: null }, 400, 10, 20).bytesPerMs).toBe(20);
  });

  it('OPT-1: a slower one counts when the answer took a quarter more than the quickest, and 5 ms', () => {
    expect(delivered(measuring, 100, 67.5, 20).bytesPerMs).toBe(10);
    expect(delivered(measuring, 100, 68, 20).bytesPerMs).toBe(8.5);
  });

  it('OPT-1: what is asked while an answer is owed goes on with the measurement; after a pause it begins anew', () => {
    const world = new World({ config: { inFlightPerPeerMax: 4 } }).start().claim('A', 1, 14);
    const flow = () => getPeer(world.facts, 'A')?.flow;
    world.pass(10).answer('A', [blockAt(10)]);
    expect(flow()).toMatchObject({ sinceAt: world.now, heardAt: world.now });
    world.claim('A', 1, 40);
    expect(world.asked.length).toBeGreaterThan(4);
    expect(flow()?.sinceAt).toBe(world.now);
    world.pass(5);
    for (const { from } of world.asked.slice(1)) world.answer('A', [blockAt(from)]);
    expect(flow()?.sinceAt).not.toBe(null);
  });
});
