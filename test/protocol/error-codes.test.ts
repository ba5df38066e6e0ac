import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ClassicLevel } from 'classic-level';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TransportRecorder } from '../../properties/ports/transport-recorder.ts';
import { askStatus } from '../../src/admin/index.ts';
import type { TamperName } from '../../src/adapters/ledger/index.ts';
import { createLedger, makeGenesis, readGenesis, tamper } from '../../src/adapters/ledger/index.ts';
import { createLevelStore } from '../../src/adapters/level-store.ts';
import { createLibp2pTransport } from '../../src/adapters/libp2p/index.ts';
import { createMemoryNetwork, createMemoryStore } from '../../src/adapters/memory.ts';
import { createTraceFile } from '../../src/adapters/trace-file.ts';
import { verifyChain } from '../../src/cli/chain/verify.ts';
import { readNodeConfig } from '../../src/cli/node/node-config.ts';
import { runReplay } from '../../src/cli/replay/run-replay.ts';
import { Inspector } from '../../src/inspect/index.ts';
import { resolveConfig, restoreSnapshot, whyNotSynced } from '../../src/index.ts';
import type { BlockStore } from '../../src/node/ports.ts';
import { ERROR_CODES } from '../../src/protocol/errors.ts';
import type { ErrorCode } from '../../src/protocol/errors.ts';
import { replayTrace } from '../../src/trace/index.ts';
import { createPocketVerifier, keyPairFromSeed } from '../../src/validation/index.ts';
import { createPocketCodec, decodeCertificate, encodeEnvelope } from '../../src/wire/index.ts';
import { plainBlock } from '../adapters/plain-blocks.ts';
import {
  emptyStore,
  genesis,
  newBuilder,
  openLedger,
  sign,
  signatures,
  validators,
} from '../adapters/ledger/localnet.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { World } from '../../properties/arbitraries/core-walk/core-world.ts';
import { createTestNetwork } from '../node/network.ts';
import { choicesOf, traceWalk } from '../trace/walk-trace.ts';
import { newPrivateKey } from '../transport/libp2p-nodes.ts';
import { ADDRESS, OTHER_ADDRESS } from '../wire/sample-blocks.ts';

/** What a call came to: the code it threw or told of; anything else means that it came to nothing. */
type Told = string | null | undefined;

const codec = createPocketCodec({ blockBytesMax: 100_000 });
const { networkId } = genesis;
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'error-codes-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** For each code, the smallest use of the package that I know of which gives it. */
const CALLS: Readonly<Record<ErrorCode, () => Promise<Told> | Told>> = {
  MALFORMED_MESSAGE: () => told(() => codec.decode(Uint8Array.of(0xff))),
  OVERSIZE_MESSAGE: () => told(() => codec.decode(new Uint8Array(codec.messageBytesMax + 1))),
  HEIGHT_OUT_OF_RANGE: () => told(() => decodeCertificate(Uint8Array.of(8, ...LARGE_VARINT), 100)),
  SPOOFED_ADDRESS: () => {
    const [bytes = new Uint8Array()] = codec.encodePocket(OTHER_ADDRESS, { type: 'metadataRequest' });
    return told(() => codec.decodePocket(ADDRESS, bytes));
  },
  NONCE_REJECTED: () => {
    const envelope = { typeName: 'consensus.StateSyncMessage', content: new Uint8Array(), nonce: 0n };
    return told(() => codec.decodePocket(ADDRESS, encodeEnvelope(envelope)));
  },
  NONCE_REPEATED: () => null,

  WRONG_HEIGHT: async () => verdictOn(await firstBlock(), 2),
  NETWORK_MISMATCH: () => spoiled('networkId'),
  PREV_HASH_MISMATCH: () => lastErrorAfter(blockAt(10, {}, { parentId: 'elsewhere' })),
  VALIDATOR_SET_MISMATCH: () => spoiled('valSetHash'),
  BLOCK_TOO_LARGE: async () => verdictOn(await firstBlock(), 0, 1),
  CERTIFICATE_MISSING: () => spoiled('noCertificate'),
  CERTIFICATE_MALFORMED: () => spoiled('garbageCertificate'),
  CERTIFICATE_WRONG_STEP: () => spoiled('wrongStep'),
  CERTIFICATE_UNBOUND: () => spoiled('stateHash'),
  CERTIFICATE_FOREIGN_SIGNER: () => spoiled('foreignSigners'),
  CERTIFICATE_REPEATED_SIGNER: () => spoiled('repeatedSigner'),
  CERTIFICATE_BAD_SIGNATURE: () => spoiled('malleatedSignature'),
  CERTIFICATE_NO_QUORUM: () => spoiled('fewSigners'),
  INVALID_STATE_HASH: () => lastErrorAfter(blockAt(10, { stateHash: 'another' })),
  INVALID_TRANSACTION: async () => {
    const applied = await (await openLedger()).apply(spoil(await firstBlock(), 'certifiedTransaction'));
    return 'rejected' in applied ? applied.rejected.code : null;
  },

  EXECUTOR_FAILED: () => told(() => createLedger({ genesis, signatures }).tip()),
  STORE_FAILED: async () => told(async () => (await emptyStore()).commit([plainBlock(2)], [])),
  STORE_DISK_FULL: async () => {
    const store = storeIn('full');
    await store.open();
    const scratch = new ClassicLevel(join(directory, 'scratch'));
    await scratch.open();
    const batches = Object.getPrototypeOf(scratch.batch()) as { write: () => Promise<void> };
    const full = Object.assign(new Error('IO error: No space left on device'), { code: 'LEVEL_IO_ERROR' });
    const write = vi.spyOn(batches, 'write').mockRejectedValueOnce(full);
    const code = await told(() => store.commit([plainBlock(1)], []));
    write.mockRestore();
    await scratch.close();
    await store.close();
    return code;
  },
  STORE_CORRUPT: async () => {
    await filledStore('corrupt');
    await rm(join(directory, 'corrupt', 'CURRENT'));
    return told(() => storeIn('corrupt').open());
  },
  STORE_FOREIGN: async () => {
    await filledStore('foreign');
    return told(() => storeIn('foreign', 'another network').open());
  },
  STORE_LOCKED: async () => {
    const first = storeIn('locked');
    await first.open();
    const code = await told(() => storeIn('locked').open());
    await first.close();
    return code;
  },
  STORE_CLOSED: () => told(() => createMemoryStore().range()),
  BLOCK_NOT_STORED: () => told(async () => (await emptyStore()).read(1)),
  TRANSPORT_FAILED: async () => {
    const network = createMemoryNetwork();
    await network.transport('a').start(new TransportRecorder());
    return told(() => network.transport('a').start(new TransportRecorder()));
  },
  ADDRESS_IN_USE: async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const transport = createLibp2pTransport({
      privateKey: newPrivateKey(),
      codec,
      listen: [`/ip4/127.0.0.1/tcp/${port}`],
    });
    const code = await told(() => transport.start(new TransportRecorder()));
    await transport.stop();
    await new Promise((resolve) => server.close(resolve));
    return code;
  },
  PEER_UNREACHABLE: async () => {
    const transport = createMemoryNetwork().transport('a');
    await transport.start(new TransportRecorder());
    return told(() => transport.send('nobody', { type: 'metadataRequest' }));
  },

  CONFIG_MISSING: () => told(() => readNodeConfig(join(directory, 'none.json'))),
  CONFIG_INVALID: () => told(() => resolveConfig({ inFlightMax: 0 })),
  GENESIS_MISSING: () => told(() => readGenesis(join(directory, 'none.json'))),
  GENESIS_INVALID: async () => {
    await writeFile(join(directory, 'no-genesis.json'), '{}');
    return told(() => readGenesis(join(directory, 'no-genesis.json')));
  },
  KEY_INVALID: () => told(() => keyPairFromSeed(new Uint8Array(31))),
  DEPENDENCY_MISSING: async () => {
    vi.resetModules();
    vi.doMock('@libp2p/gossipsub', () => {
      throw new Error('not installed');
    });
    const { createLibp2pTransport: create } = await import('../../src/adapters/libp2p/index.ts');
    const transport = create({ privateKey: newPrivateKey(), codec });
    const code = await told(() => transport.start(new TransportRecorder()));
    vi.doUnmock('@libp2p/gossipsub');
    return code;
  },
  CHAIN_INVALID: async () => {
    const file = join(directory, 'genesis.json');
    const identities = validators.map(({ address, publicKey }) => ({ address, publicKey: bytesToHex(publicKey) }));
    await writeFile(file, JSON.stringify(makeGenesis({ networkId, validators: identities, accounts: [] })));
    await filledStore('chain', (await readGenesis(file)).hash);
    return told(() => verifyChain(join(directory, 'chain'), { genesis: file, json: true }));
  },
  NODE_STOPPED: async () => {
    const node = await (await createTestNetwork(0)).node('a');
    return told(() => node.status());
  },
  NODE_RUNNING: async () => {
    const node = await (await createTestNetwork(0)).node('a');
    await node.start();
    const code = await told(() => node.start());
    await node.stop();
    return code;
  },
  PAGE_MISSING: () => told(() => Inspector.start({ port: 0, pageDirectory: directory })),
  SNAPSHOT_INVALID: () => told(() => restoreSnapshot({ value: 'elsewhere' })),

  ADMIN_UNREACHABLE: async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    return told(() => askStatus({ url }));
  },
  ADMIN_FOREIGN: async () => {
    const server = createHttpServer((_, response) => response.end('hello'));
    const port = await portOf(server);
    const code = await told(() => askStatus({ url: `http://127.0.0.1:${port}` }));
    server.close();
    return code;
  },
  TRACE_MISSING: () => told(() => runReplay(join(directory, 'nowhere'), { json: false })),
  TRACE_INVALID: () => told(() => replayTrace(['hello'])),
  TRACE_VERSION: () => told(() => replayTrace([trace().replace('"version":1', '"version":2')])),
  TRACE_TRUNCATED: () => told(() => replayTrace([trace().slice(0, -100)])),
  TRACE_ALTERED: () => told(() => replayTrace([trace().replace('"source":"test"', '"source":"mine"')])),
  TRACE_DIVERGED: async () => {
    const { divergence } = await replayTrace([trace().replace('"delayMs":', '"delayMs":1')]);
    return divergence === null ? null : 'TRACE_DIVERGED';
  },
  TRACE_FAILED: () => told(() => createTraceFile({ path: join(directory, 'no', 'where', 'trace'), source: 'test' })),
};

function trace(): string {
  return traceWalk(choicesOf(7, 50)).join('');
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Codes that nothing of this package gives by itself, with the reason. */
const NOT_GIVEN: Partial<Record<ErrorCode, string>> = {
  NONCE_REPEATED: 'codecs of this package give null for a repeated envelope; one of an embedder may throw it',
};

/** 2^53. */
const LARGE_VARINT = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];

describe('every error code', () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])(
    '%s is given by a real call, or known to be given by none',
    async (code) => {
      const came = await CALLS[code]();
      expect(came, NOT_GIVEN[code] ?? 'no longer given by this call').toBe(code in NOT_GIVEN ? null : code);
    },
  );

  it('has a call of its own: the exceptions are few and explained', () => {
    expect(Object.keys(CALLS)).toEqual(Object.keys(ERROR_CODES));
    expect(Object.keys(NOT_GIVEN)).toEqual(['NONCE_REPEATED']);
  });

  it('canary: a call that gives another code, or nothing, is not taken for it', async () => {
    expect(await told(() => resolveConfig({}))).toBeNull();
    expect(await told(() => resolveConfig({ inFlightMax: 0 }))).not.toBe('CONFIG_MISSING');
    await expect(told(() => Promise.reject(new Error('something else')))).rejects.toThrow('something else');
  });
});

/** The code that `run` throws; null when it throws nothing. */
async function told(run: () => unknown): Promise<Told> {
  try {
    await run();
    return null;
  } catch (thrown) {
    // By name: a module that was loaded anew has a class of its own.
    if (thrown instanceof Error && thrown.name === 'StateSyncError' && 'code' in thrown) return String(thrown.code);
    throw thrown;
  }
}

function firstBlock() {
  return newBuilder().next();
}

function spoil(block: Awaited<ReturnType<typeof firstBlock>>, way: TamperName) {
  return tamper(block, way, { validators, sign });
}

async function spoiled(way: TamperName): Promise<Told> {
  return verdictOn(spoil(await firstBlock(), way));
}

/** What the verifier finds wrong with a block on top of `height`. */
async function verdictOn(
  block: Awaited<ReturnType<typeof firstBlock>>,
  height = 0,
  blockBytesMax = 1_000_000,
): Promise<Told> {
  const verifier = createPocketVerifier({ networkId, blockBytesMax, signatures });
  const verdict = await verifier.verify(block, { ...newBuilder().tip(), height }, true);
  return verdict.valid ? null : verdict.fault.code;
}

/** What `whyNotSynced()` tells of the next height after a peer has given this block for it. */
function lastErrorAfter(block: ReturnType<typeof blockAt>): Told {
  const world = new World().start().claim('A', 1, 10).answer('A', [block]);
  return whyNotSynced(world.facts)?.lastErrorCode;
}

function storeIn(name: string, genesisHash = 'g'): BlockStore {
  return createLevelStore({ directory: join(directory, name), codec, network: { networkId, genesisHash } });
}

async function filledStore(name: string, genesisHash?: string): Promise<void> {
  const store = storeIn(name, genesisHash);
  await store.open();
  await store.commit([plainBlock(1)], []);
  await store.close();
}
