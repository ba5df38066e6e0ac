import type { Load } from '../engines/engine.ts';
import { CLEAN } from '../engines/engine.ts';
import { OUR_NODE } from '../engines/node.ts';
import { interleaved, medianOf, percent, perSecond, round } from '../measure.ts';
import type { PeerPlan } from '../../../properties/links/peer-plan.ts';
import type { NetworkPlan } from '../../../properties/pace/network-plan.ts';
import { drawPacePlan } from '../../../properties/pace/draw-plan.ts';
import { NO_FAILURES } from '../../../properties/links/peer-plan.ts';
import { runNetwork } from '../../../properties/pace/run-network.ts';
import type { Bench, BenchOptions, Row, Table } from '../table.ts';

const FAIL_SHARE = 0.2;
const PEERS = [1, 2, 8];
const ROUND_TRIP_MS = 20;

/** What is left of the speed when a fifth of the downloads fails. */
export const failingBench: Bench = {
  name: 'failing',
  run: async (options) => [await beside(options), await variants(options), await unequal(options)],
};

async function beside({ short, runs, others }: BenchOptions): Promise<Table> {
  const engines = [OUR_NODE, ...others];
  const base: Load = {
    ...CLEAN,
    blocks: short ? 4_000 : 40_000,
    roundTripMs: ROUND_TRIP_MS,
    limitMs: short ? 1_000 : 10_000,
  };
  for (const engine of engines) await engine.run(base); // Warm-up.
  const rows: Row[] = [];
  for (const engine of engines) {
    const figures: Record<string, string> = {};
    let stalls = 0;
    for (const peers of PEERS) {
      const load: Load = { ...base, peers, blocks: (base.blocks * peers) / Math.max(...PEERS) };
      const { clean, failing } = await interleaved(Math.min(runs, 3), {
        clean: () => engine.run(load),
        failing: () => engine.run({ ...load, failShare: FAIL_SHARE }),
      });
      if (clean === undefined || failing === undefined) continue;
      figures[`${peers} peer${peers === 1 ? '' : 's'}`] = percent(
        perSecond(failing.value.blocks, failing) / perSecond(clean.value.blocks, clean),
      );
      stalls += failing.value.stalls;
    }
    rows.push({ what: engine.name, figures: { ...figures, stalls: String(stalls) } });
  }
  return {
    title: `Share of the clean speed with ${percent(FAIL_SHARE)} of requests failing when sent, ${ROUND_TRIP_MS} ms round trip`,
    rows,
    notes: [
      'A stall is half a second without a block, in the median runs; a run that stalls for good is given up and counted as far as it came.',
    ],
  };
}

const VARIANTS: Readonly<Record<string, PeerPlan['fails']>> = {
  'sending fails': { ...NO_FAILURES, send: FAIL_SHARE },
  '"no block"': { ...NO_FAILURES, absent: FAIL_SHARE },
  'no answer': { ...NO_FAILURES, silent: FAIL_SHARE },
};

/** Ours in virtual time, where waiting for a timeout costs nobody anything. */
async function variants({ short }: BenchOptions): Promise<Table> {
  const seeds = short ? [1, 2, 3] : [1, 2, 3, 4, 5];
  const rows: Row[] = [];
  for (const [what, fails] of Object.entries(VARIANTS)) {
    const figures: Record<string, string> = {};
    let stalls = 0;
    let longestMs = 0;
    for (const peers of PEERS) {
      const shares: number[] = [];
      for (const seed of seeds) {
        const clean = await runNetwork(planOf(peers, NO_FAILURES, seed));
        const failing = await runNetwork(planOf(peers, fails, seed));
        shares.push(failing.height / failing.totalMs / (clean.height / clean.totalMs));
        stalls += failing.stalls;
        longestMs = Math.max(longestMs, failing.longestStallMs);
      }
      figures[`${peers} peer${peers === 1 ? '' : 's'}`] = percent(medianOf(shares));
    }
    rows.push({ what, figures: { ...figures, stalls: String(stalls), 'longest pause, s': round(longestMs / 1_000) } });
  }
  return {
    title: `StateSyncNode in virtual time: share of the clean speed with ${percent(FAIL_SHARE)} of requests failing`,
    rows,
    notes: [
      `${seeds.length} seed(s), median; each peer 5 MB/s and ${ROUND_TRIP_MS} ms; a stall is a second without a block, in all runs together.`,
    ],
  };
}

/** The same in networks of one to eight unequal peers and blocks of all sizes. */
async function unequal({ short }: BenchOptions): Promise<Table> {
  const networks = short ? 20 : 200;
  const rows: Row[] = [];
  for (const [what, fails] of Object.entries(VARIANTS)) {
    const shares: number[] = [];
    let longestMs = 0;
    for (let seed = 1; seed <= networks; seed++) {
      const { plan } = drawPacePlan(seed);
      const withAll = (each: PeerPlan['fails']): NetworkPlan => {
        return { ...plan, peers: plan.peers.map((peer) => ({ ...peer, lie: null, fails: each })) };
      };
      const clean = await runNetwork(withAll(NO_FAILURES));
      const failing = await runNetwork(withAll(fails));
      shares.push(clean.totalMs / failing.totalMs);
      longestMs = Math.max(longestMs, failing.longestStallMs);
    }
    const sorted = shares.sort((a, b) => a - b);
    const figures = {
      median: percent(medianOf(sorted)),
      'worst tenth, up to': percent(sorted[Math.floor(networks / 10)] ?? NaN),
      worst: percent(sorted[0] ?? NaN),
      'longest pause, s': round(longestMs / 1_000),
    };
    rows.push({ what, figures });
  }
  return {
    title: `The same among unequal peers: ${networks} networks of 1 to 8 peers with 0.5 to 5 MB/s and 5 to 300 ms, blocks of 0.5 to 500 kB`,
    rows,
  };
}

function planOf(peers: number, fails: PeerPlan['fails'], seed: number): NetworkPlan {
  const blocks = 1_000 * peers;
  return {
    name: 'failing',
    seed,
    peers: Array.from({ length: peers }, (_, i) => ({
      id: `peer ${i + 1}`,
      bytesPerMs: 5_000,
      roundTripMs: ROUND_TRIP_MS,
      lie: null,
      fails,
    })),
    blockBytes: Array.from({ length: blocks }, () => 20_000),
    applyMsPerBlock: 0,
    verifyMsPerBlock: 0,
    commitMs: 0,
    config: {},
  };
}
