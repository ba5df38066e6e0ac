import { StateSyncError } from './errors.ts';

/** How blocks are asked for (SYNC-2). */
export type Strategy = 'synchronous' | 'asynchronous';

/** Every knob and every limit of the protocol (LIMIT), with its unit in its name. Inclusive bounds. */
export interface SyncConfig {
  /** `synchronous`: one block asked for, applied and committed before the next is asked for. */
  readonly strategy: Strategy;
  /** How many peers' credible claims it takes to conclude "synced" (META-8). 0 only for a lone or genesis node. */
  readonly minPeers: number;
  /** How many blocks behind the aggregate a synced node must be to call itself unsynced (MODE-4). */
  readonly blocksBehindMin: number;
  /** `true` lets an untested claim push a synced node into Unsynced, the design document's literal rule (META-10). */
  readonly trustClaims: boolean;
  readonly serverEnabled: boolean;

  readonly metadataPeriodMs: number;
  /** Each period is drawn from `metadataPeriodMs * (1 -+ this)`. */
  readonly metadataJitterRatio: number;
  readonly metadataUnaskedPerSecond: number;
  readonly metadataUnaskedBurst: number;

  readonly requestTimeoutMsMax: number;
  readonly requestTimeoutMsMin: number;
  /** Requests in flight, of all peers. */
  readonly inFlightMax: number;
  /** The most that one peer may owe at a time; within this it goes by what the peer delivers (OPT-1). */
  readonly inFlightPerPeerMax: number;
  /** How many blocks may be asked of a second peer at a time, because everything waits for the first (OPT-1). */
  readonly hedgesMax: number;
  /** The longest range one request may name. */
  readonly requestBlocksMax: number;
  /** The longest range that a peer is asked for before it was seen to deliver anything. */
  readonly requestBlocksFirst: number;
  readonly bufferBlocksMax: number;
  readonly bufferBytesMax: number;
  /** How many pieces of verification are under way at once, and how many blocks one piece has. */
  readonly verifyInFlightMax: number;
  readonly verifyBlocksMax: number;
  /** How many blocks are applied in one piece of work, and how many are made durable by one write. */
  readonly applyBlocksMax: number;
  readonly commitBlocksMax: number;
  /** How many bytes of blocks are made durable by one write; one block always may. */
  readonly commitBytesMax: number;
  /** max_block_bytes of the genesis. */
  readonly blockBytesMax: number;

  readonly peersMax: number;
  /** How long a claim stays refuted at first, and at most: after "I do not have it", after anything worse, in the end. */
  readonly absentBackoffMsMin: number;
  readonly refutedBackoffMsMin: number;
  readonly refutedBackoffMsMax: number;
  readonly coolDownMsMin: number;
  readonly coolDownMsMax: number;
  readonly banMsMin: number;
  readonly banMsMax: number;
  /** A peer whose score falls to this or below cools down. Scores start at 0. */
  readonly scoreCoolDown: number;
  /** A peer whose score falls to this or below is banned. */
  readonly scoreBan: number;
  /** The highest score good service can earn. */
  readonly scoreMax: number;
  readonly unsolicitedPerSecond: number;
  readonly unsolicitedBurst: number;

  /** Answers under way to one peer, and its requests that wait: of an answer, one part is in memory at a time. */
  readonly serveBlocksPerPeerMax: number;
  /** The longest range that is served for one request. */
  readonly serveRangeBlocksMax: number;
  readonly serveBytesPerPeerMax: number;
  readonly serveBytesMax: number;
  readonly serveRequestsPerSecond: number;
  readonly serveRequestsBurst: number;
  /** Requests that wait for room, of all peers. */
  readonly serveQueuedMax: number;

  /** Announcements by authors who are not connected. */
  readonly strangersPerSecond: number;
  readonly strangersBurst: number;

  /** Wait after the executor or the store threw, doubling between these (APPLY-5). */
  readonly hostRetryMsMin: number;
  readonly hostRetryMsMax: number;
  /** A timer that fires later than this means the clock leapt or the process slept: no peer is charged for that time. */
  readonly clockLeapMs: number;
  /** How many committed heights' ids are remembered, to judge late answers. */
  readonly recentBlocksMax: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const MEBIBYTE = 1_048_576;

/** The defaults of LIMIT, all in this one place. */
export const DEFAULT_CONFIG: SyncConfig = {
  strategy: 'asynchronous',
  minPeers: 1,
  blocksBehindMin: 1,
  trustClaims: false,
  serverEnabled: true,

  metadataPeriodMs: 10 * SECOND,
  metadataJitterRatio: 0.2,
  metadataUnaskedPerSecond: 1,
  metadataUnaskedBurst: 5,

  requestTimeoutMsMax: 10 * SECOND,
  requestTimeoutMsMin: 1 * SECOND,
  inFlightMax: 256,
  inFlightPerPeerMax: 16,
  hedgesMax: 4,
  requestBlocksMax: 128,
  requestBlocksFirst: 2,
  bufferBlocksMax: 16_384,
  bufferBytesMax: 96 * MEBIBYTE,
  verifyInFlightMax: 4,
  verifyBlocksMax: 32,
  applyBlocksMax: 128,
  commitBlocksMax: 512,
  commitBytesMax: 4 * 1_024 * 1_024,
  blockBytesMax: 4_000_000,

  peersMax: 10_000,
  absentBackoffMsMin: 20,
  refutedBackoffMsMin: 5 * SECOND,
  refutedBackoffMsMax: 5 * MINUTE,
  coolDownMsMin: 5 * SECOND,
  coolDownMsMax: 5 * MINUTE,
  banMsMin: 10 * MINUTE,
  banMsMax: 24 * HOUR,
  scoreCoolDown: -30,
  scoreBan: -100,
  scoreMax: 20,
  unsolicitedPerSecond: 1,
  unsolicitedBurst: 5,

  serveBlocksPerPeerMax: 32,
  serveRangeBlocksMax: 1_024,
  serveBytesPerPeerMax: 16 * MEBIBYTE,
  serveBytesMax: 128 * MEBIBYTE,
  serveRequestsPerSecond: 2_000,
  serveRequestsBurst: 4_000,
  serveQueuedMax: 1_024,

  strangersPerSecond: 10,
  strangersBurst: 20,

  hostRetryMsMin: 1 * SECOND,
  hostRetryMsMax: 1 * MINUTE,
  clockLeapMs: 30 * SECOND,
  recentBlocksMax: 1_024,
};

/** Room for what is around a block in a message (LIMIT). */
export const MESSAGE_OVERHEAD_BYTES = 65_536;

/**
 * The defaults with `overrides` laid over them.
 * @throws StateSyncError CONFIG_INVALID, naming the field, when a value is out of range or two contradict each other.
 */
export function resolveConfig(overrides: Partial<SyncConfig> = {}): SyncConfig {
  const config = { ...DEFAULT_CONFIG, ...overrides };
  for (const name of Object.keys(config) as (keyof SyncConfig)[]) {
    if (!(name in DEFAULT_CONFIG)) fail(name, 'is not a setting of this package');
    const expected = typeof DEFAULT_CONFIG[name];
    if (typeof config[name] !== expected) fail(name, `must be a ${expected}`);
    if (expected === 'number') checkNumber(name, config[name] as number);
  }
  const strategies: readonly string[] = ['synchronous', 'asynchronous'] satisfies Strategy[];
  if (!strategies.includes(config.strategy)) fail('strategy', `must be one of: ${strategies.join(', ')}`);
  checkPairs(config);
  return config;
}

const MAY_BE_ZERO: ReadonlySet<keyof SyncConfig> = new Set([
  'minPeers',
  'metadataJitterRatio',
  'scoreMax',
  'hedgesMax',
]);
const MAY_BE_NEGATIVE: ReadonlySet<keyof SyncConfig> = new Set(['scoreCoolDown', 'scoreBan']);
const MAY_BE_FRACTION: ReadonlySet<keyof SyncConfig> = new Set([
  'metadataJitterRatio',
  'metadataUnaskedPerSecond',
  'unsolicitedPerSecond',
  'serveRequestsPerSecond',
  'strangersPerSecond',
]);

function checkNumber(name: keyof SyncConfig, value: number): void {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) fail(name, 'must be a finite number');
  if (!MAY_BE_FRACTION.has(name) && !Number.isInteger(value)) fail(name, 'must be a whole number');
  if (MAY_BE_NEGATIVE.has(name)) return value < 0 ? undefined : fail(name, 'must be below 0');
  if (value < 0 || (value === 0 && !MAY_BE_ZERO.has(name)))
    fail(name, MAY_BE_ZERO.has(name) ? 'must be 0 or more' : 'must be above 0');
}

function checkPairs(config: SyncConfig): void {
  const ordered: readonly (readonly [keyof SyncConfig, keyof SyncConfig])[] = [
    ['requestTimeoutMsMin', 'requestTimeoutMsMax'],
    ['absentBackoffMsMin', 'refutedBackoffMsMin'],
    ['refutedBackoffMsMin', 'refutedBackoffMsMax'],
    ['coolDownMsMin', 'coolDownMsMax'],
    ['banMsMin', 'banMsMax'],
    ['hostRetryMsMin', 'hostRetryMsMax'],
    ['scoreBan', 'scoreCoolDown'],
    ['inFlightPerPeerMax', 'inFlightMax'],
    ['requestBlocksMax', 'bufferBlocksMax'],
    ['blockBytesMax', 'bufferBytesMax'],
    ['blockBytesMax', 'serveBytesPerPeerMax'],
    ['serveBytesPerPeerMax', 'serveBytesMax'],
    ['minPeers', 'peersMax'],
  ];
  for (const [low, high] of ordered) {
    if (config[low] > config[high]) fail(low, `must not be above ${high} (${String(config[high])})`);
  }
  if (config.metadataJitterRatio >= 1) fail('metadataJitterRatio', 'must be below 1');
}

function fail(name: string, problem: string): never {
  throw new StateSyncError('CONFIG_INVALID', `setting "${name}" ${problem}`);
}
