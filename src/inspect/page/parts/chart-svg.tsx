import { number } from '../../../words/index.ts';
import { EDGES, chartOf } from '../../model/charts.ts';
import type { ChartId } from '../../model/charts.ts';
import type { View } from '../../model/view.ts';
import type { ChartDrawing, DrawnArrow, DrawnState, Region } from '../drawing.ts';
import type { LitEdge } from '../lit-edges.ts';
import { lit, pointedEdge } from '../lit-edges.ts';
import { STAGES } from '../stages.ts';
import { filter, narrow } from '../store.ts';
import { classes } from './format.ts';

interface ChartSvgProps {
  readonly id: string;
  readonly title: string;
  readonly drawing: ChartDrawing;
  readonly view: View;
}

/** A chart with its lit states, and the edges that were just taken, or taken by the event that is looked at. */
export function ChartSvg({ id, title, drawing, view }: ChartSvgProps) {
  const { width, height, regions } = drawing;
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="group"
      aria-label={`${title}: ${summary(id, view)}`}
    >
      <defs>
        <marker id={`${id}-tip`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path class="tip" d="M0 0.6 7.4 4 0 7.4Z" />
        </marker>
        <marker id={`${id}-lit-tip`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
          <path class="lit-tip" d="M0 0.6 7.4 4 0 7.4Z" />
        </marker>
      </defs>
      {regions.map((region) => (
        <RegionGroup key={region.title} id={id} region={region} view={view} />
      ))}
    </svg>
  );
}

function RegionGroup({ id, region, view }: { readonly id: string; readonly region: Region; readonly view: View }) {
  return (
    <g transform={`translate(${region.x} 0)`}>
      {region.title !== '' && (
        <text class="region" x="4" y="14">
          {region.title}
        </text>
      )}
      {region.arrows.map((arrow) => (
        <Arrow key={arrow.line} id={id} arrow={arrow} view={view} />
      ))}
      {region.states.map((state) => (
        <State key={state.path} id={id} state={state} view={view} />
      ))}
      {region.arrows.map((arrow) => (
        <LitLabels key={arrow.line} arrow={arrow} view={view} width={region.width} />
      ))}
    </g>
  );
}

function Arrow({ id, arrow, view }: { readonly id: string; readonly arrow: DrawnArrow; readonly view: View }) {
  const shown = shownEdges(arrow.edges, view);
  const [first] = shown;
  const words = arrow.edges.map((index) => `${EDGES[index]?.event ?? ''}: ${EDGES[index]?.description ?? ''}`);
  return (
    <g
      class="arrow"
      onPointerEnter={() => (pointedEdge.value = arrow.edges[0] ?? null)}
      onPointerLeave={() => (pointedEdge.value = null)}
    >
      <title>{words.join('\n')}</title>
      <path class="reach" d={arrow.line} />
      <path class="line" d={arrow.line} marker-end={`url(#${id}-tip)`} />
      {first !== undefined && (
        <path
          key={`${first.edge} ${first.pulse}`}
          class={first.pulse === 0 ? 'lit still' : 'lit'}
          d={arrow.line}
          pathLength="100"
          marker-end={`url(#${id}-lit-tip)`}
        />
      )}
      {arrow.labels.map(({ text, x, y }, i) => (
        <text
          key={text}
          class={classes('event', shown.some(({ edge }) => edge === arrow.edges[i]) && 'on')}
          x={x}
          y={y}
        >
          {text}
        </text>
      ))}
    </g>
  );
}

/** Names of the events that are lit, where the drawing has no room for all. */
function LitLabels({
  arrow,
  view,
  width,
}: {
  readonly arrow: DrawnArrow;
  readonly view: View;
  readonly width: number;
}) {
  if (arrow.labels.length > 0) return null;
  const shown = shownEdges(arrow.edges, view);
  return (
    <>
      {shown.map(({ edge, count }, i) => {
        const text = `${EDGES[edge]?.event ?? ''}${count > 1 ? ` ×${number(count)}` : ''}`;
        const half = (text.length * 6.2 + 10) / 2;
        const x = Math.max(half, Math.min(width - half, arrow.middle.x));
        const y = arrow.middle.y + i * 17;
        return (
          <g key={edge} class="lit-label" transform={`translate(${x} ${y})`}>
            <rect x={-half} y="-9" width={half * 2} height="17" rx="4" />
            <text y="3.5">{text}</text>
          </g>
        );
      })}
    </>
  );
}

function State({ id, state, view }: { readonly id: string; readonly state: DrawnState; readonly view: View }) {
  const { path, name, x, y, width, height, isFinal, isInitial, fromMany, fromManyEvent } = state;
  const count = view.counts[`${id} ${path}`] ?? 0;
  const single = id === 'operationMode';
  const about = chartOf(id as ChartId).states.find((each) => each.path === path);
  const shown = shownEdges(fromMany, view);
  const stage = id === 'blockRequest' ? (STAGES[name]?.letters ?? '') : '';
  const isFiltered = filter.value.text === name;
  return (
    <g
      class={classes('state', count > 0 && 'on', isFinal && 'final', isFiltered && 'chosen')}
      transform={`translate(${x} ${y})`}
      role="button"
      tabindex={0}
      data-state={path}
      aria-pressed={isFiltered}
      aria-label={`${name}${count > 0 ? `, ${single ? 'now' : number(count)}` : ''}. ${about?.description ?? ''} The log of it`}
      onClick={() => narrow({ ...filter.value, text: isFiltered ? '' : name })}
      onKeyDown={(event) => {
        if (event.key === 'Enter') narrow({ ...filter.value, text: isFiltered ? '' : name });
      }}
    >
      <title>{`${about?.description ?? ''} ${(about?.clauses ?? []).join(', ')}`}</title>
      <rect class="box" width={width} height={height} rx="8" />
      {isInitial && <circle class="initial" cx="0" cy={height / 2} r="4" />}
      {stage !== '' && <rect class={`swatch stage-${name}`} x="8" y={height / 2 - 7} width="14" height="14" rx="3" />}
      <text class="name" x={stage === '' ? 12 : 28} y={height / 2 + 4.5}>
        {name}
      </text>
      {!single && count > 0 && (
        <text class="count" x={width - 9} y={height / 2 + 4.5}>
          {short(count)}
        </text>
      )}
      {single && count > 0 && <circle class="here" cx={width - 14} cy={height / 2} r="5" />}
      {shown.map(({ edge, count: times, pulse }) => (
        <g key={`${edge} ${pulse}`} class="lit-label" transform={`translate(${width / 2} ${height + 4})`}>
          <rect x={-34} y="-9" width="68" height="17" rx="4" />
          <text y="3.5">{`${EDGES[edge]?.event ?? ''}${times > 1 ? ` ×${number(times)}` : ''}`}</text>
        </g>
      ))}
      {fromManyEvent !== null && shown.length === 0 && (
        <text class="from-many" x={width / 2} y={height + 11}>
          {`← ${fromManyEvent}, from any state`}
        </text>
      )}
    </g>
  );
}

/** Those to be shown lit: just taken, taken by the event looked at, or pointed at. */
function shownEdges(edges: readonly number[], view: View): readonly LitEdge[] {
  const shown: LitEdge[] = [];
  for (const edge of edges) {
    const found = lit.value.get(edge);
    const taken = view.event.edges.find((each) => each.edge === edge);
    if (found !== undefined) shown.push(found);
    else if (taken !== undefined) shown.push({ edge, count: taken.count, pulse: 0, sinceMs: 0 });
    else if (pointedEdge.value === edge) shown.push({ edge, count: 1, pulse: 0, sinceMs: 0 });
  }
  return shown;
}

function short(count: number): string {
  if (count < 1_000) return number(count);
  return `${count < 100_000 ? (count / 1_000).toFixed(1) : number(count / 1_000)}k`;
}

function summary(id: string, view: View): string {
  const on = chartOf(id as ChartId).states.flatMap(({ path }) => {
    const count = view.counts[`${id} ${path}`] ?? 0;
    return count === 0 ? [] : [id === 'operationMode' ? path : `${path} ${count}`];
  });
  return on.join(', ') || 'nothing in it';
}
