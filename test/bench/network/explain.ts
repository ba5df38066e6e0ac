import { round } from '../measure.ts';
import { printTable } from '../table.ts';
import type { NetworkFigures } from '../../../properties/pace/run-network.ts';

const SLICES = 20;
const LEVELS = ' ▁▂▃▄▅▆▇█';

/** What each peer did in one run, and how busy its link was over the time of it. */
export function explain(figures: NetworkFigures): void {
  const { plan, totalMs, height, lowerMs, reachableMs, overLower, overReachable, bytesRatio } = figures;
  console.log(`\n${plan.name}, seed ${plan.seed}: height ${height} of ${plan.blockBytes.length} in ${ms(totalMs)}`);
  console.log(
    `  ${overLower.toFixed(3)} times the bound ${ms(lowerMs)}; ${overReachable.toFixed(3)} times ${ms(reachableMs)},`,
  );
  console.log('  which also counts that nothing comes before metadata and a first request went there and back');
  console.log(
    `  bytes arrived / chain ${bytesRatio.toFixed(3)}; at most ${round(figures.bufferedBytesMax / 1e6)} MB buffered and ` +
      `${figures.inFlightMax} requests in flight; ${figures.stalls} stalls, longest pause ${ms(figures.longestStallMs)}`,
  );
  const rows = figures.peers.map(
    ({ plan: peer, requests, unanswered, blocks, bytes, headMs, lastBlockAtMs, busy }) => ({
      what: `${peer.id}${peer.lie === null ? '' : `, ${peer.lie}`}`,
      figures: {
        'MB/s': (peer.bytesPerMs / 1_000).toFixed(2),
        'round trip ms': peer.roundTripMs.toFixed(0),
        requests: String(requests),
        unanswered: String(unanswered),
        'blocks/request': requests > unanswered ? (blocks / (requests - unanswered)).toFixed(1) : '',
        MB: (bytes / 1e6).toFixed(1),
        idle: `${Math.max(0, 100 * (1 - busyShare(busy, 0, totalMs))).toFixed(1)} %`,
        'head waited for it': `${((100 * headMs) / totalMs).toFixed(1)} %`,
        'last block before the end': lastBlockAtMs === null ? '' : ms(Math.max(0, totalMs - lastBlockAtMs)),
        [`link busy, in ${SLICES} equal times`]: slices(busy, totalMs),
      },
    }),
  );
  printTable({ title: 'Peers', rows });
  const last = figures.peers.reduce((a, b) => ((b.lastBlockAtMs ?? 0) > (a.lastBlockAtMs ?? 0) ? b : a));
  console.log(`  the last block came from ${last.plan.id}, at ${ms(last.lastBlockAtMs ?? 0)}`);
}

function slices(busy: Busy, totalMs: number): string {
  let text = '';
  for (let i = 0; i < SLICES; i++) {
    const share = busyShare(busy, (i * totalMs) / SLICES, ((i + 1) * totalMs) / SLICES);
    text += LEVELS[Math.min(LEVELS.length - 1, Math.round(share * (LEVELS.length - 1)))] ?? '';
  }
  return `|${text}|`;
}

type Busy = readonly { readonly fromMs: number; readonly toMs: number }[];

function busyShare(busy: Busy, fromMs: number, toMs: number): number {
  const spent = busy.reduce(
    (sum, each) => sum + Math.max(0, Math.min(each.toMs, toMs) - Math.max(each.fromMs, fromMs)),
    0,
  );
  return spent / (toMs - fromMs);
}

function ms(value: number): string {
  return value >= 10_000 ? `${(value / 1_000).toFixed(2)} s` : `${value.toFixed(0)} ms`;
}
