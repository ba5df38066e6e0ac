import type { SyncEvent } from '../../index.ts';
import type { TracedEffect } from '../../trace/format.ts';
import type { Names } from '../../words/index.ts';
import { effectText, eventText } from '../../words/index.ts';
import { EDGES } from './charts.ts';
import { clausesOf } from './clauses.ts';
import type { Entry } from './timeline.ts';

/** What the log can be narrowed to. */
export const LOG_TOPICS = ['modes', 'conduct', 'peers', 'requests', 'blocks', 'serving', 'timers', 'trouble'] as const;
export type LogTopic = (typeof LOG_TOPICS)[number];

export interface LogFilter {
  /** Of an event only one must be among them. Empty: all. */
  readonly topics: readonly LogTopic[];
  /** Part of the words or of the names of events, effects, edges and clauses; '' for all. */
  readonly text: string;
}

export interface LogRow {
  readonly index: number;
  readonly run: number;
  readonly n: number;
  readonly atMs: number;
  readonly type: string;
  readonly text: string;
  /** What came of it, the most telling first; not all. */
  readonly effects: readonly string[];
  readonly moreEffects: number;
  /** In `EDGES`. */
  readonly edges: readonly number[];
  readonly clauses: readonly string[];
  readonly tone: 'plain' | 'mode' | 'bad' | 'start';
}

const EFFECTS_SHOWN = 2;

export function logRow(entry: Entry, index: number, names: Names): LogRow {
  const told = [...entry.effects].sort((a, b) => weightOf(b) - weightOf(a)).filter((each) => weightOf(each) > 0);
  const shown = told.slice(0, EFFECTS_SHOWN);
  return {
    index,
    run: entry.run.number,
    n: entry.n,
    atMs: entry.atMs,
    type: entry.event?.type ?? 'begins',
    text: textOf(entry, names),
    effects: shown.map((effect) => effectText(names, effect)),
    moreEffects: entry.effects.length - shown.length,
    edges: entry.edges.map(({ edge }) => edge),
    clauses: clausesOf(entry),
    tone: toneOf(entry),
  };
}

export function textOf({ event, run, n }: Entry, names: Names): string {
  if (event !== null) return eventText(names, event);
  if (n > 0) return `${run.header.source}: the record begins here, after ${n} events`;
  return run.number === 1 ? `${run.header.source}: the record begins` : `${run.header.source} starts again`;
}

export function matches(entry: Entry, { topics, text }: LogFilter, names: Names): boolean {
  if (topics.length > 0 && !topicsOf(entry).some((topic) => topics.includes(topic))) return false;
  if (text === '') return true;
  const needle = text.toLowerCase();
  const words = [
    textOf(entry, names),
    entry.event?.type ?? '',
    ...entry.effects.flatMap((effect) => [effect.type, effectText(names, effect)]),
    ...entry.edges.map(({ edge }) => edgeText(edge)),
    ...clausesOf(entry),
  ];
  return words.some((word) => word.toLowerCase().includes(needle));
}

/** `wanted -> requested (Requested)`. */
export function edgeText(index: number): string {
  const edge = EDGES[index];
  if (edge === undefined) return '';
  const last = (path: string): string => path.split('.').at(-1) ?? path;
  return `${last(edge.from)} -> ${last(edge.to)} (${edge.event})`;
}

const EVENT_TOPICS: Readonly<Partial<Record<SyncEvent['type'], readonly LogTopic[]>>> = {
  peerConnected: ['peers'],
  peerDisconnected: ['peers'],
  peerMisbehaved: ['conduct'],
  metadataReceived: ['peers'],
  metadataRequested: ['peers', 'serving'],
  blocksReceived: ['requests'],
  blocksUnavailable: ['requests'],
  sendFailed: ['requests', 'trouble'],
  blocksRequested: ['serving'],
  blocksServed: ['serving'],
  newBlockReceived: ['blocks'],
  proposalReceived: ['blocks'],
  blocksVerified: ['blocks'],
  blocksApplied: ['blocks'],
  blocksCommitted: ['blocks'],
  blocksRolledBack: ['blocks', 'trouble'],
  blockFinalized: ['blocks'],
  validatorStatusChanged: ['modes'],
  syncRequested: ['modes'],
  timerFired: ['timers'],
};

const EFFECT_TOPICS: Readonly<Partial<Record<TracedEffect['type'], readonly LogTopic[]>>> = {
  modeChanged: ['modes'],
  serverChanged: ['modes'],
  eventRejected: ['modes', 'trouble'],
  sendGetBlocks: ['requests'],
  rollbackBlocks: ['blocks', 'trouble'],
  blocksAdded: ['blocks'],
  blockRejected: ['blocks'],
  hostFaulted: ['trouble'],
  localStateSuspect: ['trouble'],
  requestDropped: ['serving', 'trouble'],
  disconnectPeer: ['conduct'],
};

const TROUBLE = new Set(['timedOut', 'refused', 'peerLost', 'sendFailed']);

function topicsOf({ event, effects }: Entry): LogTopic[] {
  if (event === null) return ['modes'];
  const topics: LogTopic[] = [...(EVENT_TOPICS[event.type] ?? ['modes'])];
  for (const effect of effects) {
    topics.push(...(EFFECT_TOPICS[effect.type] ?? []));
    if (effect.type !== 'reportPeer') continue;
    if (effect.report.kind !== 'requestEnded') topics.push('conduct');
    else if (TROUBLE.has(effect.report.result)) topics.push('trouble');
  }
  return topics;
}

const WEIGHTS: Readonly<Partial<Record<TracedEffect['type'], number>>> = {
  modeChanged: 10,
  localStateSuspect: 9,
  hostFaulted: 9,
  rollbackBlocks: 8,
  reportPeer: 7,
  eventRejected: 6,
  blocksAdded: 5,
  targetChanged: 5,
  disconnectPeer: 5,
  setTimer: 0,
  clearTimer: 0,
};

/** How telling an effect is; 0: not worth a place in a row. */
function weightOf(effect: TracedEffect): number {
  if (effect.type === 'reportPeer' && effect.report.kind === 'requestEnded') {
    return effect.report.result === 'answered' ? 0 : 6;
  }
  return WEIGHTS[effect.type] ?? 3;
}

const BAD = new Set(['charged', 'coolingDown', 'banned', 'claimRefuted', 'claimDropped']);

function toneOf({ event, effects }: Entry): LogRow['tone'] {
  if (event === null) return 'start';
  if (effects.some(({ type }) => type === 'modeChanged' || type === 'serverChanged')) return 'mode';
  const bad = effects.some(
    (effect) =>
      effect.type === 'hostFaulted' ||
      effect.type === 'localStateSuspect' ||
      effect.type === 'rollbackBlocks' ||
      (effect.type === 'reportPeer' &&
        (BAD.has(effect.report.kind) || ('result' in effect.report && TROUBLE.has(effect.report.result)))),
  );
  return bad ? 'bad' : 'plain';
}
