import type { View } from '../../model/view.ts';
import { detail, info, progress, said, view } from '../store.ts';
import { ChartCard } from './chart-card.tsx';
import { DemoPanel } from './demo-panel.tsx';
import { DropZone } from './drop-zone.tsx';
import { EventPanel } from './event-panel.tsx';
import { HeightsStrip } from './heights-strip.tsx';
import { LogPanel } from './log-panel.tsx';
import { Notices } from './notices.tsx';
import { Patterns } from './patterns.tsx';
import { PeersTable } from './peers-table.tsx';
import { RatesPlot } from './rates-plot.tsx';
import { ReasonLine } from './reason-line.tsx';
import { StateTree } from './state-tree.tsx';
import { TimeTravel } from './time-travel.tsx';
import { TopBar } from './top-bar.tsx';
import { useStages } from './use-stages.ts';

export function App() {
  const point = view.value;
  return (
    <DropZone>
      <Patterns />
      <a class="skip" href="#log">
        Skip to the log
      </a>
      <TopBar />
      <main>
        <Notices />
        {point !== null && <ReasonLine view={point} />}
        {info.value?.demo != null && <DemoPanel demo={info.value.demo} />}
        {point === null ? (
          <Nothing />
        ) : (
          <>
            <HeightsStrip view={point} />
            <Columns view={point} />
          </>
        )}
      </main>
      {point !== null && <TimeTravel view={point} />}
      <p class="said" role="status" aria-live="polite">
        {said.value !== null && (
          <span class={said.value.bad ? 'bad' : ''}>
            {said.value.text}{' '}
            <button class="plain" aria-label="Dismiss" onClick={() => (said.value = null)}>
              ×
            </button>
          </span>
        )}
      </p>
    </DropZone>
  );
}

const LAST_STAGE = 4;

/** All at once would hold up the page for a moment: a part a frame, in the order in which it is looked at. */
function Columns({ view }: { readonly view: View }) {
  const stage = useStages(LAST_STAGE);
  const later = detail.value;
  return (
    <div class="columns" aria-busy={stage < LAST_STAGE || later !== view}>
      <div class="column">
        <div class="charts">
          <ChartCard id="operationMode" title="Operation mode" view={view} />
          {stage >= 1 && <ChartCard id="blockRequest" title="Blocks, by height" view={view} />}
          {stage >= 2 && <ChartCard id="peer" title="Peers" view={view} />}
        </div>
        {stage >= 3 && later !== null && <PeersTable view={later} />}
      </div>
      <div class="column">
        {stage >= 1 && later !== null && <EventPanel view={later} />}
        {stage >= 3 && <LogPanel />}
        {stage >= 4 && later !== null && <RatesPlot view={later} />}
        {stage >= 4 && later !== null && <StateTree view={later} />}
      </div>
    </div>
  );
}

/** Before there is anything to see. */
function Nothing() {
  const state = progress.value;
  const live = info.value !== null && info.value.sources.length > 0;
  if (state?.problem != null) return null;
  if (state?.source.is === 'reading') return <p class="nothing">The trace is being read.</p>;
  return (
    <p class="nothing">
      {live
        ? 'Waiting for the first event of the node.'
        : 'Open a trace, or drop one here: a file that `pocket-state-sync` wrote with --trace.'}
    </p>
  );
}
