import { number } from '../../../words/index.ts';
import { progress, serverThere } from '../store.ts';

/** What is not as it should be with the record itself, in words; nothing when all is well. */
export function Notices() {
  const state = progress.value;
  const lines: { readonly key: string; readonly text: string; readonly more?: string; readonly bad: boolean }[] = [];
  if (!serverThere.value) {
    const text = 'The inspector does not answer any more. What is shown is the last that it told.';
    lines.push({ key: 'server', text, more: 'The page tries again by itself.', bad: true });
  }
  if (state?.source.is === 'lost' && serverThere.value) {
    const more = `Next try in ${Math.ceil(state.source.retryInMs / 1_000)} s.`;
    lines.push({ key: 'lost', text: state.source.why, more, bad: true });
  }
  if (state?.problem != null) {
    const { code, text, advice } = state.problem;
    lines.push({ key: 'problem', text: `${code}: ${text}.`.replace(/\.\.$/, '.'), more: advice, bad: true });
  }
  if (state?.disagreement != null) lines.push({ key: 'disagreement', ...disagreementText(state.disagreement) });
  if (state !== null && state.skipped > 0) {
    const text = `${number(state.skipped)} events passed that are not here: the page or the inspector could not keep up.`;
    lines.push({ key: 'skipped', text, bad: false });
  }
  if (state?.source.is === 'gone') lines.push({ key: 'gone', text: state.source.why, bad: false });
  return (
    <div class="notices" aria-live="polite">
      {lines.map(({ key, text, more, bad }) => (
        <p key={key} class={bad ? 'notice bad' : 'notice'}>
          <b>{text}</b> {more}
        </p>
      ))}
    </div>
  );
}

function disagreementText({ run, n, what, detail }: NonNullable<NonNullable<typeof progress.value>['disagreement']>) {
  const at = run > 1 ? `event ${number(n)} of run ${run}` : `event ${number(n)}`;
  const text =
    what === 'broken'
      ? `This version of the package cannot run ${at}: ${detail}.`
      : `From ${at} on this page and the trace part: the ${what} after it ${what === 'state' ? 'is' : 'are'} not what the trace says.`;
  const more =
    what === 'broken'
      ? 'Nothing after it is shown.'
      : 'The trace is of another version, or was changed. What is shown from there on is what this version makes of the same events.';
  return { text, more, bad: true };
}
