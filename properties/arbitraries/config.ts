import fc from 'fast-check';
import type { SyncConfig } from '../../src/protocol/config.ts';
import { resolveConfig } from '../../src/protocol/config.ts';
import { LIMIT_RATIO, LIMIT_VALUES } from '../simulation/limit-values.ts';

/**
 * Configurations that are allowed, small ones among them: a window of one, a buffer of one block. Shrinks towards the
 * defaults. Pass some settings to fix them.
 */
export function arbitraryConfig(fixed: Partial<SyncConfig> = {}): fc.Arbitrary<SyncConfig> {
  return fc
    .record({
      strategy: fc.constantFrom('asynchronous' as const, 'synchronous' as const),
      minPeers: fc.constantFrom(1, 2),
      blocksBehindMin: fc.constantFrom(1, 2, 4),
      trustClaims: fc.constantFrom(false, false, false, true),
      requestTimeoutMsMax: fc.constantFrom(10_000, 3_000),
      inFlightMax: fc.constantFrom(16, 8, 2, 1),
      inFlightPerPeerMax: fc.constantFrom(4, 1),
      requestBlocksMax: fc.constantFrom(1, 4),
      blockBytesMax: fc.constantFrom(4_000_000, 50_000, 1_000),
      bufferBlocksMax: fc.constantFrom(256, 32, 4, 1),
      bufferedAtLargest: fc.constantFrom(256, 16, 3, 1),
      recentBlocksMax: fc.constantFrom(1_024, 4),
      limits: arbitraryLimits(),
    })
    .map(({ bufferedAtLargest, limits, ...drawn }) => {
      const config = { ...limits, ...drawn, ...fixed };
      const { inFlightMax, blockBytesMax, requestBlocksMax } = config;
      return resolveConfig({
        inFlightPerPeerMax: Math.min(config.inFlightPerPeerMax, inFlightMax),
        bufferBlocksMax: Math.max(config.bufferBlocksMax, requestBlocksMax),
        bufferBytesMax: blockBytesMax * Math.max(bufferedAtLargest, requestBlocksMax),
        serveBytesPerPeerMax: Math.max(16 * 1_048_576, blockBytesMax),
        ...without(config, ['inFlightPerPeerMax', 'bufferBlocksMax']),
        ...fixed,
      });
    });
}

/** Some of the limits at other values than their defaults. Shrinks towards none. */
export function arbitraryLimits(): fc.Arbitrary<Partial<SyncConfig>> {
  const inTwenty = Math.round(20 * LIMIT_RATIO);
  const limits = Object.entries(LIMIT_VALUES).map(([name, values]) => {
    const other = fc.constantFrom(...values).map((value): readonly (readonly [string, number])[] => [[name, value]]);
    return fc.oneof({ weight: 20 - inTwenty, arbitrary: fc.constant([]) }, { weight: inTwenty, arbitrary: other });
  });
  return fc.tuple(...limits).map((drawn) => Object.fromEntries(drawn.flat()) as Partial<SyncConfig>);
}

function without<Value extends object>(value: Value, keys: readonly string[]): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) as Partial<Value>;
}
