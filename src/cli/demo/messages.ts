import type { GenesisFile } from '../../adapters/ledger/index.ts';
import type { EffectOf } from '../../core/effects.ts';
import type { NodeStatus } from '../../node/index.ts';
import type { SyncConfig } from '../../protocol/config.ts';
import type { KeyPair } from '../../validation/index.ts';
import type { Role } from './cast.ts';

/** What the demo says to the process of a member. */
export type Order =
  | { readonly type: 'run'; readonly settings: MemberSettings }
  /** A new block, encoded: take it as decided by consensus, and publish it. */
  | { readonly type: 'publish'; readonly block: Uint8Array }
  | { readonly type: 'stop' };

export interface MemberSettings {
  readonly name: string;
  readonly privateKey: string;
  readonly genesis: GenesisFile;
  readonly directory: string;
  readonly peers: readonly string[];
  readonly config: Partial<SyncConfig>;
  readonly role: Role;
  /** The keys of the quorum that helps the one who tampers; empty for everybody else. */
  readonly quorumKeys: readonly KeyPair[];
  /** File for its trace; null: none. */
  readonly trace: string | null;
}

/** What the process of a member reports. */
export type Report =
  /** The code is loaded; `run` can be ordered. */
  | { readonly type: 'loaded' }
  | { readonly type: 'started'; readonly addresses: readonly string[] }
  | { readonly type: 'notice'; readonly notice: ReportedNotice }
  | { readonly type: 'status'; readonly status: NodeStatus }
  /** Something beside the run went wrong: its trace. */
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'failed'; readonly message: string };

/** The effects of a node that the demo tells about. */
export const REPORTED = [
  'modeChanged',
  'targetChanged',
  'reportPeer',
  'rollbackBlocks',
  'hostFaulted',
  'localStateSuspect',
] as const;
export type ReportedNotice = EffectOf<(typeof REPORTED)[number]>;
