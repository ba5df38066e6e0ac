import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { DEFAULT_CONFIG } from '../../src/protocol/config.ts';
import { checkFacts } from '../../properties/invariants/check-facts.ts';
import type { WorldOptions } from '../../properties/arbitraries/core-walk/core-world.ts';
import { World } from '../../properties/arbitraries/core-walk/core-world.ts';
import { ACTIONS, CHECKS, EFFECTS, readPhrase } from './phrases.ts';

/** Told the facts, the effects and the event of every step. */
export type Watcher = (facts: Facts, effects: readonly Effect[], event: SyncEvent) => void;

export interface Scenario {
  readonly name: string;
  /** The first line: the clauses and what it shows. */
  readonly title: string;
  readonly lines: readonly { readonly number: number; readonly text: string }[];
}

/** A script is plain text: a heading (`# ids: what it shows`), then `local ...`, then what happens and what must follow. */
export function parseScenario(name: string, text: string): Scenario {
  const [heading = '', ...rest] = text.split('\n');
  if (!/^# [A-Z]+-?\d+.*: .+/.test(heading))
    throw new Error(`${name}:1: the heading must be "# CLAUSE, ...: what it shows"`);
  const lines = rest
    .map((line, i) => ({ number: i + 2, text: line.replace(/(^|\s)#.*/, '').trim() }))
    .filter((line) => line.text !== '');
  return { name, title: heading.slice(2), lines };
}

/** Runs a script; throws with its name, line, what was expected and what really came. */
export function runScenario({ name, lines }: Scenario, watch: Watcher = () => undefined): void {
  const [setUp, ...rest] = lines;
  if (setUp === undefined || !setUp.text.startsWith('local ')) throw new Error(`${name}: begins with "local 1..9"`);
  const at = (number: number) => `test/scenarios/${name}:${number}`;
  const world = new World(within(at(setUp.number), () => parseSetUp(setUp.text)));
  world.onStep = (event, before, effects) => {
    checkFacts(world.facts, before);
    watch(world.facts, effects, event);
  };
  let batch: Effect[] = [];
  let unseen: Effect[] = [];
  let lastWasAction = false;
  for (const { number, text } of rest) {
    if (text.startsWith('->')) {
      if (lastWasAction) {
        batch = world.takeEffects();
        unseen = [...batch];
      }
      for (const phrase of phrasesOf(text.slice(2))) expectPhrase(world, at(number), phrase, batch, unseen);
      lastWasAction = false;
    } else {
      for (const phrase of text.split(/\s{2,}/)) within(`${at(number)}: ${phrase}`, () => act(world, phrase));
      lastWasAction = true;
    }
  }
}

/** `local 1..9, asynchronous, validator, inFlightMax 4` */
function parseSetUp(text: string): WorldOptions {
  const [local = '', ...rest] = text.split(/,\s*/);
  const heights = /^local (\d+)\.\.(\d+)$/.exec(local);
  if (heights === null) throw new Error(`"${local}" is not like "local 1..9"`);
  const config: Record<string, unknown> = {};
  let validator = false;
  for (const word of rest) {
    const setting = /^(\w+) (\S+)$/.exec(word);
    if (word === 'synchronous' || word === 'asynchronous') config['strategy'] = word;
    else if (word === 'validator') validator = true;
    else if (setting?.[1] !== undefined && setting[1] in DEFAULT_CONFIG)
      config[setting[1]] = JSON.parse(setting[2] ?? '');
    else throw new Error(`"${word}" is no setting`);
  }
  const [minHeight, maxHeight] = [Number(heights[1]), Number(heights[2])];
  return { config: config, minHeight, maxHeight, validator };
}

/** Phrases are divided by commas; after a colon comes an explanation, for the reader only. */
function phrasesOf(text: string): string[] {
  const [told = ''] = text.replace(/why: /g, 'why ').split(/: /);
  return told.split(/,\s*/).map((phrase) => phrase.trim());
}

function act(world: World, phrase: string): void {
  const read = readPhrase(ACTIONS, phrase);
  if (read === null) throw new Error('nobody knows how to do this; see test/scenarios/README.md');
  read.meaning(world, read.words);
}

/** Every phrase about an effect takes one effect of its own; the order within one reaction is free. */
function expectPhrase(world: World, where: string, phrase: string, batch: readonly Effect[], unseen: Effect[]): void {
  const fail = (problem: string): never => {
    const came = batch.map((effect) => `    ${show(effect)}`).join('\n');
    const { mode, server } = world.facts.control;
    throw new Error(
      `${where}\n  expected: ${phrase}\n  but: ${problem}\n  mode ${mode}, server ${server}, local ${world.height}\n  what came:\n${came || '    nothing'}`,
    );
  };
  const check = readPhrase(CHECKS, phrase);
  if (check !== null) {
    const problem = check.meaning(world, batch, check.words);
    return problem === null ? undefined : fail(problem);
  }
  const effect = readPhrase(EFFECTS, phrase);
  if (effect === null) return fail('nobody knows what this means; see test/scenarios/README.md');
  const found = unseen.findIndex((each) => effect.meaning(each, effect.words));
  if (found < 0) return fail('it did not happen');
  unseen.splice(found, 1);
}

function within<T>(where: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw new Error(`${where}\n  ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** One effect on one line, blocks by their heights. */
function show(effect: Effect): string {
  return JSON.stringify(effect, (key, value: unknown) => {
    if (key === 'blocks' && Array.isArray(value))
      return value.map((block: { height: number }) => block.height).join(' ');
    return key === 'block' ? (value as { height: number }).height : value;
  });
}
