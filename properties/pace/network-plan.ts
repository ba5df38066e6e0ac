import type { SyncConfig } from '../../src/protocol/config.ts';
import type { PeerPlan } from '../links/peer-plan.ts';

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
