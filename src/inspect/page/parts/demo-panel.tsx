import type { DemoInfo, DemoMember } from '../../feed.ts';
import { info, openSource, order, sourceId } from '../store.ts';
import { classes } from './format.ts';

const LIVES: Readonly<Record<DemoMember['life'], string>> = {
  starting: 'starting',
  running: 'running',
  left: 'has left',
  killed: 'killed',
};

/** The members of the demo's network, and what can be done to them. */
export function DemoPanel({ demo }: { readonly demo: DemoInfo }) {
  return (
    <section class="card demo" aria-label="Demo: break things">
      <header>
        <h2>Demo network</h2>
        <p class="figures">{demo.phase}</p>
      </header>
      <ul class="members">
        {demo.members.map((member) => (
          <Member key={member.name} member={member} />
        ))}
      </ul>
    </section>
  );
}

function Member({ member }: { readonly member: DemoMember }) {
  const { name, role, life, conduct, faults } = member;
  const source = info.value?.sources.find(({ title }) => title === name);
  const isShown = source !== undefined && source.id === sourceId.value;
  return (
    <li class={classes('member', life, conduct !== '' && 'lies', isShown && 'shown')} data-member={name}>
      <p>
        <button
          class="plain name"
          disabled={source === undefined || isShown}
          onClick={() => source !== undefined && openSource(source.id)}
          title={isShown ? 'Shown on this page' : 'Show this node on the page'}
        >
          {name}
        </button>
        <span class={classes('tag', life !== 'running' && 'warn')}>{LIVES[life]}</span>
      </p>
      <p class="small">
        {role}
        {conduct !== '' && <b class="bad-text">; {conduct}</b>}
      </p>
      <div class="faults" role="group" aria-label={`Do to ${name}`}>
        {faults.map(({ fault, label, explanation }) => (
          <button
            key={fault}
            class={fault === 'kill' ? 'danger' : ''}
            title={explanation}
            onClick={() => void order({ member: name, fault }, `${name}: ${explanation}`)}
          >
            {label}
          </button>
        ))}
      </div>
    </li>
  );
}
