import { describe, expect, it } from 'vitest';
import { drawPlan, NETWORK_KINDS } from './network/kinds.ts';
import { runNetwork } from '../../properties/pace/run-network.ts';
import { svgOf } from './plots/svg.ts';

const [kind] = NETWORK_KINDS;
if (kind === undefined) throw new Error('there are kinds of networks');
const SMALL = { ...kind, blocks: 200 };

describe('networks in virtual time', () => {
  it('gives the same figures for the same seed, and others for another', async () => {
    const [first, again, other] = [
      await runNetwork(drawPlan(SMALL, 3)),
      await runNetwork(drawPlan(SMALL, 3)),
      await runNetwork(drawPlan(SMALL, 4)),
    ];
    expect(again).toEqual(first);
    expect(other.totalMs).not.toBe(first.totalMs);
  });

  it.each([0, 1])('syncs the whole chain, not sooner than is possible, with %d liars', async (liars) => {
    for (const seed of [1, 2, 3, 4]) {
      const { height, overReachable } = await runNetwork(drawPlan({ ...SMALL, liars }, seed));
      expect(height).toBe(SMALL.blocks);
      expect(overReachable).toBeGreaterThanOrEqual(1);
    }
  });
});

describe('pictures', () => {
  it('has a line and a place in the legend for each contender', () => {
    const axis = { label: 'a < b', logarithmic: true };
    const lines = ['one', 'two'].map((name) => ({
      name,
      points: [
        [1, 10],
        [1_000, 20],
      ] as const,
    }));
    const svg = svgOf('title', { name: 'x', x: axis, y: axis, lines }, ['one', 'two']);
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(svg).toContain('a &lt; b');
    expect(svg).not.toContain('NaN');
  });
});
