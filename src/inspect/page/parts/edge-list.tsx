import { number } from '../../../words/index.ts';
import { EDGES } from '../../model/charts.ts';
import type { TakenEdge } from '../../model/edges-taken.ts';
import { pointedEdge } from '../lit-edges.ts';

const CHART_NAMES = { operationMode: 'mode', blockRequest: 'block', peer: 'peer' } as const;

/** Edges of the charts, in words; pointed at, they light up in their chart. */
export function EdgeList({ edges }: { readonly edges: readonly TakenEdge[] }) {
  return (
    <ul class="edges">
      {edges.map(({ edge: index, count }) => {
        const edge = EDGES[index];
        if (edge === undefined) return null;
        const last = (path: string): string => path.split('.').at(-1) ?? path;
        return (
          <li
            key={index}
            tabindex={0}
            data-edge={index}
            onPointerEnter={() => (pointedEdge.value = index)}
            onPointerLeave={() => (pointedEdge.value = null)}
            onFocus={() => (pointedEdge.value = index)}
            onBlur={() => (pointedEdge.value = null)}
          >
            <span class={`tag chart-${edge.chart}`}>{CHART_NAMES[edge.chart]}</span>
            <b>{edge.event}</b> {last(edge.from)} → {last(edge.to)}
            {count > 1 && ` (${number(count)})`}
            <small>{edge.description}</small>
          </li>
        );
      })}
    </ul>
  );
}
