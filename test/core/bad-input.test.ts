import { describe, expect, it } from 'vitest';
import type { SyncEvent } from '../../src/index.ts';
import { createFacts, getAggregatedStateSyncMetadata, isSynced, restoreSnapshot, step } from '../../src/index.ts';

const start: readonly SyncEvent[] = [
  { type: 'Start', now: 0 },
  { type: 'P2P_IsBootstrapped', now: 0 },
  { type: 'peerConnected', peer: 'A', rangeBlocksMax: 1, now: 0 },
  { type: 'metadataReceived', peer: 'A', minHeight: 1, maxHeight: 100, now: 0 },
];

describe('input of a host that brings its own transport and store', () => {
  it.each([NaN, Infinity, -1, 1.5, 2 ** 60])('META-5: a claim of height %s is charged, and nothing else', (height) => {
    const claim: SyncEvent = { type: 'metadataReceived', peer: 'A', minHeight: 1, maxHeight: height, now: 1 };
    const state = start.reduce((facts, event) => step(facts, event).state, createFacts({ local: LOCAL }));
    const { state: after, effects } = step(state, claim);
    expect(getAggregatedStateSyncMetadata(after)).toEqual({ minHeight: 1, maxHeight: 100 });
    expect(isSynced(after)).toBe(false);
    expect(effects).toContainEqual(
      expect.objectContaining({ report: expect.objectContaining({ offence: 'MALFORMED_MESSAGE' }) as object }),
    );
  });

  it.each([
    [5, 4],
    [0, 4],
    [-1, 4],
    [1, NaN],
    [1, 2 ** 60],
  ])('a store that says it holds %s..%s is refused', (minHeight, maxHeight) => {
    expect(() => createFacts({ local: { minHeight, maxHeight, tipId: 'x' } })).toThrow('CONFIG_INVALID');
  });

  it('a persisted snapshot with a setting that is none is refused', () => {
    const facts = createFacts({ local: LOCAL });
    const context = { ...facts, config: { ...facts.config, inFlightMax: 'many' } };
    expect(() => restoreSnapshot({ value: facts.control, context })).toThrow('SNAPSHOT_INVALID');
    expect(restoreSnapshot({ value: facts.control, context: facts }).context).toEqual(facts);
  });
});

const LOCAL = { minHeight: 1, maxHeight: 9, tipId: 'state 9' };
