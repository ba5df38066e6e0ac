import { number } from '../../../words/index.ts';
import { FILE_SOURCE, info, openFile, openSource, progress, sourceId, title } from '../store.ts';
import { nextTheme, theme } from '../theme.ts';
import { classes } from './format.ts';

export function TopBar() {
  const sources = info.value?.sources ?? [];
  const id = sourceId.value;
  const isFile = id?.startsWith(FILE_SOURCE) === true;
  return (
    <header class="top">
      <h1>
        State Sync <span class="wide">inspector</span>
      </h1>
      {(sources.length > 0 || isFile) && (
        <label class="field">
          <span class="wide">Source</span>
          <select
            aria-label="Source"
            value={id ?? ''}
            onChange={({ currentTarget }) => openSource(currentTarget.value)}
          >
            {isFile && <option value={id}>{title.value} (opened here)</option>}
            {sources.map((source) => (
              <option key={source.id} value={source.id}>
                {source.title}
                {source.kind === 'file' ? ' (trace)' : ''}
              </option>
            ))}
          </select>
        </label>
      )}
      <Pulse />
      <span class="grow" />
      <label class="button">
        Open <span class="wide">a trace</span>
        <input
          type="file"
          class="hidden"
          accept=".ndjson,.jsonl,.trace,.json,.txt"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file !== undefined) openFile(file);
            currentTarget.value = '';
          }}
        />
      </label>
      <button onClick={nextTheme} aria-label={`Theme: ${theme.value}`} title="Light, dark, or as the system has it">
        <span class="wide">Theme: </span>
        {theme.value}
      </button>
    </header>
  );
}

/** Whether what is shown is live, and how much of it is drawn. */
function Pulse() {
  const state = progress.value;
  if (state === null) return null;
  const { source, following, eventsPerSecond, read, readMs, end, first } = state;
  const events = number(end - first);
  const pace = eventsPerSecond >= 1 ? `${number(eventsPerSecond)} events/s` : 'quiet';
  switch (source.is) {
    case 'live':
      if (end === first) return <span class="pulse">Waiting</span>;
      return (
        <span class={classes('pulse', following && 'live')}>
          <b>{following ? 'Live' : 'Live, held'}</b> {pace}
          {eventsPerSecond > 30 && <small> · drawn now and then; the log has every event</small>}
        </span>
      );
    case 'reading':
      return (
        <span class="pulse">
          <b>Reading</b> {read === null ? '' : `${Math.floor(read * 100)} %, `}
          {events} events
        </span>
      );
    case 'ended':
      return (
        <span class="pulse">
          <b>Over</b> {events} events{readMs === null ? '' : `, read and run again in ${(readMs / 1_000).toFixed(1)} s`}
        </span>
      );
    case 'gone':
      return (
        <span class="pulse">
          <b>Gone</b> {events} events
        </span>
      );
    case 'lost':
      return (
        <span class="pulse lost">
          <b>Connection lost</b>
        </span>
      );
    case 'connecting':
      return <span class="pulse">Connecting</span>;
    case 'nothing':
      return null;
  }
}
