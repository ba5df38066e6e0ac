import { createMemoryNetwork, createMemoryStore } from '../../src/adapters/memory.ts';
import {
  createChainBuilder,
  createLedger,
  createTransactionSource,
  makeGenesis,
  parseGenesis,
  seededKeys,
} from '../../src/adapters/ledger/index.ts';
import type { Genesis, TamperKeys } from '../../src/adapters/ledger/index.ts';
import { createNodeCryptoVerifier, signWithNodeCrypto as sign } from '../../src/adapters/node-crypto.ts';
import { createSystemClock } from '../../src/adapters/system-clock.ts';
import { StateSyncNode } from '../../src/node/index.ts';
import type { BlockStore, StateSyncNodeOptions, Transport } from '../../src/node/index.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import { createPocketVerifier } from '../../src/validation/index.ts';
import { bytesToHex } from '@noble/hashes/utils.js';

const signatures = createNodeCryptoVerifier();

/** A real chain, real certificates and a real ledger; only the network and the disk are memory. */
export interface TestNetwork {
  readonly genesis: Genesis;
  readonly blocks: readonly SyncBlock[];
  readonly validators: readonly string[];
  readonly tamperKeys: TamperKeys;
  /** A store that holds the chain up to `height`. */
  storeWith(height: number): Promise<BlockStore>;
  node(id: string, options?: NodeOverrides): Promise<StateSyncNode>;
  transport(id: string): Transport;
}

export interface NodeOverrides extends Partial<StateSyncNodeOptions> {
  readonly height?: number;
}

export async function createTestNetwork(blockCount: number): Promise<TestNetwork> {
  const keys = seededKeys('test/node', 6);
  const validators = keys.slice(0, 4).map(({ address, publicKey }) => ({ address, publicKey: bytesToHex(publicKey) }));
  const accounts = keys.map(({ address }) => ({ address, amount: 1_000_000_000_000n }));
  const genesis = parseGenesis(makeGenesis({ networkId: 'test', validators, accounts }));
  const builder = createChainBuilder({ genesis, validatorKeys: keys, sign, signatures });
  const source = createTransactionSource({ seed: 1, sign, accounts: keys });
  const blocks: SyncBlock[] = [];
  while (blocks.length < blockCount) blocks.push(await builder.next({ transactions: source.next(1) }));

  const network = createMemoryNetwork();
  const { networkId, blockBytesMax } = genesis;
  const verifier = createPocketVerifier({ networkId, blockBytesMax, signatures });

  async function storeWith(height: number): Promise<BlockStore> {
    const store = createMemoryStore();
    const ledger = createLedger({ genesis, signatures });
    await store.open();
    await ledger.open(store);
    for (const block of blocks.slice(0, height)) {
      await ledger.apply(block);
      await store.commit([block], ledger.changes(block.height));
      ledger.committed(block.height);
    }
    await store.close();
    return store;
  }

  return {
    genesis,
    blocks,
    validators: validators.map(({ address }) => address),
    tamperKeys: { validators: keys.slice(0, 4), sign },
    storeWith,
    transport: (id) => network.transport(id),
    async node(id, { height = 0, ...overrides } = {}) {
      return new StateSyncNode({
        transport: network.transport(id),
        store: await storeWith(height),
        executor: createLedger({ genesis, signatures }),
        verifier,
        clock: createSystemClock(),
        seed: 1,
        onInternalError: (error) => {
          throw error;
        },
        ...overrides,
      });
    },
  };
}

/** A transport whose outgoing messages are changed; null lets none out. */
export function sendingOtherwise(
  transport: Transport,
  change: (message: PeerMessage) => PeerMessage | null,
): Transport {
  return {
    self: transport.self,
    start: (listener) => transport.start(listener),
    stop: () => transport.stop(),
    publish: (message) => transport.publish(message),
    disconnect: (peer, refuseMs) => transport.disconnect(peer, refuseMs),
    async send(peer, message) {
      const changed = change(message);
      if (changed !== null) await transport.send(peer, changed);
    },
  };
}
