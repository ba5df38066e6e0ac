import { simulate } from '../../../properties/index.ts';
import type { Measured } from '../measure.ts';
import { interleaved, percent, round } from '../measure.ts';
import type { Stages } from '../profile.ts';
import { profiled } from '../profile.ts';
import type { Bench, Row, Table } from '../table.ts';

interface SimulationRun {
  readonly events: number;
  readonly simulatedMs: number;
}

interface Setting {
  readonly what: string;
  /** Nodes under test: whole nodes, with every property checked after every event. */
  readonly nodes: number;
  /** Peers beside them: messages in and out, with what an honest or a lying one does. */
  readonly honest: number;
  readonly faulty: number;
  /** Drawn once, so that eight nodes under test have about 20 events a second each. */
  readonly seeds: readonly number[];
}

const ALL_UNDER_TEST: Setting = {
  what: '8 nodes under test, 6 peers',
  nodes: 8,
  honest: 3,
  faulty: 3,
  seeds: [2, 5, 6],
};
/** As most runs of a campaign are. */
const ONE_UNDER_TEST: Setting = {
  what: '8 nodes, one of them under test',
  nodes: 1,
  honest: 4,
  faulty: 3,
  seeds: [2, 5, 6],
};
const SETTINGS = [ALL_UNDER_TEST, ONE_UNDER_TEST];

/** A campaign takes minutes: what the engine spends on compiling is over in the first seconds of it. */
const WARM_UP_MS = 600_000;
const EVENTS_PER_SECOND = 20;
const MS_PER_HOUR = 3_600_000;

async function runSimulation({ nodes, honest, faulty, seeds }: Setting, faultsMs: number): Promise<SimulationRun> {
  const plan = { nodes, honest, faulty, blockIntervalMs: 1_000, faultsMs };
  let events = 0;
  let simulatedMs = 0;
  for (const seed of seeds) {
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
    for (const setting of SETTINGS) await runSimulation(setting, WARM_UP_MS);
    const simulated = (setting: Setting) => () => runSimulation(setting, short ? 60_000 : 600_000);
    const contenders = Object.fromEntries(SETTINGS.map((setting) => [setting.what, simulated(setting)]));
    const measured = await interleaved(Math.min(runs, 3), contenders, 'cpuMs');
    const rows = SETTINGS.flatMap((setting) => {
      const run = measured[setting.what];
      return run === undefined ? [] : [costRow(setting, run)];
    });
    const title = 'Simulated network, all properties checked';
    return [{ title, rows }, await stagesTable(simulated(ALL_UNDER_TEST))];
  },
};

function costRow({ what, nodes }: Setting, { value, cpuMs }: Measured<SimulationRun>): Row {
  const { events, simulatedMs } = value;
  const hours = simulatedMs / MS_PER_HOUR;
  const usPerEvent = (cpuMs * 1_000) / events;
  const eventsPerHour = (nodes * EVENTS_PER_SECOND * MS_PER_HOUR) / 1_000;
  return {
    what: `${what}; ${round(hours)} simulated hours, ${round((events * 1_000) / simulatedMs / nodes)} events/s of each`,
    figures: {
      'simulated hours/CPU minute': round(hours / (cpuMs / 60_000)),
      'us CPU/event': round(usPerEvent),
      [`hours/CPU minute at ${EVENTS_PER_SECOND} events/s`]: round(60_000_000 / usPerEvent / eventsPerHour),
    },
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
