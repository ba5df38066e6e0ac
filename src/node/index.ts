/** The node: the host loop over ports. */
export { StateSyncNode } from './state-sync-node.ts';
export type { NodePorts } from './effects.ts';
export type { StateSyncNodeOptions } from './state-sync-node.ts';
export type { NodeStatus, PeerStatus } from './status.ts';
export type * from './ports.ts';
