import { parseArgs } from 'node:util';
import { eventOf } from './abstraction.ts';
import type { Extent } from './checks.ts';
import { CANARIES, COMPARED, FORMULAS, LIVENESS_CHECKS, SAFETY_WORLDS } from './checks.ts';
import { compare, switchesOf } from './compare.ts';
import type { Outcome, RunOptions, Verifier } from './spin.ts';
import { build, findTools, replayTrail, run } from './spin.ts';

const USAGE = `npm run spin -- [--short | --long]

Checks the Promela model of the protocol with SPIN: safety, liveness under weak fairness, planted bugs that must be
found, and that the model reaches exactly the states that the real step reaches. Needs spin and gcc.
--short  small worlds only     --long  larger worlds; takes an hour or so, and some GiB`;

const { values } = parseArgs({
  options: { short: { type: 'boolean' }, long: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});

if (values.help === true) console.log(USAGE);
else await check(values.long === true ? 'long' : values.short === true ? 'short' : 'gate');

async function check(extent: Extent): Promise<void> {
  const tools = await findTools();
  if (!tools.found) {
    console.error(tools.missing);
    process.exitCode = 1;
    return;
  }
  console.log(`${tools.versions}\n`);
  const failures = [
    ...(await checkSafety(extent)),
    ...(await checkLiveness(extent)),
    ...(await checkCanaries()),
    ...(await compareWorlds(extent)),
  ];
  console.log(failures.length === 0 ? 'All as it should be.' : `FAILED:\n${failures.join('\n')}`);
  if (failures.length > 0) process.exitCode = 1;
}

async function checkSafety(extent: Extent): Promise<string[]> {
  const failures: string[] = [];
  heading('Safety: every assertion of the model, in every state', 'world');
  for (const switches of SAFETY_WORLDS[extent]) {
    const verifier = await build('safety', switches, true);
    const outcome = await run(verifier);
    row(switches.join(' '), outcome.verdict, outcome);
    failures.push(...(await complaints(switches.join(' '), verifier, outcome)));
  }
  return failures;
}

async function checkLiveness(extent: Extent): Promise<string[]> {
  const failures: string[] = [];
  heading('Liveness: LTL formulas, every process weakly fair but the liar', 'property and world');
  for (const { switches, formulas } of LIVENESS_CHECKS[extent]) {
    const verifier = await build('liveness', switches, true);
    for (const formula of formulas) {
      const outcome = await run(verifier, { formula });
      const name = `${formula}: ${switches.join(' ')}`;
      row(name, outcome.verdict, outcome);
      failures.push(...(await complaints(name, verifier, outcome)));
    }
  }
  for (const [name, { says, clauses }] of Object.entries(FORMULAS)) {
    console.log(`  ${name}: ${says} (${clauses.join(', ')})`);
  }
  return failures;
}

async function checkCanaries(): Promise<string[]> {
  const failures: string[] = [];
  heading('Planted bugs: each must be caught by the property named', 'bug and property');
  for (const { name, property, clauses, switches, formula, fair, caught } of CANARIES) {
    const verifier = await build(formula === undefined ? 'safety' : 'liveness', switches);
    const options: RunOptions = formula === undefined ? {} : { formula, fair: fair ?? true };
    const outcome = await run(verifier, options);
    const isCaught = outcome.verdict === 'violated' && caught.test(outcome.what);
    row(`${name}: ${property} (${clauses.join(', ')})`, isCaught ? 'caught' : 'MISSED', outcome);
    if (!isCaught) failures.push(`planted bug "${name}" was not caught: ${outcome.verdict} ${outcome.what}`);
  }
  return failures;
}

async function compareWorlds(extent: Extent): Promise<string[]> {
  const failures: string[] = [];
  console.log('\nThe model and the real step, side by side');
  const columns = [
    'world',
    'states',
    'of step',
    'transitions',
    'of step',
    'events',
    'concrete states',
    'steps',
    'verdict',
  ];
  printCells(columns);
  for (const size of COMPARED[extent]) {
    const { spin, node, nodeStates, nodeTransitions, differences } = await compare(size);
    const name = switchesOf(size).join(' ');
    const verdict = differences.length === 0 ? 'equal' : 'DIFFERENT';
    // Without the initial state, which SPIN counts among its transitions.
    const figures = [spin.states, node.states, spin.transitions - 1, node.transitions];
    const events = node.countByLabel().size;
    printCells([name, ...figures.map(String), String(events), String(nodeStates), String(nodeTransitions), verdict]);
    failures.push(...differences.map((difference) => `${name}: ${difference}`));
  }
  console.log('');
  return failures;
}

/** Nothing when it holds; else what is wrong, and the events that lead there. */
async function complaints(name: string, verifier: Verifier, { verdict, what }: Outcome): Promise<string[]> {
  if (verdict === 'holds') return [];
  if (verdict === 'incomplete') return [`${name}: not decided, ${what}`];
  const labels = await replayTrail(verifier);
  return [`${name}: ${what}. How it comes to it:`, ...labels.map((label, i) => `  ${i + 1}. ${eventOf(label)}`)];
}

function heading(title: string, first: string): void {
  console.log(`\n${title}`);
  printCells([first, 'verdict', 'states', 'transitions', 'depth', 'time']);
}

function row(name: string, verdict: string, { states, transitions, depth, seconds }: Outcome): void {
  printCells([name, verdict, String(states), String(transitions), String(depth), `${seconds.toFixed(1)} s`]);
}

function printCells([first = '', ...others]: readonly string[]): void {
  console.log(`  ${first.padEnd(76)}${others.map((cell) => cell.padStart(12)).join(' ')}`);
}
