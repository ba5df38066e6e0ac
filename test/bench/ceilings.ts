import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createLedger } from '../../src/adapters/ledger/index.ts';
import { createLevelStore } from '../../src/adapters/level-store.ts';
import { createNodeCryptoVerifier } from '../../src/adapters/node-crypto.ts';
import { createMemoryStore } from '../../src/adapters/memory.ts';
import type { SyncBlock } from '../../src/index.ts';
import type { Executor } from '../../src/node/index.ts';
import { createPocketVerifier } from '../../src/validation/index.ts';
import { createPocketCodec } from '../../src/wire/index.ts';
import { timed } from './measure.ts';
import type { SampleChain } from './sample-chain.ts';
import type { TransportFigures } from './transport-peer.ts';

/** What each stage of a real sync can do alone on this machine now, as the node does it: blocks a second. */
export interface Ceilings {
  /** Blocks from their bytes. */
  readonly decode: number;
  /** 16 blocks at once, as the host loop does. */
  readonly verify: number;
  /** Transactions checked ahead. */
  readonly apply: number;
  /** By how many blocks one durable write has. */
  readonly commit: Readonly<Record<number, number>>;
  readonly transport: TransportFigures;
}

const VERIFIED_AT_ONCE = 16;
const COMMIT_SIZES: readonly number[] = [1, 32, 128];

export async function measureCeilings(chain: SampleChain): Promise<Ceilings> {
  const { genesis, blocks: made } = chain;
  const { networkId, blockBytesMax } = genesis;
  const signatures = createNodeCryptoVerifier();
  const codec = createPocketCodec({ blockBytesMax });
  const verifier = createPocketVerifier({ networkId, blockBytesMax, signatures });
  const rate = async (stage: () => unknown): Promise<number> => {
    const { wallMs } = await timed(stage);
    return (made.length * 1_000) / wallMs;
  };

  // Whatever is remembered with a block is not there yet.
  let blocks: SyncBlock[] = [];
  const bytes = made.map((block) => codec.encodeBlock(block));
  const decode = await rate(() => (blocks = bytes.map((each) => codec.decodeBlock(each))));

  const store = createMemoryStore();
  const ledger = createLedger({ genesis, signatures });
  await store.open();
  await ledger.open(store);
  const { validators } = ledger.head();
  const verify = await rate(async () => {
    for (const group of groupsOf(blocks, VERIFIED_AT_ONCE)) {
      const check = (block: SyncBlock) =>
        verifier.verify(block, { height: block.height - 1, stateHash: '', validators }, true);
      for (const verdict of await Promise.all(group.map(check))) {
        if (!verdict.valid) throw new Error(verdict.fault.message);
      }
    }
  });
  const apply = await rate(async () => {
    for (const block of blocks) ledger.prepare?.(block);
    for (const block of blocks) await applyTo(ledger, block);
  });
  const commit: Record<number, number> = {};
  for (const size of COMMIT_SIZES) commit[size] = await commitRate(chain, blocks, size);
  const transport = await measureTransport(blocks);
  return { decode, verify, apply, commit, transport };
}

async function commitRate({ genesis }: SampleChain, blocks: readonly SyncBlock[], size: number): Promise<number> {
  const { networkId, blockBytesMax, hash: genesisHash } = genesis;
  const directory = mkdtempSync(join(tmpdir(), 'pocket-bench-'));
  const codec = createPocketCodec({ blockBytesMax });
  const store = createLevelStore({ directory, codec, network: { networkId, genesisHash } });
  const ledger = createLedger({ genesis, signatures: createNodeCryptoVerifier() });
  try {
    await store.open();
    await ledger.open(store);
    for (const block of blocks) await applyTo(ledger, block);
    const { wallMs } = await timed(async () => {
      for (const group of groupsOf(blocks, size)) {
        const height = group.at(-1)?.height ?? 0;
        await store.commit(group, ledger.changes(height));
        ledger.committed(height);
      }
    });
    return (blocks.length * 1_000) / wallMs;
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function applyTo(ledger: Executor, block: SyncBlock): Promise<void> {
  const applied = await ledger.apply(block);
  if (!('stateHash' in applied) || applied.stateHash !== block.id) throw new Error(`block ${block.height} is wrong`);
}

function groupsOf(blocks: readonly SyncBlock[], size: number): SyncBlock[][] {
  const count = Math.ceil(blocks.length / size);
  return Array.from({ length: count }, (_, index) => blocks.slice(index * size, (index + 1) * size));
}

/** Two processes on 127.0.0.1, one long-lived stream each way, as a syncing node uses them. */
async function measureTransport(blocks: readonly SyncBlock[]): Promise<TransportFigures> {
  const script = new URL('transport-peer.ts', import.meta.url);
  const server = fork(script, ['serve', String(averageBytes(blocks))]);
  const address = (await message(server)) as string;
  const client = fork(script, ['ask', address]);
  const figures = (await message(client)) as TransportFigures;
  server.kill();
  client.kill();
  return figures;
}

function averageBytes(blocks: readonly SyncBlock[]): number {
  return Math.round(blocks.reduce((sum, { bytes }) => sum + bytes, 0) / blocks.length);
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`the transport's process ended with code ${String(code)}`));
    });
  });
}
