import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createLedger } from '../../../src/adapters/ledger/index.ts';
import { createNodeCryptoVerifier } from '../../../src/adapters/node-crypto.ts';
import { createLevelStore } from '../../../src/adapters/level-store.ts';
import { createAdminServer } from '../../../src/admin/index.ts';
import type { SyncBlock } from '../../../src/index.ts';
import type { StateSyncNode } from '../../../src/node/index.ts';
import type { BlockCodec } from '../../../src/node/ports.ts';
import { createPocketVerifier } from '../../../src/validation/index.ts';
import { createPocketCodec } from '../../../src/wire/index.ts';
import { CLEAN } from '../engines/engine.ts';
import { requireWhole, runNode } from '../engines/node.ts';
import { medianOf, round } from '../measure.ts';
import type { SampleChain } from '../real/sample-chain.ts';
import { sampleChain } from '../real/sample-chain.ts';
import type { Bench, Row } from '../table.ts';

const NANOSECONDS = 1_000_000;
const RESOLUTION_MS = 1;
const PEERS = 8;

/** Whether the process still does other things while it syncs as fast as it can. */
export const responsiveBench: Bench = {
  name: 'responsive',
  run: async ({ short }) => {
    const rows: Row[] = [];
    for (const transactions of short ? [3] : [3, 30, 100]) {
      const chain = await sampleChain(short ? 300 : 1_500, transactions);
      const scratch = mkdtempSync(join(tmpdir(), 'pocket-bench-'));
      try {
        rows.push({ what: `${transactions} transactions a block`, figures: await whileSyncing(chain, scratch) });
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    }
    return [
      {
        title: `While syncing at full speed over in-memory peers: real signatures, execution and LevelDB; ms`,
        rows,
        notes: [
          `The event loop's delay is measured every ${RESOLUTION_MS} ms, which is included; status is asked over HTTP from a thread of its own.`,
        ],
      },
    ];
  },
};

async function whileSyncing({ genesis, blocks }: SampleChain, scratch: string): Promise<Row['figures']> {
  const { networkId, blockBytesMax } = genesis;
  const signatures = createNodeCryptoVerifier();
  const codec = createPocketCodec({ blockBytesMax });
  let node: StateSyncNode | null = null;
  const server = await createAdminServer({
    port: 0,
    about: { version: '0', address: 'bench', networkId },
    status: () => {
      if (node === null) throw new Error('the node has not started');
      return node.status();
    },
  });
  const copies = new Copies(
    blocks.map((block) => codec.encodeBlock(block)),
    codec,
  );
  const asking = await askFromThread(server.url);
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const begun = performance.now();
  const run = await runNode(
    { ...CLEAN, peers: PEERS, blocks: blocks.length },
    {
      store: createLevelStore({
        directory: join(scratch, 'store'),
        codec,
        network: { networkId, genesisHash: genesis.hash },
      }),
      executor: createLedger({ genesis, signatures }),
      verifier: createPocketVerifier({ networkId, blockBytesMax, signatures }),
      blockAt: copies.next,
      config: { blockBytesMax },
      started: (started) => {
        node = started;
        delays.enable();
        asking.begin();
      },
    },
  );
  delays.disable();
  const seconds = (performance.now() - begun) / 1_000;
  const tookMs = await asking.end();
  await server.close();
  requireWhole(run, blocks.length);
  return {
    'blocks/s': round(blocks.length / seconds),
    'loop delay: median': round(delays.percentile(50) / NANOSECONDS),
    '99 %': round(delays.percentile(99) / NANOSECONDS),
    longest: round(delays.max / NANOSECONDS),
    'status: median': round(medianOf(tookMs)),
    'status: longest': round(Math.max(...tookMs)),
    asked: String(tookMs.length),
  };
}

/** How many peers may be asked for the same block before it is decoded while the clock runs. */
const COPIES = 3;

/**
 * Each peer sends a copy of its own, as over a wire: nothing that was remembered with one helps with another. They are made
 * before the clock runs: in a network the peers' work is done elsewhere.
 */
class Copies {
  readonly #encoded: readonly Uint8Array[];
  readonly #codec: BlockCodec;
  readonly #made: readonly SyncBlock[][];

  constructor(encoded: readonly Uint8Array[], codec: BlockCodec) {
    this.#encoded = encoded;
    this.#codec = codec;
    this.#made = encoded.map((bytes) => Array.from({ length: COPIES }, () => codec.decodeBlock(bytes)));
  }

  readonly next = (height: number): SyncBlock => {
    const bytes = this.#encoded[height - 1];
    if (bytes === undefined) throw new Error(`no block ${height}`);
    return this.#made[height - 1]?.pop() ?? this.#codec.decodeBlock(bytes);
  };
}

interface Asking {
  begin(): void;
  /** How long each answer took, in ms. */
  end(): Promise<readonly number[]>;
}

async function askFromThread(url: string): Promise<Asking> {
  const worker = new Worker(new URL('../engines/status-asker.ts', import.meta.url), { workerData: url });
  await new Promise((resolve) => worker.once('message', resolve));
  return {
    begin: () => {
      worker.postMessage('begin');
    },
    end: async () => {
      const answer = new Promise<readonly number[]>((resolve) => worker.once('message', resolve));
      worker.postMessage('end');
      const tookMs = await answer;
      await worker.terminate();
      return tookMs;
    },
  };
}
