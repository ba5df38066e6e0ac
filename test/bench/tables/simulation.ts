import { simulate } from '../../../properties/index.ts';
import type { Measured } from '../measure.ts';
import { interleaved, percent, round } from '../measure.ts';
import type { Stages } from '../profile.ts';
import { profiled } from '../profile.ts';
import type { Bench, Table } from '../table.ts';

interface SimulationRun {
  readonly events: number;
  readonly simulatedMs: number;
}

const NODES = 8;
/** Drawn once: with this plan, together about 20 events a second and node. */
const SEEDS: readonly number[] = [2, 5, 6];
const WARM_UP_MS = 20_000;
const EVENTS_PER_SECOND = 20;
const MS_PER_HOUR = 3_600_000;

/** 8 nodes under test among honest and lying peers, with every property checked after every event. */
async function runSimulation(faultsMs: number): Promise<SimulationRun> {
  const plan = { nodes: NODES, honest: 3, faulty: 3, blockIntervalMs: 1_000, faultsMs };
  let events = 0;
  let simulatedMs = 0;
  for (const seed of SEEDS) {
    const result = await simulate(seed, { plan });
    if (result.violation !== null) throw new Error(`seed ${seed} broke ${result.violation.property}`);
    events += result.events;
    simulatedMs += result.simulatedMs;
  }
  return { events, simulatedMs };
}

/** What calls `step` counts for it only through it: a property that asks the core something is still a property. */
const STAGES: Stages = [
  ['step', /\/src\/core\/step\.ts$/],
  ['properties and witnesses', /\/properties\/invariants\//],
  ['contract of the host', /\/properties\/contract\//],
  ['host loop', /\/src\/node\//],
  ['simulated network, peers and ports', /\/properties\/|\/src\/adapters\//],
];

/** What simulating costs, with all properties checked, and where the time goes. */
export const simulationBench: Bench = {
  name: 'simulation',
  run: async ({ short, runs }) => {
    await runSimulation(WARM_UP_MS);
    const simulated = () => runSimulation(short ? 60_000 : 600_000);
    const { run } = await interleaved(Math.min(runs, 3), { run: simulated }, 'cpuMs');
    return run === undefined ? [] : [costTable(run), await stagesTable(simulated)];
  },
};

function costTable({ value: { events, simulatedMs }, cpuMs }: Measured<SimulationRun>): Table {
  const hours = simulatedMs / MS_PER_HOUR;
  const usPerEvent = (cpuMs * 1_000) / events;
  const eventsPerHour = (NODES * EVENTS_PER_SECOND * MS_PER_HOUR) / 1_000;
  return {
    title: `Simulated network: ${NODES} nodes under test, 6 peers, all properties checked`,
    rows: [
      {
        what: `${round(hours)} simulated hours, ${round((events * 1_000) / simulatedMs / NODES)} events/s a node`,
        figures: {
          'simulated hours/CPU minute': round(hours / (cpuMs / 60_000)),
          'us CPU/event': round(usPerEvent),
          [`hours/CPU minute at ${EVENTS_PER_SECOND} events/s`]: round(60_000_000 / usPerEvent / eventsPerHour),
        },
      },
    ],
  };
}

async function stagesTable(simulated: () => Promise<SimulationRun>): Promise<Table> {
  let events = 0;
  const times = await profiled(async () => {
    ({ events } = await simulated());
  }, STAGES);
  const total = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  const rows = [...times].map(([stage, ms]) => ({
    what: stage,
    figures: { 'us/event': round((ms * 1_000) / events), share: percent(ms / total) },
  }));
  return {
    title: "Where an event's time goes",
    rows,
    notes: ["By V8's sampling profiler, which itself takes time, on the main thread."],
  };
}
