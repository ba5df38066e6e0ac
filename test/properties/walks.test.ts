import { describe, expect, it } from 'vitest';
import { leakedSlot } from '../../properties/campaign/canaries/leaked-slot.ts';
import { areWalksGood, describeWalks, runWalks } from '../../properties/campaign/walks-stage.ts';
import { checkWalks } from '../../properties/walks/check.ts';
import { WALK_PROPERTIES } from '../../properties/walks/watch.ts';
import { PROPERTIES } from '../../properties/index.ts';

describe('walks of the core alone, held against the properties', () => {
  it('nothing is broken in the core as it is, and a planted bug is caught', () => {
    const report = runWalks(2026, (runs) => runs >= 2);
    expect(describeWalks(report)).toMatch(/^Walks of the core alone: 100, .*; 0 broken\. Planted bug .*: caught\.$/);
    expect(areWalksGood(report)).toBe(true);
    expect(areWalksGood({ ...report, isCanaryCaught: false })).toBe(false);
    expect(WALK_PROPERTIES.length).toBeGreaterThan(PROPERTIES.length - 10);
  });

  it('SYNC-4: a broken walk is made small, told in words, and comes again with its seed', () => {
    const violation = checkWalks(7, leakedSlot);
    expect(violation).toMatchObject({ property: expect.stringMatching(/slots|facts/) as string });
    expect(violation?.lastEvents.some((line) => line.includes('timedOut') || line.includes('timed out'))).toBe(true);
    expect(checkWalks(7, leakedSlot)).toEqual(violation);
  });
});
