import { number } from '../../../words/index.ts';
import type { View } from '../../model/view.ts';
import {
  FILE_SOURCE,
  follow,
  progress,
  seek,
  setSpeed,
  sourceId,
  speed,
  SPEEDS,
  step,
  tell,
  togglePlay,
} from '../store.ts';
import { timeText } from './format.ts';

/** A slider over all events, steps back and forth, and a link to the point. */
export function TimeTravel({ view }: { readonly view: View }) {
  const state = progress.value;
  if (state === null) return null;
  const { first, end, following, playing, source } = state;
  const isLive = source.is === 'live';
  const last = end - 1;
  return (
    <footer class="travel" aria-label="Time travel">
      <Marks />
      <input
        type="range"
        class="slider"
        min={first}
        max={Math.max(first, last)}
        value={view.index}
        aria-label="Point in the record"
        aria-valuetext={`event ${view.n} of run ${view.run}, ${timeText(view.atMs)}, ${view.reason.mode}`}
        onInput={({ currentTarget }) => seek(Number(currentTarget.value))}
      />
      <div class="controls">
        <button aria-label="First (Home)" title="Home" onClick={() => seek(first)} disabled={view.index <= first}>
          <Icon name="first" />
        </button>
        <button aria-label="10 back (Shift ←)" title="Shift ←" onClick={() => step(-10)} disabled={view.index <= first}>
          −10
        </button>
        <button aria-label="One back (←)" title="←" onClick={() => step(-1)} disabled={view.index <= first}>
          <Icon name="back" />
        </button>
        <button class="main" onClick={togglePlay} title="Space">
          {isLive ? (following ? 'Hold' : 'Go live') : playing ? 'Pause' : 'Play'}
        </button>
        <button aria-label="One on (→)" title="→" onClick={() => step(1)} disabled={view.index >= last}>
          <Icon name="on" />
        </button>
        <button aria-label="10 on (Shift →)" title="Shift →" onClick={() => step(10)} disabled={view.index >= last}>
          +10
        </button>
        <button aria-label="Last (End)" title="End" onClick={follow} disabled={following && view.index >= last}>
          <Icon name="last" />
        </button>
        {!isLive && (
          <select
            aria-label="Speed of playing"
            value={String(speed.value)}
            onChange={({ currentTarget }) => setSpeed(Number(currentTarget.value))}
          >
            {SPEEDS.map((times) => (
              <option key={times} value={times}>
                {times === 1 ? 'as it was' : `${times} × as fast`}
              </option>
            ))}
          </select>
        )}
        <span class="where" data-testid="where">
          {number(view.index - first + 1)} <span class="of">of {number(end - first)}</span> · {timeText(view.atMs)}
        </span>
        <button class="link" onClick={() => void copyLink()} title="The address of the page names this point too">
          Copy link
        </button>
      </div>
    </footer>
  );
}

async function copyLink(): Promise<void> {
  const state = progress.value;
  if (state?.following === true) {
    tell('The link is to the newest point. Hold first to get a link to this one.', false);
  }
  const isFile = sourceId.value?.startsWith(FILE_SOURCE) === true;
  try {
    await navigator.clipboard.writeText(location.href);
    if (state?.following !== true) {
      tell(isFile ? 'Copied. Whoever opens it is asked for the file.' : 'Copied a link to this point.', false);
    }
  } catch {
    tell("The link could not be copied; it is the page's address.", true);
  }
}

/** When which mode was: colours along the slider, by time passed in events. */
function Marks() {
  const state = progress.value;
  if (state === null) return null;
  const { marks, first, end } = state;
  const span = Math.max(1, end - first);
  const at = (index: number): number => (Math.max(0, index - first) / span) * 1_000;
  return (
    <svg class="marks" viewBox="0 0 1000 6" preserveAspectRatio="none" aria-hidden="true">
      {marks.map(({ index, mode }, i) => {
        const from = at(index);
        const to = at(marks[i + 1]?.index ?? end);
        return <rect key={index} class={`mode-${mode}`} x={from} width={Math.max(0.6, to - from)} y="0" height="6" />;
      })}
    </svg>
  );
}

const ICONS = {
  first: 'M4 3v10M13 3 6 8l7 5Z',
  back: 'M12 3 5 8l7 5Z',
  on: 'M4 3l7 5-7 5Z',
  last: 'M12 3v10M3 3l7 5-7 5Z',
} as const;

function Icon({ name }: { readonly name: keyof typeof ICONS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}
