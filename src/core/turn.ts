import type { OperationModeEvent } from '../../machines/operation-mode.ts';
import type { PeerId } from '../protocol/block.ts';
import { operationModeChart } from './advance.ts';
import type { Effect } from './effects.ts';
import type { Facts } from './facts.ts';
import { nextRandom } from './random.ts';

/** Pieces of the facts may be replaced, never changed. */
type Draft = { -readonly [Slice in keyof Facts]: Facts[Slice] };

/** One event being folded in: the facts as they become, and what comes of it. Lives for one event only. */
export interface Turn extends Draft {
  /** The facts as they were. */
  readonly before: Facts;
  /** What the aggregate was computed from. */
  aggregatedOver: Pick<Facts, 'peers' | 'local' | 'control'>;
  readonly effects: Effect[];
  readonly signals: OperationModeEvent[];
  /** Who was banned by this event, and is yet to lose its connection and what it sent. */
  readonly expelled: PeerId[];
}

export function beginTurn(facts: Facts): Turn {
  return { ...facts, before: facts, aggregatedOver: facts, effects: [], signals: [], expelled: [] };
}

/** Written out in full: at every event, this is several times as fast as leaving out what is the turn's own. */
export function endTurn(turn: Turn): Facts {
  return {
    config: turn.config,
    control: turn.control,
    clock: turn.clock,
    random: turn.random,
    nextId: turn.nextId,
    local: turn.local,
    peers: turn.peers,
    requests: turn.requests,
    window: turn.window,
    work: turn.work,
    proposals: turn.proposals,
    host: turn.host,
    aggregate: turn.aggregate,
    serving: turn.serving,
    pace: turn.pace,
    strangers: turn.strangers,
    serverChosen: turn.serverChosen,
  };
}

export function emit(turn: Turn, effect: Effect): void {
  turn.effects.push(effect);
}

export function takeId(turn: Turn): number {
  return turn.nextId++;
}

/** A number from 0 to below 1. */
export function random(turn: Turn): number {
  const { state, value } = nextRandom(turn.random);
  turn.random = state;
  return value;
}

/** What the present mode is for; see the tags of the operation-mode chart. */
export type ModeTag = 'running' | 'takesBlocks' | 'asksForBlocks' | 'settled' | 'runsConsensus' | 'serving';

export function inMode(facts: Pick<Facts, 'control'>, tag: ModeTag): boolean {
  return operationModeChart.hasTag(facts.control, tag);
}

export function nextHeight(facts: Pick<Facts, 'local'>): number {
  return facts.local.maxHeight + 1;
}

/** `min` doubled `repetitions` times, up to `max`. */
export function backoffMs(min: number, max: number, repetitions: number): number {
  return Math.min(max, min * 2 ** Math.min(repetitions, 40));
}
