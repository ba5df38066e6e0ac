import type { NetworkPlan } from '../../../properties/pace/network-plan.ts';
import { drawBetween, drawing, drawLink, LIES, NO_FAILURES } from '../../../properties/links/peer-plan.ts';
import type { SyncConfig } from '../../../src/protocol/config.ts';

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

export function drawPlan(kind: NetworkKind, seed: number, config: Partial<SyncConfig> = {}): NetworkPlan {
  const draw = drawing(seed);
  const peers = Array.from({ length: kind.peers }, (_, i) => ({
    id: `peer ${String(i + 1).padStart(2, '0')}`,
    ...drawLink(draw),
    lie: i < kind.liars ? (LIES[(i + seed) % LIES.length] ?? null) : null,
    fails: NO_FAILURES,
  }));
  const size = [kind.bytesMin, kind.bytesMax] as const;
  const blockBytes = Array.from({ length: kind.blocks }, () => Math.round(drawBetween(draw, size)));
  const { name, applyMsPerBlock } = kind;
  return { name, seed, peers, blockBytes, applyMsPerBlock, verifyMsPerBlock: 0.1, commitMs: 5, config };
}
