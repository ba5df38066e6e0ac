/**
 * One whole node as a process: libp2p, LevelDB, ledger, certificates. `serve DIRECTORY` tells its address once it is up, and
 * whenever it is sent a message the CPU seconds since the one before; `sync DIRECTORY ADDRESS...` its figures once it is
 * synced.
 */
import { createLedger, seededKeys } from '../../../src/adapters/ledger/index.ts';
import { createLevelStore } from '../../../src/adapters/level-store.ts';
import { createLibp2pTransport } from '../../../src/adapters/libp2p/index.ts';
import { createNodeCryptoVerifier } from '../../../src/adapters/node-crypto.ts';
import { createSystemClock } from '../../../src/adapters/system-clock.ts';
import { StateSyncNode } from '../../../src/node/index.ts';
import { createPocketVerifier, formatPrivateKey } from '../../../src/validation/index.ts';
import { createPocketCodec } from '../../../src/wire/index.ts';
import { sampleGenesis } from './sample-chain.ts';

export interface SyncFigures {
  readonly blocks: number;
  /** From the first connection on. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const [role = '', directory = '', ...peers] = process.argv.slice(2);
const genesis = sampleGenesis();
const { networkId, blockBytesMax, hash: genesisHash } = genesis;
const signatures = createNodeCryptoVerifier();
const codec = createPocketCodec({ blockBytesMax });
const [keys] = seededKeys(`bench/${directory}`, 1);
if (keys === undefined) throw new Error('a key was made');
const transport = createLibp2pTransport({ privateKey: formatPrivateKey(keys), peers, codec });
const node = new StateSyncNode({
  transport,
  store: createLevelStore({ directory, codec, network: { networkId, genesisHash } }),
  executor: createLedger({ genesis, signatures }),
  verifier: createPocketVerifier({ networkId, blockBytesMax, signatures }),
  clock: createSystemClock(),
  config: { blockBytesMax, ...(role === 'serve' ? { minPeers: 0 } : {}) },
});

const connected = Promise.withResolvers<number>();
node.on('sendMetadataRequest', () => connected.resolve(performance.now()));
await node.start();
if (role === 'serve') {
  process.send?.(transport.addresses()[0]);
  let since = process.cpuUsage();
  process.on('message', () => {
    const { user, system } = process.cpuUsage(since);
    since = process.cpuUsage();
    process.send?.((user + system) / 1_000_000);
  });
} else {
  const begunMs = await connected.promise;
  const { user, system } = process.cpuUsage();
  await node.whenSynced();
  const spent = process.cpuUsage({ user, system });
  const figures: SyncFigures = {
    blocks: node.status().maxHeight,
    seconds: (performance.now() - begunMs) / 1_000,
    cpuSeconds: (spent.user + spent.system) / 1_000_000,
  };
  process.send?.(figures);
}
