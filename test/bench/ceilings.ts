import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createLedger } from '../../src/adapters/ledger/index.ts';
import { createLevelStore } from '../../src/adapters/level-store.ts';
import { createNodeCryptoVerifier } from '../../src/adapters/node-crypto.ts';
import type { SyncBlock } from '../../src/index.ts';
import { createPocketVerifier } from '../../src/validation/index.ts';
import { createPocketCodec } from '../../src/wire/index.ts';
import type { SampleChain } from './sample-chain.ts';
import type { TransportFigures } from './transport-peer.ts';

/** What each stage of a real sync can do alone, one block at a time, on this machine now: blocks a second. */
export interface Ceilings {
  readonly verify: number;
  readonly apply: number;
  readonly commit: number;
  readonly transport: TransportFigures;
}

export async function measureCeilings(chain: SampleChain): Promise<Ceilings> {
  const { genesis, blocks } = chain;
  const { networkId, blockBytesMax } = genesis;
  const signatures = createNodeCryptoVerifier();
  const codec = createPocketCodec({ blockBytesMax });
  const verifier = createPocketVerifier({ networkId, blockBytesMax, signatures });
  const directory = mkdtempSync(join(tmpdir(), 'pocket-bench-'));
  const store = createLevelStore({ directory, codec, network: { networkId, genesisHash: genesis.hash } });
  const ledger = createLedger({ genesis, signatures });
  const spent = { verify: 0, apply: 0, commit: 0 };
  const timed = async <T>(stage: keyof typeof spent, work: Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work;
    spent[stage] += performance.now() - begun;
    return result;
  };
  try {
    await store.open();
    await ledger.open(store);
    for (const block of blocks) {
      const verdict = await timed('verify', verifier.verify(block, ledger.tip(), true));
      if (!verdict.valid) throw new Error(verdict.fault.message);
      await timed('apply', ledger.apply(block));
      await timed('commit', store.commit([block], ledger.changes(block.height)));
      ledger.committed(block.height);
    }
    await store.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const rate = (ms: number) => (blocks.length * 1_000) / ms;
  const transport = await measureTransport(blocks);
  return { verify: rate(spent.verify), apply: rate(spent.apply), commit: rate(spent.commit), transport };
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
