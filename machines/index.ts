export { operationModeMachine } from './operation-mode.ts';
export type { OperationMode, OperationModeEvent, OperationModeValue, ServerMode } from './operation-mode.ts';
export { blockRequestMachine } from './block-request.ts';
export type { BlockRequestEvent, BlockStage } from './block-request.ts';
export { peerMachine } from './peer.ts';
export type { PeerLife, PeerLifeEvent } from './peer.ts';
export { stateSyncChart, stateSyncConfig, WORLD_EVENTS } from './state-sync.ts';
export type { WorldEventName } from './state-sync.ts';
