import { createLedger } from '../adapters/ledger/index.ts';
import type { Genesis } from '../adapters/ledger/index.ts';
import { createLevelStore } from '../adapters/level-store.ts';
import { createLibp2pTransport } from '../adapters/libp2p/index.ts';
import type { Libp2pNodeTransport } from '../adapters/libp2p/index.ts';
import { createNodeCryptoVerifier } from '../adapters/node-crypto.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import { StateSyncNode } from '../node/index.ts';
import type { BlockCodec, BlockStore, Executor, StateSyncNodeOptions, Transport } from '../node/index.ts';
import type { SyncConfig } from '../protocol/config.ts';
import { createPocketVerifier } from '../validation/index.ts';
import { createPocketCodec } from '../wire/index.ts';

export interface PocketNodeSettings {
  /** 128 hex characters: seed, then public key. */
  readonly privateKey: string;
  readonly genesis: Genesis;
  /** Where the block store is. */
  readonly directory: string;
  /** Multiaddrs. */
  readonly listen?: readonly string[];
  readonly peers?: readonly string[];
  /** `blockBytesMax` is the genesis' own. */
  readonly config?: Partial<SyncConfig>;
  readonly onInternalError?: (error: unknown) => void;
  /** Who looks on: traces, metrics, inspectors. */
  readonly observers?: readonly NonNullable<StateSyncNodeOptions['observe']>[];
  /** Puts something between the node and its network. */
  readonly wrapTransport?: (transport: Transport) => Transport;
}

/** A Pocket node with all its parts: libp2p, LevelDB, the ledger, node:crypto. Not started. */
export interface PocketNode {
  readonly node: StateSyncNode;
  readonly transport: Libp2pNodeTransport;
  readonly store: BlockStore;
  readonly executor: Executor;
  readonly codec: BlockCodec;
}

/** The one place where a node's parts are put together. @throws StateSyncError KEY_INVALID, CONFIG_INVALID */
export function createPocketNode(settings: PocketNodeSettings): PocketNode {
  const {
    privateKey,
    genesis,
    directory,
    listen,
    peers,
    config,
    onInternalError,
    observers = [],
    wrapTransport,
  } = settings;
  const { networkId, blockBytesMax } = genesis;
  const codec = createPocketCodec({ blockBytesMax });
  const signatures = createNodeCryptoVerifier();
  const store = createLevelStore({ directory, codec, network: { networkId, genesisHash: genesis.hash } });
  const executor = createLedger({ genesis, signatures });
  const transport = createLibp2pTransport({
    privateKey,
    codec,
    ...(listen === undefined ? {} : { listen }),
    ...(peers === undefined ? {} : { peers }),
  });
  const node = new StateSyncNode({
    transport: wrapTransport === undefined ? transport : wrapTransport(transport),
    store,
    executor,
    verifier: createPocketVerifier({ networkId, blockBytesMax, signatures }),
    clock: createSystemClock(),
    config: { ...config, blockBytesMax },
    ...(observers.length === 0 ? {} : { observe: allOf(observers) }),
    ...(onInternalError === undefined ? {} : { onInternalError }),
  });
  return { node, transport, store, executor, codec };
}

function allOf(observers: NonNullable<PocketNodeSettings['observers']>): NonNullable<StateSyncNodeOptions['observe']> {
  return (...seen) => {
    for (const observe of observers) observe(...seen);
  };
}
