import { expect, it } from 'vitest';
import { TokenBucket } from '../../src/adapters/libp2p/token-bucket.ts';
import { Refusals } from '../../src/adapters/refusals.ts';

it('PEER-1: a refusal ends in its time, and a shorter one does not cut it short', () => {
  let nowMs = 0;
  const refusals = new Refusals(10, () => nowMs);
  refusals.refuse('a', 100);
  refusals.refuse('a', 50);
  refusals.refuse('b', 0);
  expect([refusals.has('a'), refusals.has('b')]).toEqual([true, false]);
  nowMs = 99;
  expect(refusals.has('a')).toBe(true);
  nowMs = 100;
  expect(refusals.has('a')).toBe(false);
});

it('LIMIT: a full table of refusals forgets the one that ends first', () => {
  const refusals = new Refusals(3, () => 0);
  for (const [peer, refuseMs] of [
    ['a', 300],
    ['b', 100],
    ['c', 200],
    ['d', 400],
  ] as const) {
    refusals.refuse(peer, refuseMs);
  }
  expect(['a', 'b', 'c', 'd'].filter((peer) => refusals.has(peer))).toEqual(['a', 'c', 'd']);
});

it('A28, A43: a rate lets its burst through, then its rate, and a clock set back gives nothing', () => {
  let nowMs = 1_000;
  const bucket = new TokenBucket(10, 3, () => nowMs);
  const takes = (count: number) => Array.from({ length: count }, () => bucket.take()).filter(Boolean).length;
  expect(takes(5)).toBe(3);
  nowMs += 200;
  expect(takes(5)).toBe(2);
  nowMs -= 500;
  expect(takes(5)).toBe(0);
  nowMs += 1_000_000;
  expect(takes(5)).toBe(3);
});
