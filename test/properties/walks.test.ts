import { describe, expect, it } from 'vitest';
import { leakedSlot } from '../../properties/campaign/canaries/leaked-slot.ts';
import { areWalksGood, describeWalks, runWalks } from '../../properties/campaign/walks-stage.ts';
import { checkWalks } from '../../properties/walks/check.ts';
import { WALK_PROPERTIES } from '../../properties/walks/watch.ts';
import type { Effect } from '../../src/core/effects.ts';
import { step } from '../../src/core/step.ts';
import { PROPERTIES } from '../../properties/index.ts';

describe('walks of the core alone, held against the properties', () => {
  it('nothing is broken in the core as it is, and a planted bug is caught', () => {
    const report = runWalks(2026, (runs) => runs >= 2);
    expect(describeWalks(report)).toMatch(/^Walks of the core alone: 100, .*; 0 broken\. Planted bug .*: caught\.$/);
    expect(areWalksGood(report)).toBe(true);
    expect(areWalksGood({ ...report, isCanaryCaught: false })).toBe(false);
    expect(WALK_PROPERTIES.length).toBeGreaterThan(PROPERTIES.length - 10);
  }, 60_000);

  it('SYNC-4: a broken walk is made small, told in words, and comes again with its seed', () => {
    const violation = checkWalks(9, leakedSlot);
    expect(violation).toMatchObject({ property: expect.stringMatching(/slots|facts/) as string });
    expect(violation?.lastEvents.some((line) => line.includes('timedOut') || line.includes('timed out'))).toBe(true);
    expect(checkWalks(9, leakedSlot)).toEqual(violation);
  });

  it('LIMIT: work that leads to work without end is told, and does not hang', () => {
    let asked: readonly Effect[] = [];
    const endless: typeof step = (state, event) => {
      const { state: after, effects } = step(state, event);
      const verifies = effects.filter(({ type }) => type === 'verifyBlocks');
      if (verifies.length > 0) asked = verifies;
      return { state: after, effects: event.type === 'blocksVerified' ? [...effects, ...asked] : effects };
    };
    expect(checkWalks(3, endless)?.detail).toContain('no end to it');
  });

  it('LIMIT: a block that is too large, and gets as far as the verifier, is told', () => {
    const heavy: typeof step = (state, event) => {
      const { state: after, effects } = step(state, event);
      const bytes = state.config.blockBytesMax + 1;
      const swollen = effects.map((effect) =>
        effect.type === 'verifyBlocks'
          ? { ...effect, blocks: effect.blocks.map((block) => ({ ...block, bytes })) }
          : effect,
      );
      return { state: after, effects: swollen };
    };
    expect(checkWalks(3, heavy)?.property).toBe('work-is-bounded');
  });
});
