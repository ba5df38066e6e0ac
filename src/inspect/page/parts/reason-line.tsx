import { useEffect, useState } from 'preact/hooks';
import { shortTime } from '../../../words/index.ts';
import type { View } from '../../model/view.ts';
import { progress, serverThere } from '../store.ts';
import { classes } from './format.ts';

/** The mode, why the node is not synced, what it waits for, and when it tries again. */
export function ReasonLine({ view }: { readonly view: View }) {
  const { reason, source } = view;
  const { mode, modeText, running, server, text, code, awaited, lastErrorCode, tried } = reason;
  const isPast = isLastKnown(view);
  const tone = isPast || !running ? 'off' : code === null ? 'good' : code === 'CATCHING_UP' ? 'busy' : 'bad';
  return (
    <section class={classes('reason', tone)} aria-label="Where the node stands" data-testid="reason">
      <div class="reason-mode">
        <h2>{mode}</h2>
        <p>{modeText}</p>
      </div>
      <div class="reason-why">
        <p class="why">
          {isPast && <b>Last known: </b>}
          {code !== null && <code>{code}</code>} {text}
        </p>
        {lastErrorCode !== null && (
          <p class="small">
            Last at this height: <code>{lastErrorCode}</code>
            {tried.length > 0 && `, asked in vain: ${tried.join(', ')}`}
          </p>
        )}
        {!isPast && <NextTry view={view} />}
      </div>
      <div class="reason-awaited">
        <h3>{isPast ? 'Awaited then' : 'Awaited'}</h3>
        {awaited.length === 0 ? (
          <p class="small">Nothing.</p>
        ) : (
          <ul>
            {awaited.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
      </div>
      <p class="reason-server small">
        {source}, server mode {server}
      </p>
    </section>
  );
}

/** Whether this is the newest that was told of a node that is gone, or out of sight: nobody knows how it stands now. */
function isLastKnown(view: View): boolean {
  const state = progress.value;
  if (state === null || view.index < state.end - 1) return false;
  const { is } = state.source;
  return is === 'gone' || is === 'lost' || (!serverThere.value && is !== 'ended');
}

/** Counts down while live: between two events nothing else tells that time passes. */
function NextTry({ view }: { readonly view: View }) {
  const { nextTryInMs, code } = view.reason;
  const isLive = progress.value?.source.is === 'live' && progress.value.following;
  const passedMs = usePassedMs(view, isLive && nextTryInMs !== null);
  if (code === null) return null;
  if (nextTryInMs === null) {
    return <p class="small">Nothing is tried again by itself: only an event from outside can help.</p>;
  }
  const left = Math.max(0, nextTryInMs - passedMs);
  return (
    <p class="small">{left === 0 ? 'The next try is due now.' : `The next try by itself: in ${shortTime(left)}.`}</p>
  );
}

function usePassedMs(view: View, counts: boolean): number {
  const [passed, setPassed] = useState({ view, ms: 0 });
  useEffect(() => {
    if (!counts) return undefined;
    const sinceMs = performance.now();
    const timer = setInterval(() => setPassed({ view, ms: performance.now() - sinceMs }), 200);
    return () => clearInterval(timer);
  }, [view, counts]);
  return passed.view === view ? passed.ms : 0;
}
