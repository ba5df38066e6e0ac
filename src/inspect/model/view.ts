import type { Facts } from '../../index.ts';
import type { Names } from '../../words/index.ts';
import { effectText } from '../../words/index.ts';
import { clausesOf } from './clauses.ts';
import type { TakenEdge } from './edges-taken.ts';
import { textOf } from './log-rows.ts';
import { valuesOf } from './ordered-entries.ts';
import type { PeerRow, Remarks } from './peer-rows.ts';
import { peerRows } from './peer-rows.ts';
import type { Plot, Throughput } from './rates.ts';
import type { Reason } from './reason.ts';
import { reasonOf } from './reason.ts';
import type { Leaf } from './state-tree.ts';
import { linesOf } from './state-tree.ts';
import type { Strip } from './strip.ts';
import { stripOf } from './strip.ts';
import type { Timeline } from './timeline.ts';

/** Everything the page shows of one point, as plain data. */
export interface View {
  readonly index: number;
  readonly run: number;
  readonly n: number;
  readonly atMs: number;
  /** Wall clock of the point, milliseconds since 1970; null where time is virtual. */
  readonly wallMs: number | null;
  readonly source: string;
  readonly writtenBy: string;
  readonly reason: Reason;
  /** Of the charts: `chart state` as in `peer link.Connected`, with how many are in it. */
  readonly counts: Readonly<Record<string, number>>;
  /** Taken by the events since the view before, or by the one event that is looked at. */
  readonly edges: readonly TakenEdge[];
  readonly strip: Strip;
  readonly peers: readonly PeerRow[];
  readonly morePeers: number;
  readonly local: { readonly minHeight: number; readonly maxHeight: number; readonly tipId: string };
  readonly window: { readonly blocks: number; readonly bytes: number; readonly requests: number };
  readonly overall: Throughput;
  readonly plot: Plot;
  readonly event: EventView;
  /** Event, effects and state as a tree, as far as it is open. */
  readonly tree: readonly Leaf[];
}

export interface EventView {
  readonly type: string;
  readonly text: string;
  readonly effects: readonly { readonly type: string; readonly text: string }[];
  readonly edges: readonly TakenEdge[];
  readonly clauses: readonly string[];
}

const EFFECTS_SHOWN_MAX = 60;

export interface ViewOptions {
  readonly names: Names;
  readonly remarks: Remarks;
  readonly opened: ReadonlySet<string>;
  readonly edges: readonly TakenEdge[];
  /** Whether to show the plot up to the newest entry rather than up to this one. */
  readonly plotUpToMs: number;
}

export function viewOf(timeline: Timeline, index: number, options: ViewOptions): View {
  const { names, remarks, opened, edges } = options;
  const entry = timeline.entryAt(index);
  const facts = timeline.stateAt(index);
  const { rows, more } = peerRows(facts, index, names, remarks, (peer) => timeline.rates.of(peer, index, entry.atMs));
  const { startedAt, source, writtenBy } = entry.run.header;
  const effects = entry.effects.slice(0, EFFECTS_SHOWN_MAX);
  return {
    index,
    run: entry.run.number,
    n: entry.n,
    atMs: entry.atMs,
    wallMs: startedAt === null ? null : Date.parse(startedAt) + entry.atMs - entry.run.atMs,
    source,
    writtenBy,
    reason: reasonOf(facts, names),
    counts: countsOf(facts),
    edges,
    strip: stripOf(facts),
    peers: rows,
    morePeers: more,
    local: { minHeight: facts.local.minHeight, maxHeight: facts.local.maxHeight, tipId: facts.local.tipId },
    window: {
      blocks: facts.window.bufferedBlocks,
      bytes: facts.window.bufferedBytes,
      requests: facts.requests.inFlight,
    },
    overall: timeline.rates.overall(index, entry.atMs),
    plot: timeline.rates.plot(options.plotUpToMs),
    event: {
      type: entry.event?.type ?? 'begins',
      text: textOf(entry, names),
      effects: effects.map((effect) => ({ type: effect.type, text: effectText(names, effect) })),
      edges: entry.edges,
      clauses: clausesOf(entry),
    },
    tree: linesOf({ event: entry.event, effects: entry.effects, state: facts }, opened, names),
  };
}

/** How many are in each state: the node itself, heights, peers. */
export function countsOf(facts: Facts): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (chart: string, state: string, count: number): void => {
    counts[`${chart} ${state}`] = (counts[`${chart} ${state}`] ?? 0) + count;
  };
  add('operationMode', `mode.${facts.control.mode}`, 1);
  add('operationMode', `server.${facts.control.server}`, 1);
  const { minHeight, maxHeight } = facts.local;
  add('blockRequest', 'committed', maxHeight === 0 ? 0 : maxHeight - minHeight + 1);
  for (const { stage, from, to } of valuesOf(facts.window.spans)) add('blockRequest', stage, to - from + 1);
  for (const { life } of valuesOf(facts.peers.byId)) {
    for (const region of ['link', 'claim', 'conduct'] as const) add('peer', `${region}.${life[region]}`, 1);
  }
  return counts;
}
