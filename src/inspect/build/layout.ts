import ElkConstructor from 'elkjs/lib/elk.bundled.js';
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { AnyStateNode } from 'xstate';
import { CHARTS } from '../model/charts.ts';
import type { Chart, Edge } from '../model/charts.ts';
import type { ChartDrawing, ChartDrawings, DrawnArrow, DrawnState, Region } from '../page/drawing.ts';

/**
 * Where the charts' states and arrows go: laid out by ELK when the page is built, from the machines themselves, so that
 * the page need not carry the layout library.
 */
export async function drawCharts(): Promise<readonly ChartDrawings[]> {
  return Promise.all(
    CHARTS.map(async (chart) => ({
      id: chart.id,
      compact: await drawChart(chart, false),
      labelled: await drawChart(chart, true),
    })),
  );
}

const CHAR_PX = 7.3;
const STATE_HEIGHT_PX = 34;
/** Beside a state's name there is room for a mark, or for a swatch and how many are in it. */
const STATE_PADDING_PX = { operationMode: 60, blockRequest: 86, peer: 54 } as const;
const LABEL_CHAR_PX = 5.9;
const LABEL_LINE_PX = 13;
const REGION_GAP_PX = 14;
const REGION_TITLE_PX = 22;
/** An event that leads from so many states of a region to the same one is drawn once, at its target. */
const COMMON_FROM = 4;

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'SPLINES',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.spacing.nodeNode': '26',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.edgeLabels.inline': 'false',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.padding': '[top=8,left=8,bottom=8,right=8]',
};

/** Without room for the events' names, which show when they happen. */
const COMPACT = {
  'elk.layered.spacing.nodeNodeBetweenLayers': '20',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '9',
  'elk.spacing.edgeEdge': '7',
  'elk.layered.spacing.edgeNodeBetweenLayers': '8',
  'elk.padding': '[top=4,left=4,bottom=4,right=4]',
};

async function drawChart(chart: Chart, labelled: boolean): Promise<ChartDrawing> {
  const root = chart.machine.root;
  const regions = root.type === 'parallel' ? Object.values(root.states) : [root];
  const drawn: Region[] = [];
  let x = 0;
  let height = 0;
  for (const region of regions) {
    const made = await drawRegion(chart, region, root.type === 'parallel' ? region.key : '', labelled);
    drawn.push({ ...made, x });
    x += made.width + REGION_GAP_PX;
    height = Math.max(height, made.height);
  }
  return { regions: drawn, width: Math.ceil(x - REGION_GAP_PX), height: Math.ceil(height) };
}

async function drawRegion(chart: Chart, region: AnyStateNode, title: string, labelled: boolean): Promise<Region> {
  const states = Object.values(region.states);
  const paths = new Set(states.map(pathOf));
  const edges = chart.edges.filter(({ from }) => paths.has(from));
  const common = commonEdges(edges);
  const shared = new Set([...common.values()].flat());
  const arrows = groupBy(
    edges.filter((edge) => !shared.has(edge)),
    ({ from, to }) => `${from} ${to}`,
  );
  const graph: ElkNode = await new ElkConstructor.default().layout({
    id: 'root',
    layoutOptions: labelled ? OPTIONS : { ...OPTIONS, ...COMPACT },
    children: states.map((state) => ({
      id: pathOf(state),
      width: Math.ceil(state.key.length * CHAR_PX + STATE_PADDING_PX[chart.id]),
      height: STATE_HEIGHT_PX,
    })),
    edges: [...arrows].map(([id, group]) => ({
      id,
      sources: [group[0]?.from ?? ''],
      targets: [group[0]?.to ?? ''],
      labels: labelled ? [labelOf(group)] : [],
    })),
  });
  const top = title === '' ? 0 : REGION_TITLE_PX;
  const boxes = new Map((graph.children ?? []).map((child) => [child.id, child]));
  return {
    title,
    x: 0,
    width: Math.ceil(graph.width ?? 0),
    height: Math.ceil((graph.height ?? 0) + top),
    states: states.map((state) => drawState(state, boxes.get(pathOf(state)), top, region, common)),
    arrows: (graph.edges ?? []).map((edge) => drawArrow(edge, arrows.get(edge.id) ?? [], top)),
  };
}

/** Events that lead to one state from nearly everywhere, by that state. */
function commonEdges(edges: readonly Edge[]): Map<string, Edge[]> {
  const common = new Map<string, Edge[]>();
  for (const group of groupBy(edges, ({ to, event }) => `${to} ${event}`).values()) {
    const [first] = group;
    if (first !== undefined && group.length >= COMMON_FROM) common.set(first.to, group);
  }
  return common;
}

function drawState(
  state: AnyStateNode,
  box: ElkNode | undefined,
  top: number,
  region: AnyStateNode,
  common: ReadonlyMap<string, readonly Edge[]>,
): DrawnState {
  const path = pathOf(state);
  const initial = region.initial.target[0];
  const fromMany = common.get(path) ?? [];
  return {
    path,
    name: state.key,
    x: round(box?.x ?? 0),
    y: round((box?.y ?? 0) + top),
    width: box?.width ?? 0,
    height: box?.height ?? 0,
    isInitial: initial !== undefined && pathOf(initial) === path,
    isFinal: state.type === 'final',
    fromMany: fromMany.map(({ index }) => index),
    fromManyEvent: fromMany[0]?.event ?? null,
  };
}

function drawArrow(edge: ElkExtendedEdge, group: readonly Edge[], top: number): DrawnArrow {
  const [section] = edge.sections ?? [];
  const points = section === undefined ? [] : [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
  const [label] = edge.labels ?? [];
  const middle = middleOf(points);
  return {
    edges: group.map(({ index }) => index),
    line: lineThrough(points.map(({ x, y }) => ({ x: round(x), y: round(y + top) }))),
    middle: { x: round(middle.x), y: round(middle.y + top) },
    labels:
      label === undefined
        ? []
        : group.map(({ event }, i) => ({
            text: event,
            x: round(label.x ?? 0),
            y: round((label.y ?? 0) + top + LABEL_LINE_PX * (i + 1) - 3),
          })),
  };
}

/** ELK's splines: a point, then three for each piece. */
function lineThrough(points: readonly Point[]): string {
  const at = (i: number): string => `${points[i]?.x ?? 0} ${points[i]?.y ?? 0}`;
  let line = `M${at(0)}`;
  let i = 1;
  for (; i + 2 < points.length; i += 3) line += `C${at(i)} ${at(i + 1)} ${at(i + 2)}`;
  if (i + 1 < points.length) line += `Q${at(i)} ${at(i + 1)}`;
  else if (i < points.length) line += `L${at(i)}`;
  return line;
}

/** A point of the line about half way. */
function middleOf(points: readonly Point[]): Point {
  const pieces = Math.max(1, Math.floor((points.length - 1) / 3));
  const first = Math.floor((pieces - 1) / 2) * 3;
  const [a, b, c, d] = points.slice(first, first + 4);
  if (a === undefined || b === undefined) return { x: 0, y: 0 };
  if (c === undefined || d === undefined) return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  return { x: (a.x + 3 * b.x + 3 * c.x + d.x) / 8, y: (a.y + 3 * b.y + 3 * c.y + d.y) / 8 };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function labelOf(group: readonly Edge[]) {
  const longest = Math.max(...group.map(({ event }) => event.length));
  return {
    text: group.map(({ event }) => event).join('\n'),
    width: Math.ceil(longest * LABEL_CHAR_PX + 6),
    height: group.length * LABEL_LINE_PX + 2,
  };
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** XState's types know a target's path as `any`. */
function pathOf(state: { readonly path: readonly string[] }): string {
  return state.path.join('.');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
