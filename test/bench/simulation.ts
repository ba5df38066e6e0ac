import { simulate } from '../../properties/index.ts';

export interface SimulationRun {
  readonly events: number;
  readonly simulatedMs: number;
}

const NODES = 8;
/** Drawn once: with this plan, together about 20 events a second and node. */
const SEEDS: readonly number[] = [7, 11, 12];
const WARM_UP_MS = 20_000;

/** 8 nodes under test among honest and lying peers, with every property checked after every event. */
export async function runSimulation(faultsMs: number): Promise<SimulationRun> {
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

export async function warmUpSimulation(): Promise<void> {
  await runSimulation(WARM_UP_MS);
}

export function eventsPerNodeSecond({ events, simulatedMs }: SimulationRun): number {
  return (events * 1_000) / simulatedMs / NODES;
}
