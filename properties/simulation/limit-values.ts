import type { SyncConfig } from '../../src/protocol/config.ts';
import type { Random } from './random.ts';

type Limits = {
  readonly [Name in keyof SyncConfig as SyncConfig[Name] extends number ? Name : never]?: readonly number[];
};

/**
 * What limits may be instead of their defaults, one by one: tight ones, at which a limit that is not kept shows, and for
 * terms shorter and longer ones. A default that no run ever reaches proves nothing about the code that keeps it.
 */
export const LIMIT_VALUES: Limits = {
  metadataPeriodMs: [3_000, 20_000],
  requestTimeoutMsMin: [300, 3_000],
  requestBlocksFirst: [1, 8],
  verifyInFlightMax: [1, 2],
  verifyBlocksMax: [1, 3],
  applyBlocksMax: [1, 3],
  commitBlocksMax: [1, 3],
  absentBackoffMsMin: [100, 500],
  refutedBackoffMsMin: [1_000, 20_000],
  coolDownMsMin: [1_000, 20_000],
  banMsMin: [30_000, 120_000],
  scoreMax: [0, 5],
  serveBlocksPerPeerMax: [1, 4],
  serveRangeBlocksMax: [1, 5],
  serveQueuedMax: [1, 20],
  strangersPerSecond: [1],
  strangersBurst: [2],
  hostRetryMsMin: [200, 5_000],
};

/** Each limit is another one in so many runs. */
export const LIMIT_RATIO = 0.15;

export function drawLimits(random: Random): Partial<SyncConfig> {
  const drawn = Object.entries(LIMIT_VALUES).flatMap(([name, values]) => {
    return random.chance(LIMIT_RATIO) ? [[name, random.pick(values)] as const] : [];
  });
  return Object.fromEntries(drawn);
}
