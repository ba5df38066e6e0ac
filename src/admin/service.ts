import type { NodeStatus } from '../node/index.ts';

/** How the endpoint names itself. */
export const SERVICE = 'pocket-state-sync';
export const ADMIN_HOST = '127.0.0.1';
export const ADMIN_PORT = 42_080;

/** What `/status` answers. */
export interface StatusAnswer {
  readonly service: typeof SERVICE;
  /** Of the package. */
  readonly version: string;
  readonly address: string;
  readonly networkId: string;
  readonly uptimeMs: number;
  /** Of `status.peers`, how many there are; the answer holds `PEERS_MAX` at most, connected ones first. */
  readonly peersKnown: number;
  readonly status: NodeStatus;
}

/** How many peers an answer holds at most. */
export const PEERS_MAX = 1_000;
/** How long an answer may be, in bytes: ample for that. */
export const ANSWER_BYTES_MAX = 8 * 1_048_576;
