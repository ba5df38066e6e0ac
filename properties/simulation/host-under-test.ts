import type { Facts } from '../../src/core/facts.ts';
import type { NodeStatus, StateSyncNodeOptions } from '../../src/node/index.ts';
import { StateSyncNode } from '../../src/node/index.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';

/** What the owner of a node may ask of it while it runs (HOST-11). A host need not have any of it. */
export interface OwnersHost {
  startSyncing?(): void;
  setServerEnabled?(enabled: boolean): void;
  status?(): NodeStatus;
  whenSynced?(signal: AbortSignal): Promise<void>;
}

/** The host under test: `StateSyncNode`, or one's own that runs the core over the same ports. */
export interface HostUnderTest extends OwnersHost {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly state: Facts;
  blockFinalized(block: Pick<SyncBlock, 'height' | 'id' | 'contentId'>): void;
}

/** Makes the host under test from simulated ports. It must call `options.observe` after each event of the core. */
export type CreateHost = (options: StateSyncNodeOptions) => HostUnderTest;

export const createStateSyncNode: CreateHost = (options) => new StateSyncNode(options);
