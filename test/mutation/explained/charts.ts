import { linesOf, TEXT } from './line.ts';

const chart = linesOf('machines/state-sync.ts');
const advance = linesOf('src/core/advance.ts');
const machine = linesOf('src/core/machine.ts');
const step = linesOf('src/core/step.ts');
const turn = linesOf('src/core/turn.ts');
const mode = linesOf('src/core/mode.ts');

export const CHART_SURVIVORS = [
  chart(
    'types only, and an empty default for an action: XState passes over one that nobody provides',
    'export const stateSyncChart = setup({',
  ),
  chart('types only', 'types: { events: {} as { type: string } },'),
  chart(
    'an empty default for an action: XState passes over one that nobody provides',
    'actions: { reduce: () => undefined },',
  ),

  advance('same outcome: nothing is returned either way', '} catch {'),
  advance('shortcut: the map has it too', 'if (value === this.#last.value) return this.#last;'),
  advance(
    'frozen so that nobody changes it by mistake, which nobody does; freezing a text does nothing',
    "if (typeof value === 'object' && value !== null) Object.freeze(value);",
  ),
  advance(
    'same outcome: all that is asked of a key is that different states have different ones',
    "if (typeof value !== 'object' || value === null) return String(value);",
  ),
  advance(
    'same outcome: XState gives the regions in one order, however they are written',
    'return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));',
  ),

  machine(
    'same outcome: what one of the conditions lets through, another one refuses',
    'if (!complete || mode === undefined || mode !== control || !isConfig(context.config)) {',
  ),
  machine(
    TEXT,
    "throw new StateSyncError('SNAPSHOT_INVALID', 'not a snapshot of stateSyncMachine, or its mode and facts disagree');",
  ),
  machine('same outcome: nothing is returned, which is as good as false', '} catch {'),

  step(
    'shortcut: without signals the loop does nothing',
    'if (first.signals.length === 0) return { state: first.facts, effects: first.effects };',
  ),
  step('the words of a rejection; that there is one is tested', 'const reason = `not accepted in ${mode}`;'),
  turn(
    'a signal or a banned peer that does not exist: the chart does not accept the one, and nobody is known by the name of the other',
    'return { ...facts, before: facts, aggregatedOver: facts, effects: [], signals: [], expelled: [] };',
  ),

  mode('each rule of the table has what is called, where it is called', 'if (inMode(turn, tag)) enter?.(turn);'),
  mode('each rule of the table has what is called, where it is called', 'else leave?.(turn);'),
  mode(
    'shortcut: the same aggregate is worked out again',
    'const isSame = peers.untested === before.peers.untested && peers.tested === before.peers.tested;',
  ),
  mode(
    'shortcut, and what is compared last: a mode that changes has its own signal, after which the claims are looked at anew',
    'if (isSame && local.maxHeight === before.local.maxHeight && control === before.control) return;',
  ),
  mode(
    'same outcome: no settled mode accepts Consensus_IsSyncing, and who is behind or synced gets its own signal below',
    "const stays = is === 'unknown' && inMode(turn, 'settled');",
  ),
] as const;
