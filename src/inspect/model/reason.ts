import type { Facts } from '../../index.ts';
import { isSynced, whyNotSynced, workUnderWay } from '../../index.ts';
import type { Names } from '../../words/index.ts';
import { count, heights, number, peerName, shortTime, withNames } from '../../words/index.ts';
import { modeState } from './charts.ts';
import { entriesOf, sizeOf, valuesOf } from './ordered-entries.ts';

/** What the node does and why it is not synced, in words. */
export interface Reason {
  readonly mode: string;
  readonly server: string;
  /** The mode in one plain line. */
  readonly modeText: string;
  /** Whether the node does anything at all in this mode. */
  readonly running: boolean;
  readonly synced: boolean;
  /** Of `whyNotSynced`; null when synced. */
  readonly code: string | null;
  readonly text: string;
  /** What it waits for now, one line each. */
  readonly awaited: readonly string[];
  /** When something is tried again by itself; null when only an event from outside can help, or when nothing is amiss. */
  readonly nextTryInMs: number | null;
  readonly lastErrorCode: string | null;
  readonly tried: readonly string[];
}

const AWAITED_MAX = 6;

export function reasonOf(facts: Facts, names: Names): Reason {
  const why = whyNotSynced(facts);
  const { mode, server } = facts.control;
  const state = modeState(mode);
  const running = state?.tags.includes('running') ?? false;
  const awaited = running ? awaitedOf(facts, names) : [];
  const base = { mode, server, modeText: state?.description ?? '', running, awaited };
  if (why === null) {
    const { aggregate, local } = facts;
    const claimed = aggregate === null ? 'nothing' : `no more than height ${number(aggregate.maxHeight)}`;
    const text = `Nothing is missing: this node is at height ${number(local.maxHeight)}, credible peers claim ${claimed}.`;
    return { ...base, synced: true, code: null, text, nextTryInMs: null, lastErrorCode: null, tried: [] };
  }
  return {
    ...base,
    synced: isSynced(facts),
    code: why.code,
    text: withNames(names, why.message),
    nextTryInMs: why.nextTryInMs,
    lastErrorCode: why.lastErrorCode,
    tried: why.peersTried.map((id) => peerName(names, id)),
  };
}

const WORK = {
  verify: 'checking the certificate of',
  apply: 'executing',
  commit: 'writing',
  rollback: 'rolling back',
} as const;

const PURPOSES = {
  sync: '',
  hedge: ' (too, because everything waits for it)',
  test: ' (a test of its claim)',
  probe: ' (a probe of its claim)',
} as const;

/** What is under way or has a time set, most telling first. */
function awaitedOf(facts: Facts, names: Names): string[] {
  const { host, window, requests, clock, local } = facts;
  const lines: string[] = [];
  const next = local.maxHeight + 1;
  if (host.fault !== null && host.retryAt !== null) {
    lines.push(`another try after ${host.fault.code}, ${inTime(host.retryAt - clock.now)}`);
  }
  for (const { kind, from, to } of workUnderWay(facts)) lines.push(`${WORK[kind]} ${heights(from, to)}`);
  const suspectAt = window.trouble?.suspect?.retryAt ?? null;
  if (suspectAt !== null) lines.push(`another try at block ${number(next)}, ${inTime(suspectAt - clock.now)}`);
  const open = valuesOf(requests.byId).filter(({ deadline }) => deadline !== null);
  open.sort((a, b) => a.from - b.from || a.sentAt - b.sentAt);
  for (const { peer, from, to, purpose, sentAt, deadline } of open.slice(0, 2)) {
    const asked = `asked ${shortTime(clock.now - sentAt)} ago, given up ${inTime((deadline ?? clock.now) - clock.now)}`;
    lines.push(`${heights(from, to)} from ${peerName(names, peer)}${PURPOSES[purpose]}: ${asked}`);
  }
  if (open.length > 2)
    lines.push(`${count(open.length - 2, 'more answer')}, of ${count(peersOf(open), 'peer')} in all`);
  const asked = valuesOf(facts.peers.byId).filter(({ life, asksOpen }) => life.link === 'Connected' && asksOpen > 0);
  if (asked.length > 0 && asked.length <= 3) {
    lines.push(`what ${asked.map(({ id }) => peerName(names, id)).join(', ')} will say it has`);
  } else if (asked.length > 3) lines.push(`what ${count(asked.length, 'peer')} will say they have`);
  for (const { key } of entriesOf(facts.peers.conductEnds).slice(0, 2)) {
    lines.push(`${peerName(names, key[1])} may be asked again ${inTime(key[0] - clock.now)}`);
  }
  for (const { key } of entriesOf(facts.peers.probes).slice(0, 2)) {
    lines.push(`the claim of ${peerName(names, key[1])} is probed ${inTime(key[0] - clock.now)}`);
  }
  const ask = entriesOf(facts.peers.asks)[0];
  if (ask !== undefined && lines.length < AWAITED_MAX) {
    lines.push(`peers are asked what they have, the next one ${inTime(ask.key[0] - clock.now)}`);
  }
  if (sizeOf(facts.peers.byId) === 0) lines.push('a peer that connects');
  return lines.slice(0, AWAITED_MAX);
}

function peersOf(requests: readonly { readonly peer: string }[]): number {
  return new Set(requests.map(({ peer }) => peer)).size;
}

function inTime(ms: number): string {
  return ms <= 0 ? 'now' : `in ${shortTime(ms)}`;
}
