/** The node: the host loop over ports. */
export { StateSyncNode } from './state-sync-node.ts';
export type { NodePorts } from './effects.ts';
export type { FinalizedBlock, StateSyncNodeOptions } from './state-sync-node.ts';
export type { NodeStatus, PeerStatus, RequestStatus, ServedCounts, WindowStatus } from './status.ts';
export type { LastOffence, OffenceRecord } from './offence-log.ts';
export type * from './ports.ts';
