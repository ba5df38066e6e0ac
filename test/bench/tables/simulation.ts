import { simulate } from '../../../properties/index.ts';
import { interleaved, round } from '../measure.ts';
import type { Bench } from '../table.ts';

interface SimulationRun {
  readonly events: number;
  readonly simulatedMs: number;
}

const NODES = 8;
/** Drawn once: with this plan, together about 20 events a second and node. */
const SEEDS: readonly number[] = [2, 5, 6];
const WARM_UP_MS = 20_000;

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

/** What simulating costs, with all properties checked. */
export const simulationBench: Bench = {
  name: 'simulation',
  run: async ({ short, runs }) => {
    await runSimulation(WARM_UP_MS);
    const simulated = () => runSimulation(short ? 60_000 : 600_000);
    const { run } = await interleaved(Math.min(runs, 3), { run: simulated }, 'cpuMs');
    if (run === undefined) return [];
    const { events, simulatedMs } = run.value;
    const hours = simulatedMs / 3_600_000;
    const rows = [
      {
        what: `${round(hours)} simulated hours, ${round((events * 1_000) / simulatedMs / NODES)} events/s a node`,
        figures: {
          'simulated hours/CPU minute': round(hours / (run.cpuMs / 60_000)),
          'us CPU/event': round((run.cpuMs * 1_000) / events),
        },
      },
    ];
    return [{ title: `Simulated network: ${NODES} nodes under test, 6 peers, all properties checked`, rows }];
  },
};
