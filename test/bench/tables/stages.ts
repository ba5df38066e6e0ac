import { createLedger } from '../../../src/adapters/ledger/index.ts';
import { createNodeCryptoVerifier } from '../../../src/adapters/node-crypto.ts';
import { createMemoryStore } from '../../../src/adapters/memory.ts';
import { createPocketVerifier } from '../../../src/validation/index.ts';
import { createPocketCodec } from '../../../src/wire/index.ts';
import { runEngine } from '../engines/core.ts';
import { CLEAN } from '../engines/engine.ts';
import { OUR_NODE, requireWhole, runNode } from '../engines/node.ts';
import { percent, round } from '../measure.ts';
import type { StageTimes } from '../profile.ts';
import { profiled } from '../profile.ts';
import type { SampleChain } from '../real/sample-chain.ts';
import { sampleChain } from '../real/sample-chain.ts';
import type { Bench, Row } from '../table.ts';

const REQUEST_BLOCKS = 32;

/** Where a block's time goes, by stage. */
export const stagesBench: Bench = {
  name: 'stages',
  run: async ({ short }) => {
    const blocks = short ? 20_000 : 60_000;
    const real = await sampleChain(short ? 300 : 1_000, 3);
    const codec = createPocketCodec({ blockBytesMax: real.genesis.blockBytesMax });
    const encoded = real.blocks.map((block) => codec.encodeBlock(block));
    const core = () => runEngine(8, blocks, { requestBlocksMax: REQUEST_BLOCKS });
    const node = () => OUR_NODE.run({ ...CLEAN, blocks });
    core(); // Warm-up.
    await node();
    const runs: readonly (readonly [string, number, StageTimes])[] = [
      [`step() alone, ${blocks} blocks`, blocks, await profiled(core)],
      [`StateSyncNode, ${blocks} blocks`, blocks, await profiled(node)],
      [
        `with signatures, execution, encoding, ${real.blocks.length} blocks`,
        real.blocks.length,
        await profiled(() => pocketRun(real, encoded)),
      ],
    ];
    const stages = [...new Set(runs.flatMap(([, , times]) => [...times.keys()]))];
    const rows = stages.map((stage): Row => ({
      what: stage,
      figures: Object.fromEntries(runs.flatMap(([what, count, times]) => cells(what, count, times, stage))),
    }));
    return [
      {
        title: `us a block by stage: 8 peers in memory, ${REQUEST_BLOCKS} blocks a request`,
        rows,
        notes: ["By V8's sampling profiler, on the main thread; packages and Node count for whoever called them."],
      },
    ];
  },
};

function cells(what: string, blocks: number, times: StageTimes, stage: string): [string, string][] {
  const total = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  const ms = times.get(stage);
  return [[what, ms === undefined ? '' : `${round((ms * 1_000) / blocks)} (${percent(ms / total)})`]];
}

async function pocketRun({ genesis }: SampleChain, encoded: readonly Uint8Array[]): Promise<void> {
  const { networkId, blockBytesMax } = genesis;
  const signatures = createNodeCryptoVerifier();
  const codec = createPocketCodec({ blockBytesMax });
  const run = await runNode(
    { ...CLEAN, blocks: encoded.length },
    {
      store: createMemoryStore({ codec }),
      executor: createLedger({ genesis, signatures }),
      verifier: createPocketVerifier({ networkId, blockBytesMax, signatures }),
      blockAt: (height) => codec.decodeBlock(encoded[height - 1] ?? new Uint8Array()),
      config: { blockBytesMax },
    },
  );
  requireWhole(run, encoded.length);
}
