import { inWords } from './action-words.ts';
import { ClosedWorld } from './closed-world.ts';
import type { Planted } from './closed-world.ts';
import type { Counterexample } from './explore-world.ts';
import type { WorldPlan } from './plan.ts';
import { exchange, renamed, renamedAction } from './renaming.ts';
import type { WorldState } from './state.ts';
import type { Choice } from './world-system.ts';

/**
 * A counterexample as a script in the language of test/scenarios, which anybody can read and most of which the scenario
 * runner takes as it is. What that language has no words for stands in a comment.
 */
export function scenarioOf(plan: WorldPlan, { what, path, forEver }: Counterexample, planted?: Planted): string {
  const lines = [headingOf(what), setUpOf(plan), 'start', 'host holds'];
  const teller = new Teller(plan, planted);
  for (const choice of path) lines.push(...teller.tell(choice));
  lines.push(teller.whereItStands());
  if (forEver === null) return [...lines, `# broken: ${what}`].join('\n');
  lines.push(`# broken: ${what}`);
  if (forEver.length === 0) return [...lines, '# and nothing happens any more'].join('\n');
  lines.push('# and from here on, for ever:');
  for (const choice of forEver) lines.push(...teller.tell(choice));
  return lines.join('\n');
}

/** `local 0..0, asynchronous`, then every setting that differs from the default. */
function setUpOf({ config, validator }: WorldPlan): string {
  const { strategy = 'asynchronous', ...settings } = config;
  const words = Object.entries(settings).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return ['local 0..0', strategy, ...(validator ? ['validator'] : []), ...words].join(', ');
}

function headingOf(what: string): string {
  const [clause = '', ...rest] = what.split(': ');
  return /^[A-Z]+-\d+$/.test(clause) ? `# ${clause}: ${rest.join(': ')}` : `# SYNC-2: ${what}`;
}

class Teller {
  readonly #plan: WorldPlan;
  readonly #world: ClosedWorld;
  #state: WorldState;

  constructor(plan: WorldPlan, planted?: Planted) {
    this.#plan = plan;
    this.#world = new ClosedWorld(plan, planted);
    this.#state = this.#world.initial;
  }

  /** What happens, in words, and the state moves on. */
  tell({ action, exchanged }: Choice): readonly string[] {
    const before = this.#state;
    const rename = exchanged && this.#plan.interchangeable !== null ? exchange(this.#plan.interchangeable) : null;
    this.#state =
      rename === null
        ? this.#world.apply(before, action).state
        : renamed(this.#world.apply(renamed(before, rename), renamedAction(action, rename)).state, rename);
    const lines = inWords(before, action, this.#plan);
    return rename === null ? lines : [...lines, '# (ties between the two peers broken the other way)'];
  }

  whereItStands(): string {
    const { facts } = this.#state;
    return `-> in mode ${facts.control.mode}, local ${facts.local.maxHeight}, in flight ${facts.requests.inFlight}`;
  }
}
