import type { GenesisFile } from '../../adapters/ledger/index.ts';
import type { EffectOf } from '../../core/effects.ts';
import type { NodeStatus } from '../../node/index.ts';
import type { SyncConfig } from '../../protocol/config.ts';
import type { StatelyMessage } from '../../stately/index.ts';
import type { KeyPair } from '../../validation/index.ts';

/** What the demo says to the process of a member. */
export type Order =
  | { readonly type: 'run'; readonly settings: MemberSettings }
  /** A new block, encoded: take it as decided by consensus, and publish it. */
  | { readonly type: 'publish'; readonly block: Uint8Array }
  /** From now on it behaves like this towards others. */
  | { readonly type: 'conduct'; readonly conduct: Conduct }
  /** Stops the node, not the process: it may be ordered to run again. */
  | { readonly type: 'leave' }
  | { readonly type: 'stop' };

/** How a member behaves towards others. `silent`: it answers nothing. */
export type Conduct = 'honest' | 'tampers' | 'inflates' | 'silent';

export interface MemberSettings {
  readonly name: string;
  readonly privateKey: string;
  readonly genesis: GenesisFile;
  readonly directory: string;
  readonly peers: readonly string[];
  readonly config: Partial<SyncConfig>;
  readonly conduct: Conduct;
  /** The keys of the quorum that helps the one who tampers; empty for who never does. */
  readonly quorumKeys: readonly KeyPair[];
  /** File for its trace; null: none. */
  readonly trace: string | null;
  /** Its how manieth life this is, for the inspector; null: nobody looks on. */
  readonly inspectedRun: number | null;
  /** Its name in Stately's inspector; null: nobody looks on there. */
  readonly statelyName: string | null;
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
  /** For the inspector: what the node was told and answered, in pieces of a trace. */
  | { readonly type: 'feed'; readonly items: readonly FeedItem[] }
  /** For Stately's inspector. */
  | { readonly type: 'stately'; readonly message: StatelyMessage }
  | { readonly type: 'left' }
  | { readonly type: 'failed'; readonly message: string };

/** Where a piece begins, or one line of it. */
export type FeedItem = string | { readonly run: number; readonly after: number };

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
