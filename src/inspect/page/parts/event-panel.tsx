import { number } from '../../../words/index.ts';
import type { View } from '../../model/view.ts';
import { progress } from '../store.ts';
import { Clauses } from './clauses.tsx';
import { EdgeList } from './edge-list.tsx';
import { timeText, wallText } from './format.ts';

/** The event that is looked at: what happened, what came of it, which edges and clauses it took. */
export function EventPanel({ view }: { readonly view: View }) {
  const { event, n, run, atMs, wallMs } = view;
  const held = progress.value?.following === false;
  return (
    <section class="card event" aria-label="This event">
      <header>
        <h2>{held ? 'This event' : 'The newest event'}</h2>
        <p class="figures">
          <span>
            {run > 1 && `run ${run}, `}event <b>{number(n)}</b>
          </span>
          <span>
            <b>{timeText(atMs)}</b>
            {wallMs !== null && ` (${wallText(wallMs)})`}
          </span>
        </p>
      </header>
      <div class="event-body">
        <p class="what">
          <code>{event.type}</code> {event.text}
        </p>
        {event.effects.length > 0 && (
          <ul class="effects">
            {event.effects.map(({ type, text }, i) => (
              <li key={`${type} ${i}`}>
                {text} <code>{type}</code>
              </li>
            ))}
          </ul>
        )}
        <EdgeList edges={event.edges} />
        <Clauses ids={event.clauses} />
      </div>
    </section>
  );
}
