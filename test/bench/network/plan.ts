import { nextRandom } from '../../../src/core/random.ts';
import type { SyncConfig } from '../../../src/protocol/config.ts';

/** How a peer that is not honest behaves; each claims the whole chain, and answers for metadata. */
export type Lie =
  /** Its blocks do not verify. */
  | 'tamper'
  /** It never answers for a block. */
  | 'silent'
  /** It says that it has none of the blocks. */
  | 'absent'
  /** It claims blocks above the chain's end, and is silent about those; the others it serves. */
  | 'inflate';

export const LIES: readonly Lie[] = ['tamper', 'silent', 'absent', 'inflate'];

export interface PeerPlan {
  readonly id: string;
  /** What its link carries; one message after the other. */
  readonly bytesPerMs: number;
  /** How long a request and the first byte of its answer are under way, together. */
  readonly roundTripMs: number;
  /** null: it is honest. */
  readonly lie: Lie | null;
  /** The shares of requests whose sending fails, that are answered with "no block", and that are not answered. */
  readonly fails: { readonly send: number; readonly absent: number; readonly silent: number };
}

/** A network and a chain; everything that a run is made of. */
export interface NetworkPlan {
  readonly name: string;
  readonly seed: number;
  readonly peers: readonly PeerPlan[];
  /** Of each block, from height 1 on. */
  readonly blockBytes: readonly number[];
  readonly applyMsPerBlock: number;
  readonly verifyMsPerBlock: number;
  /** What one commit takes, however many blocks it has. */
  readonly commitMs: number;
  readonly config: Partial<SyncConfig>;
}

export const NO_FAILURES: PeerPlan['fails'] = { send: 0, absent: 0, silent: 0 };

export interface NetworkKind {
  readonly name: string;
  readonly peers: number;
  readonly blocks: number;
  readonly bytesMin: number;
  readonly bytesMax: number;
  readonly applyMsPerBlock: number;
  /** How many of the peers lie. */
  readonly liars: number;
}

/** From about 3 s to about 40 s at full use of all links. */
const SIZES: readonly Omit<NetworkKind, 'liars'>[] = [
  { name: '4 peers, 5,000 x 20 kB', peers: 4, blocks: 5_000, bytesMin: 20_000, bytesMax: 20_000, applyMsPerBlock: 0 },
  {
    name: '12 peers, 20,000 x 0.5-50 kB',
    peers: 12,
    blocks: 20_000,
    bytesMin: 500,
    bytesMax: 50_000,
    applyMsPerBlock: 0,
  },
  {
    name: '12 peers, 2,000 x 0.1-1 MB',
    peers: 12,
    blocks: 2_000,
    bytesMin: 100_000,
    bytesMax: 1_000_000,
    applyMsPerBlock: 0,
  },
  {
    name: '48 peers, 20,000 x 30-60 kB',
    peers: 48,
    blocks: 20_000,
    bytesMin: 30_000,
    bytesMax: 60_000,
    applyMsPerBlock: 0,
  },
  {
    name: '12 peers, 10,000 x 5 kB, apply 1 ms',
    peers: 12,
    blocks: 10_000,
    bytesMin: 5_000,
    bytesMax: 5_000,
    applyMsPerBlock: 1,
  },
];

export const NETWORK_KINDS: readonly NetworkKind[] = [
  ...SIZES.map((size) => ({ ...size, liars: 0 })),
  ...SIZES.map((size) => ({ ...size, name: `${size.name}, a third lies`, liars: Math.floor(size.peers / 3) })),
];

const BYTES_PER_MS_MIN = 500;
const BANDWIDTH_RATIO = 10;
const ROUND_TRIP_MS_MIN = 5;
const ROUND_TRIP_MS_MAX = 300;

/** Bandwidths of 0.5 to 5 MB/s and round trips of 5 to 300 ms, both spread evenly by their logarithm. */
export function drawPlan(kind: NetworkKind, seed: number, config: Partial<SyncConfig> = {}): NetworkPlan {
  const draw = drawing(seed);
  const between = (min: number, max: number) => min * (max / min) ** draw();
  const peers = Array.from({ length: kind.peers }, (_, i) => ({
    id: `peer ${String(i + 1).padStart(2, '0')}`,
    bytesPerMs: between(BYTES_PER_MS_MIN, BYTES_PER_MS_MIN * BANDWIDTH_RATIO),
    roundTripMs: between(ROUND_TRIP_MS_MIN, ROUND_TRIP_MS_MAX),
    lie: i < kind.liars ? (LIES[(i + seed) % LIES.length] ?? null) : null,
    fails: NO_FAILURES,
  }));
  const blockBytes = Array.from({ length: kind.blocks }, () => Math.round(between(kind.bytesMin, kind.bytesMax)));
  const { name, applyMsPerBlock } = kind;
  return { name, seed, peers, blockBytes, applyMsPerBlock, verifyMsPerBlock: 0.1, commitMs: 5, config };
}

/** Draws from 0 to below 1. */
export function drawing(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    const drawn = nextRandom(state);
    state = drawn.state;
    return drawn.value;
  };
}
