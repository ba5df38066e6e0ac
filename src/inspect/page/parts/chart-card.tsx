import { useState } from 'preact/hooks';
import made from 'virtual:charts';
import { EDGES } from '../../model/charts.ts';
import type { View } from '../../model/view.ts';
import type { ChartDrawings } from '../drawing.ts';
import { lit, pointedEdge } from '../lit-edges.ts';
import { ChartSvg } from './chart-svg.tsx';

const drawings = made as readonly ChartDrawings[];

interface ChartCardProps {
  readonly id: string;
  readonly title: string;
  readonly view: View;
}

/** One chart; small without the names of events, which show as they happen, or large with all of them. */
export function ChartCard({ id, title, view }: ChartCardProps) {
  const [large, setLarge] = useState(false);
  const found = drawings.find((each) => each.id === id);
  if (found === undefined) return null;
  return (
    <section class={large ? 'card chart large' : 'card chart'} aria-label={`Chart: ${title}`} data-chart={id}>
      <header>
        <h2>{title}</h2>
        <button
          class="plain"
          title="With the names of all events"
          aria-pressed={large}
          onClick={() => setLarge(!large)}
        >
          {large ? 'Smaller' : 'Larger'}
        </button>
      </header>
      <div class="chart-scroll">
        <ChartSvg id={id} drawing={large ? found.labelled : found.compact} view={view} title={title} />
      </div>
      <Caption id={id} view={view} />
    </section>
  );
}

/** The edge pointed at, or what was taken last, in the chart's own words. */
function Caption({ id, view }: { readonly id: string; readonly view: View }) {
  const pointed = pointedEdge.value;
  const ofChart = (index: number): boolean => EDGES[index]?.chart === id;
  const taken = view.edges.filter(({ edge }) => ofChart(edge));
  const first = pointed !== null && ofChart(pointed) ? pointed : (taken[0]?.edge ?? lastLit(ofChart));
  const edge = first === undefined ? undefined : EDGES[first];
  const others = pointed === null ? taken.length - 1 : 0;
  return (
    <p class="caption">
      {edge === undefined ? (
        ' '
      ) : (
        <>
          <b>{edge.event}</b>: {edge.description} {others > 0 && `And ${others} more.`}
        </>
      )}
    </p>
  );
}

function lastLit(ofChart: (edge: number) => boolean): number | undefined {
  return [...lit.value.values()].filter(({ edge }) => ofChart(edge)).sort((a, b) => b.sinceMs - a.sinceMs)[0]?.edge;
}
