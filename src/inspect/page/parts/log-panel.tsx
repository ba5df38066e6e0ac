import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { number } from '../../../words/index.ts';
import type { LogRow, LogTopic } from '../../model/log-rows.ts';
import { LOG_TOPICS } from '../../model/log-rows.ts';
import { EDGES } from '../../model/charts.ts';
import { pointedEdge } from '../lit-edges.ts';
import { askRows, detail, filter, narrow, progress, rows, seek } from '../store.ts';
import { classes, timeText } from './format.ts';
import { useHeight } from './use-size.ts';

const ROW_PX = 44;
const OVERSCAN = 12;
/** A list longer than this many rows is taller than browsers can make one. */
const ROWS_TALL_MAX = 300_000;

/** Every event with what came of it; a row is a way to that point. */
export function LogPanel() {
  return (
    <section class="card log" id="log" aria-label="Log of events and effects">
      <header>
        <h2>Log</h2>
        <p class="figures">
          <span>
            <b>{number(rows.value?.total ?? 0)}</b> of{' '}
            {number((progress.value?.end ?? 0) - (progress.value?.first ?? 0))} events
            {rows.value?.complete === false && ', still looking'}
          </span>
        </p>
      </header>
      <Filter />
      <Rows />
    </section>
  );
}

function Filter() {
  const { topics, text } = filter.value;
  const toggle = (topic: LogTopic): void => {
    const next = topics.includes(topic) ? topics.filter((each) => each !== topic) : [...topics, topic];
    narrow({ text, topics: next });
  };
  return (
    <div class="filter">
      <input
        type="search"
        placeholder="Words, a peer, a state, a clause"
        aria-label="Narrow the log to what contains"
        value={text}
        onInput={({ currentTarget }) => narrow({ topics, text: currentTarget.value })}
      />
      <div class="topics" role="group" aria-label="Narrow the log to">
        {LOG_TOPICS.map((topic) => (
          <button key={topic} class="chip" aria-pressed={topics.includes(topic)} onClick={() => toggle(topic)}>
            {topic}
          </button>
        ))}
      </div>
    </div>
  );
}

function Rows() {
  const box = useRef<HTMLDivElement>(null);
  const height = useHeight(box);
  const [top, setTop] = useState(0);
  // What the box was scrolled to last: to ask it would have the browser lay out the page in the middle of drawing.
  const scrolledTo = useRef(0);
  const known = rows.value;
  const total = Math.min(known?.total ?? 0, ROWS_TALL_MAX);
  // Of a list that is too long only the end is in reach; the filter and the slider lead to the rest.
  const offset = (known?.total ?? 0) - total;
  const following = progress.value?.following ?? true;
  const current = known === null ? -1 : known.current - offset;

  const first = Math.max(0, Math.floor(top / ROW_PX) - OVERSCAN);
  const last = Math.min(total, Math.ceil((top + height) / ROW_PX) + OVERSCAN);
  useEffect(() => askRows(first + offset, last + offset), [first, last, offset]);

  // The point looked at stays in sight.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || current < 0) return;
    const at = current * ROW_PX;
    if (at >= scrolledTo.current && at + ROW_PX <= scrolledTo.current + height) return;
    const to = Math.max(0, Math.round(following ? at + ROW_PX - height : at - height / 2));
    element.scrollTop = scrolledTo.current = to;
    setTop(to);
  }, [current, following, total, height]);

  return (
    <div
      class="rows"
      ref={box}
      tabindex={0}
      role="list"
      aria-label="Events"
      onScroll={({ currentTarget }) => {
        scrolledTo.current = currentTarget.scrollTop;
        setTop(currentTarget.scrollTop);
      }}
    >
      <div class="rows-all" style={{ height: `${total * ROW_PX}px` }}>
        {known?.rows.map((row, i) => (
          <Row key={row.index} row={row} top={(known.from + i - offset) * ROW_PX} />
        ))}
      </div>
      {known?.total === 0 && known.complete && <p class="empty">No event is like that.</p>}
    </div>
  );
}

function Row({ row, top }: { readonly row: LogRow; readonly top: number }) {
  const { index, n, run, atMs, type, text, effects, moreEffects, edges, clauses, tone } = row;
  const isCurrent = detail.value?.index === index;
  const others = moreEffects > 0 ? `+${moreEffects}` : '';
  return (
    <div class={classes('row', tone, isCurrent && 'current')} role="listitem" style={{ top: `${top}px` }}>
      <button
        class="plain"
        aria-current={isCurrent ? 'true' : undefined}
        onClick={() => seek(index)}
        onPointerEnter={() => (pointedEdge.value = edges[0] ?? null)}
        onPointerLeave={() => (pointedEdge.value = null)}
        onFocus={() => (pointedEdge.value = edges[0] ?? null)}
        onBlur={() => (pointedEdge.value = null)}
        title={`${type}: ${text}\n${effects.join('\n')}`}
      >
        <span class="head">
          <time>{timeText(atMs)}</time>
          <span class="n">
            {run > 1 && `${run}.`}
            {n}
          </span>
          <span class="text">{text}</span>
        </span>
        <span class="came">
          <span class="text">
            {effects.length > 0 ? `→ ${effects.join('; ')} ${others}` : edges.length > 0 ? '' : 'nothing came of it'}
          </span>
          {edges.slice(0, 1).map((edge) => (
            <span key={edge} class={`tag chart-${EDGES[edge]?.chart ?? ''}`}>
              {EDGES[edge]?.event}
            </span>
          ))}
          {edges.length > 1 && <span class="tag">+{edges.length - 1}</span>}
          {clauses[0] !== undefined && <span class="clause">{clauses[0]}</span>}
        </span>
      </button>
    </div>
  );
}
