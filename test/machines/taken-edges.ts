import type { AnyStateMachine } from 'xstate';
import { blockRequestMachine, operationModeMachine, peerMachine, transitionsOfChart } from '../../machines/index.ts';
import type { Chart } from '../../src/core/advance.ts';
import { blockRequestChart, operationModeChart, peerChart } from '../../src/core/advance.ts';

/** A transition of a chart by its place in it, such as `blockRequest.received: Distrusted`. */
export type Edge = string;

export interface DescribedEdge {
  readonly edge: Edge;
  readonly description: string;
}

export const CHARTS: readonly AnyStateMachine[] = [operationModeMachine, blockRequestMachine, peerMachine];

/** Every transition of the charts, in the order of their files. */
export function edgesOfCharts(machines: readonly AnyStateMachine[] = CHARTS): DescribedEdge[] {
  return machines.flatMap((machine) =>
    transitionsOfChart(machine).map(({ from, event, description }) => ({
      edge: edgeName(machine.id, from, event),
      description,
    })),
  );
}

/**
 * Tells of every transition that the reducer has a chart take while `run` runs. The charts are asked for nothing else by
 * it: what the reducer only looks up (`accepts`) is not a transition taken.
 */
export function watchEdges<Result>(taken: (edge: Edge) => void, run: () => Result): Result {
  const ends = [
    watchChart(operationModeChart, operationModeMachine, taken),
    watchChart(blockRequestChart, blockRequestMachine, taken),
    watchChart(peerChart, peerMachine, taken),
  ];
  try {
    return run();
  } finally {
    for (const end of ends) end();
  }
}

function watchChart<Value, Event extends string>(
  chart: Chart<Value, Event>,
  machine: AnyStateMachine,
  taken: (edge: Edge) => void,
): () => void {
  const names = new Map<string, Edge | null>();
  const own = new Set(edgesOfCharts([machine]).map(({ edge }) => edge));
  const nameOf = (value: Value, event: Event): Edge | null => {
    const key = `${JSON.stringify(value)} ${event}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    const candidates = statesIn(value).map((state) => edgeName(machine.id, state, event));
    const name = candidates.find((edge) => own.has(edge)) ?? null;
    names.set(key, name);
    return name;
  };
  const advance = chart.advance.bind(chart);
  chart.accepts = (value, event) => advance(value, event).accepted;
  chart.advance = (value, event) => {
    const answer = advance(value, event);
    const edge = answer.accepted ? nameOf(value, event) : null;
    if (edge !== null) taken(edge);
    return answer;
  };
  return () => {
    // What is left is the class's own.
    Reflect.deleteProperty(chart, 'advance');
    Reflect.deleteProperty(chart, 'accepts');
  };
}

function statesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).map(([region, state]) => `${region}.${String(state)}`);
}

function edgeName(chart: string, from: string, event: string): Edge {
  return `${chart}.${from}: ${event}`;
}
