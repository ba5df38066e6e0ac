import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { round } from '../measure.ts';
import { applyCeiling, commitCeiling, decodeCeiling, verifyCeiling } from '../real/ceilings.ts';
import { averageBytes, sampleChain } from '../real/sample-chain.ts';
import type { SampleChain } from '../real/sample-chain.ts';
import type { Bench, Row } from '../table.ts';

const COMMIT_GROUP = 32;
/** Chains of about this many transactions in all. */
const TRANSACTIONS = 6_000;

/** How each stage's cost grows with the size of a block. */
export const blockSizeBench: Bench = {
  name: 'block-size',
  run: async ({ short }) => {
    const perBlock = short ? [1, 10, 50] : [1, 3, 10, 30, 100];
    const lines = new Map<string, [number, number][]>();
    const rows: Row[] = [];
    for (const transactions of perBlock) {
      const blocks = Math.max(32, Math.min(500, Math.round(TRANSACTIONS / transactions / (short ? 10 : 1))));
      const chain = await sampleChain(blocks, transactions);
      const bytes = averageBytes(chain);
      const figures: Record<string, string> = {};
      for (const [stage, ceiling] of Object.entries(STAGES)) {
        const us = 1e6 / (await ceiling(chain));
        lines.set(stage, [...(lines.get(stage) ?? []), [bytes, us]]);
        figures[stage] = round(us);
      }
      rows.push({ what: `${transactions} transactions, ${round(bytes)} bytes`, figures });
    }
    return [
      {
        title: 'us a block by size of block, each stage alone',
        rows,
        series: {
          name: 'block-size',
          x: { label: 'bytes a block', logarithmic: true },
          y: { label: 'us a block', logarithmic: true },
          lines: [...lines].map(([name, points]) => ({ name, points })),
        },
      },
    ];
  },
};

const STAGES: Readonly<Record<string, (chain: SampleChain) => Promise<number>>> = {
  decode: decodeCeiling,
  verify: verifyCeiling,
  apply: applyCeiling,
  [`commit, ${COMMIT_GROUP} at once`]: async (chain) => {
    const directory = mkdtempSync(join(tmpdir(), 'pocket-bench-'));
    try {
      return await commitCeiling(chain, COMMIT_GROUP, directory);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
