import type { ExplorationCanary } from './canaries.ts';
import type { Counterexample, WorldOutcome } from './explore-world.ts';
import { keyOf } from './counts.ts';
import { scenarioOf } from './scenario-text.ts';
import type { Progress } from './search.ts';
import { WorldSystem } from './world-system.ts';
import type { Choice } from './world-system.ts';

const MEBIBYTE = 1_048_576;

/** One line a world: its exact size and what became of it. */
export function outcomeLine(outcome: WorldOutcome, seconds: number): string {
  const { states, transitions, depth, cycles, complete, counterexample } = outcome;
  const verdict = counterexample !== null ? 'BROKEN' : complete ? 'holds' : 'holds so far';
  const live = cycles === null ? '' : `, ${cycles} cycles`;
  const name = keyOf(outcome.plan.name, outcome.symmetric).padEnd(22);
  const size = `${String(states).padStart(9)} states ${String(transitions).padStart(10)} transitions, depth ${depth}${live}`;
  return `${name} ${size}: ${verdict} (${seconds.toFixed(1)} s)`;
}

export function progressLine(progress: Progress, seconds: number, residentBytes: number): string {
  const { states, transitions, depth, frontier, load, bytes } = progress;
  const perSecond = Math.round(states / Math.max(seconds, 0.001));
  return [
    `${seconds.toFixed(0)} s: ${states} states, ${transitions} transitions, depth ${depth}, frontier ${frontier}`,
    `${perSecond} states/s, ${Math.round(bytes / MEBIBYTE)} MiB of arrays, ${Math.round(residentBytes / MEBIBYTE)} MiB in all`,
    `table ${(100 * load).toFixed(0)} % full`,
  ].join(', ');
}

/** What broke, how it comes to that as a scenario, and the line that shows it again. */
export function describeCounterexample(outcome: WorldOutcome, canary?: ExplorationCanary): string {
  const { plan, counterexample } = outcome;
  if (counterexample === null) return `${plan.name} holds`;
  return [
    `${counterexample.what}, in ${counterexample.path.length} actions of the world "${plan.name}":`,
    scenarioOf(plan, counterexample, canary),
    `Again: ${replayLine(outcome, counterexample, canary)}`,
  ].join('\n');
}

function replayLine(outcome: WorldOutcome, { path, forEver }: Counterexample, canary?: ExplorationCanary): string {
  const system = new WorldSystem(outcome.plan, canary);
  const places = placesOf(system, [...path, ...(forEver ?? [])]).join('.');
  const planted = canary === undefined ? '' : ` --canary ${canary.name}`;
  return `npm run explore -- --world ${outcome.plan.name}${planted} --path ${places}`;
}

/** The place of each choice among what could happen then. */
export function placesOf(system: WorldSystem, path: readonly Choice[]): readonly number[] {
  let state = system.initial;
  return path.map((choice) => {
    const wanted = JSON.stringify(choice);
    const place = system.actions(state).findIndex((each) => JSON.stringify(each) === wanted);
    state = system.apply(state, choice).state;
    return place;
  });
}

/** Runs a path given by places; the complaint at its end, or null. */
export function replay(
  system: WorldSystem,
  places: readonly number[],
): { readonly path: readonly Choice[]; readonly broken: string | null } {
  const path: Choice[] = [];
  let state = system.initial;
  for (const [i, place] of places.entries()) {
    const choice = system.actions(state)[place];
    if (choice === undefined) throw new Error(`action ${i + 1} of the path, ${place}, does not exist there`);
    const move = system.apply(state, choice);
    path.push(choice);
    state = move.state;
    const broken = move.broken ?? system.broken(state);
    if (broken !== null) return { path, broken };
  }
  return { path, broken: null };
}
