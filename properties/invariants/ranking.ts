import type { EffectOf } from '../../src/core/effects.ts';
import type { Facts, Peer } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { spanHolding } from '../../src/core/window.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';
import { mayBeAsked, noteFailures } from './window.ts';

/** Nobody is told apart by less. */
const SOONER_MS = 10;

export const theBestIsAsked: Always = {
  kind: 'always',
  name: 'the-best-is-asked',
  clauses: ['SYNC-1', 'SYNC-2'],
  says:
    'A missing block is not asked of a peer while another that has it, and has behaved no worse, would have answered ' +
    'sooner by what both have shown and owe; what a peer claims counts for nothing (A12, A40), and who only ever let ' +
    'requests run out has shown that long (A10).',
  on: {
    events: ['blocksVerified', 'blocksApplied', 'blocksCommitted', 'blocksRolledBack'],
    effects: ['reportPeer', 'sendGetBlocks'],
    facts: ['local'],
  },
  watch: () => {
    /** For each height still missing, who has failed to give it. */
    const failed = new Map<number, Set<string>>();
    return {
      reborn: () => {
        failed.clear();
      },
      check: (seen): Outcome => {
        const { before, after } = seen;
        if (before.local !== after.local) {
          for (const height of failed.keys()) if (height <= after.local.maxHeight) failed.delete(height);
        }
        noteFailures(seen, (from, to, peer) => {
          for (let height = from; height <= to; height++)
            failed.set(height, (failed.get(height) ?? new Set()).add(peer));
        });
        return passedOver(seen, failed);
      },
    };
  },
};

function passedOver(seen: Seen, failed: ReadonlyMap<number, ReadonlySet<string>>): Outcome {
  const { after } = seen;
  const sent = effectsOf(seen, 'sendGetBlocks');
  let checked = false;
  for (const [i, { peer, from, purpose }] of sent.entries()) {
    const asked = maps.peers.get(after.peers.byId, peer);
    if (purpose !== 'sync' || asked === undefined || failed.get(from)?.has(peer) === true) continue;
    checked = true;
    const better = betterThan(beforeAsked(asked, sent.slice(i), after), from, sent.slice(i), after, failed.get(from));
    if (better !== undefined) return `${peer} is asked for ${from}, and ${better.id} would answer sooner`;
  }
  return checked ? true : undefined;
}

/** The peer as it was before these requests: what was asked later in this event, and this, was not owed yet. */
function beforeAsked(peer: Peer, sent: readonly EffectOf<'sendGetBlocks'>[], { requests }: Facts): Peer {
  const asked = new Set(sent.flatMap(({ peer: id, requestId }) => (id === peer.id ? [requestId] : [])));
  let { owedBytes } = peer.flow;
  for (const id of asked) owedBytes -= maps.requests.get(requests.byId, id)?.expectedBytes ?? 0;
  const owed = peer.requests.filter((id) => !asked.has(id));
  return { ...peer, inFlight: peer.inFlight - asked.size, requests: owed, flow: { ...peer.flow, owedBytes } };
}

function betterThan(
  asked: Peer,
  height: number,
  sent: readonly EffectOf<'sendGetBlocks'>[],
  facts: Facts,
  failed: ReadonlySet<string> | undefined,
): Peer | undefined {
  const askedMs = expectedMs(asked) ?? asked.latencyMs;
  if (askedMs === null) return undefined;
  for (const { value } of maps.peers.entries(facts.peers.byId)) {
    const other = beforeAsked(value, sent, facts);
    const otherMs = expectedMs(other);
    if (otherMs === null || other.id === asked.id || failed?.has(other.id) === true) continue;
    const behavedNoWorse = Math.min(0, other.score) >= Math.min(0, asked.score);
    if (!behavedNoWorse || otherMs > askedMs - SOONER_MS) continue;
    if (mayBeAsked(other, height)) return other;
  }
  return undefined;
}

export const secondRequestsGoToThoseWhoAnswer = always(
  'second-requests-go-to-those-who-answer',
  ['OPT-1'],
  'What everything waits for is not asked a second time of a peer that never answered, while one that has may be asked: there are few second requests, and newcomers could hold them all (A10).',
  (seen) => {
    const { after } = seen;
    const sent = effectsOf(seen, 'sendGetBlocks');
    let checked = false;
    for (const [i, { peer, from, purpose }] of sent.entries()) {
      const asked = maps.peers.get(after.peers.byId, peer);
      if (purpose !== 'hedge' || asked === undefined) continue;
      checked = true;
      if (expectedMs(asked) !== null) continue;
      const avoid = spanHolding(after, from)?.avoid ?? [];
      for (const { value } of maps.peers.entries(after.peers.byId)) {
        if (expectedMs(value) === null || avoid.includes(value.id) || hasBeenAsked(value, from, after)) continue;
        if (mayBeAsked(beforeAsked(value, sent.slice(i), after), from))
          return `${peer} never answered and is asked for ${from} too, though ${value.id} has`;
      }
    }
    return checked ? true : undefined;
  },
  { effects: ['sendGetBlocks'] },
);

function hasBeenAsked({ requests }: Peer, height: number, facts: Facts): boolean {
  return requests.some((id) => {
    const request = maps.requests.get(facts.requests.byId, id);
    return request !== undefined && request.from <= height && height <= request.to;
  });
}

/** When it may have delivered what it owes, and been as quick with one answer more as it ever was; null: it never gave one. */
function expectedMs({ flow: { quickestMs, bytesPerMs, owedBytes } }: Peer): number | null {
  return quickestMs === null || bytesPerMs === null ? null : quickestMs + owedBytes / bytesPerMs;
}

export const speedIsWhatWasMeasured = always(
  'speed-is-what-was-measured',
  ['SYNC-4', 'LIMIT'],
  'What an answer took is the time since it was asked for, and what a peer is expected to take moves towards it.',
  (seen) => {
    const { event, before, after } = seen;
    if (!isEvent(event, 'blocksReceived') || event.requestId === null) return undefined;
    const request = maps.requests.get(before.requests.byId, event.requestId);
    if (request?.peer !== event.peer || request.deadline === null) return undefined;
    const report = effectsOf(seen, 'reportPeer').find(({ peer, report }) => {
      return peer === event.peer && report.kind === 'requestEnded' && report.result === 'answered';
    })?.report;
    if (report?.kind !== 'requestEnded') return undefined;
    const tookMs = after.clock.now - request.sentAt;
    if (report.tookMs !== tookMs)
      return `${event.peer} answered in ${tookMs} ms, and is said to have taken ${report.tookMs} ms`;
    const was = maps.peers.get(before.peers.byId, event.peer)?.latencyMs;
    const is = maps.peers.get(after.peers.byId, event.peer)?.latencyMs;
    // Who misbehaves may be gone by now.
    if (was === undefined || is == null) return undefined;
    const nearer = was === null ? is === tookMs : is === tookMs || Math.abs(is - tookMs) < Math.abs(was - tookMs);
    const between = was === null || (is >= Math.min(was, tookMs) && is <= Math.max(was, tookMs));
    // One answer alone makes no new measure.
    const isAlone =
      effectsOf(seen, 'reportPeer').filter(({ report: each }) => each.kind === 'requestEnded').length === 1;
    if (isAlone && was !== null && is === tookMs && Math.abs(was - tookMs) > 1)
      return `${event.peer} answered in ${tookMs} ms: its latency went from ${was} all the way to that`;
    return nearer && between
      ? true
      : `${event.peer} answered in ${tookMs} ms: its latency went from ${was} to ${is} ms`;
  },
  { events: ['blocksReceived'] },
);

export const timeoutsHalve = always(
  'timeouts-halve-what-is-owed',
  ['OPT-1', 'SYNC-4'],
  'Who lets a request time out may owe half as much from then on, and two answers at least.',
  (seen) => {
    let checked = false;
    for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'requestEnded' || report.result !== 'timedOut') continue;
      const was = maps.peers.get(seen.before.peers.byId, id);
      const is = maps.peers.get(seen.after.peers.byId, id);
      const sentAt = seen.after.clock.now - report.tookMs;
      const isLost = was?.requests.some((each) => {
        const request = maps.requests.get(seen.before.requests.byId, each);
        return request?.sentAt === sentAt && request.skipped;
      });
      // What is believed lost says nothing about the peer's speed.
      if (was === undefined || is === undefined || isLost === true) continue;
      checked = true;
      const most = Math.max(2, Math.floor(was.flow.slots / 2));
      if (is.flow.slots > most)
        return `${id} lets a request time out, and may owe ${is.flow.slots} answers, not ${most}`;
    }
    return checked ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

/** After an answer out of order, and at most: as answers in order are counted. */
const OUT_OF_ORDER = -64;
const IN_ORDER_MAX = 4;

export const orderIsWhatWasSeen = always(
  'order-is-what-was-seen',
  ['OPT-1'],
  'Answers count as in order one by one, and not any more once one comes of a request that was passed over.',
  (seen) => {
    const { event, before, after } = seen;
    if (!isEvent(event, 'blocksReceived') || event.requestId === null || event.more === true) return undefined;
    const request = maps.requests.get(before.requests.byId, event.requestId);
    const was = maps.peers.get(before.peers.byId, event.peer)?.flow;
    const is = maps.peers.get(after.peers.byId, event.peer)?.flow;
    const isRefused = effectsOf(seen, 'reportPeer').some(({ report: { kind } }) => kind === 'charged');
    const isWhole = event.blocks.length > 0 && request?.peer === event.peer && !isRefused;
    if (!isWhole || was === undefined || is === undefined) return undefined;
    const isPassedOver = was.answeredSentAt !== null && request.sentAt < was.answeredSentAt;
    const expected = isPassedOver ? OUT_OF_ORDER : Math.min(IN_ORDER_MAX, was.inOrder + 1);
    if (is.inOrder !== expected) return `${event.peer} has ${is.inOrder} answers in order, not ${expected}`;
    // Asked anew after it owed nothing, it begins anew.
    const isBegun = is.answeredSentAt === null || is.answeredSentAt >= request.sentAt;
    return isBegun ? true : `${event.peer} answered what it was asked at ${request.sentAt}, which is not noted`;
  },
  { events: ['blocksReceived'] },
);
