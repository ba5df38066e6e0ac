import type { AnyStateMachine } from 'xstate';
import {
  blockRequestMachine,
  operationModeMachine,
  peerMachine,
  statesOfChart,
  transitionsOfChart,
} from '../../../machines/index.ts';
import type { ChartState, ChartTransition } from '../../../machines/index.ts';

/** The charts of the page, as the machines say; nothing about them is written down a second time. */
export interface Chart {
  readonly id: ChartId;
  readonly machine: AnyStateMachine;
  readonly states: readonly ChartState[];
  readonly edges: readonly Edge[];
}

export type ChartId = 'operationMode' | 'blockRequest' | 'peer';

export interface Edge extends ChartTransition {
  /** Its place in `EDGES`. */
  readonly index: number;
  readonly chart: ChartId;
}

export const CHARTS: readonly Chart[] = readCharts();

/** Every edge of every chart; what was taken is told by its index here. */
export const EDGES: readonly Edge[] = CHARTS.flatMap(({ edges }) => edges);

export function chartOf(id: ChartId): Chart {
  const chart = CHARTS.find((each) => each.id === id);
  if (chart === undefined) throw new RangeError(`no chart ${id}`);
  return chart;
}

/** An operation mode as its chart describes it. */
export function modeState(mode: string): ChartState | undefined {
  return chartOf('operationMode').states.find(({ path }) => path === `mode.${mode}`);
}

/** The edge that leaves a state by an event. */
export function edgeBy(chart: ChartId, from: string, event: string): Edge | undefined {
  return leaving(chart, from).find((edge) => edge.event === event);
}

const LEAVING = new Map<string, readonly Edge[]>();

function leaving(chart: ChartId, from: string): readonly Edge[] {
  const key = `${chart} ${from}`;
  const known = LEAVING.get(key);
  if (known !== undefined) return known;
  const edges = chartOf(chart).edges.filter((edge) => edge.from === from);
  LEAVING.set(key, edges);
  return edges;
}

/**
 * The shortest way from one state to another by edges that `may` be taken; of at least one edge, so that a state that
 * was left and entered again gives the way around. Empty when there is none.
 */
export function wayBetween(chart: ChartId, from: string, to: string, may: (edge: Edge) => boolean): readonly Edge[] {
  const ways: (readonly Edge[])[] = [[]];
  const seen = new Set<string>();
  for (const way of ways) {
    const at = way.at(-1)?.to ?? from;
    for (const edge of leaving(chart, at)) {
      if (seen.has(edge.to) || !may(edge)) continue;
      if (edge.to === to) return [...way, edge];
      seen.add(edge.to);
      ways.push([...way, edge]);
    }
  }
  return [];
}

function readCharts(): Chart[] {
  const machines: readonly (readonly [ChartId, AnyStateMachine])[] = [
    ['operationMode', operationModeMachine],
    ['blockRequest', blockRequestMachine],
    ['peer', peerMachine],
  ];
  let index = 0;
  return machines.map(([id, machine]) => ({
    id,
    machine,
    states: statesOfChart(machine),
    edges: transitionsOfChart(machine).map((transition) => ({ ...transition, chart: id, index: index++ })),
  }));
}
