import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts, Request } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

/** The requests in flight that a report may be about: it names none, and a peer may be asked the same twice at one moment. */
export function alike({ requests }: Facts, peer: string, from: number, sentAt: number): readonly Request[] {
  const all = [...maps.requests.entries(requests.byId)].map(({ value }) => value);
  return all.filter((each) => {
    return each.peer === peer && each.from === from && each.sentAt === sentAt && each.deadline !== null;
  });
}

/** Whoever has begun to answer is not silent. */
export function hadBegun(facts: Facts, peer: string, from: number, sentAt: number): boolean {
  const known = alike(facts, peer, from, sentAt);
  return known.length > 0 && known.every(({ begun }) => begun);
}

/** So many requests on end that cannot be sent refute a claim (A39). */
export const SEND_FAILURES_MAX = 8;

/** A process with a lot to do handles a timer later than it was due. */
const LATE_MS = 1_000;

export const outcomesEndRequests = always(
  'outcomes-end-requests',
  ['SYNC-4', 'SYNC-5', 'SYNC-6'],
  'An answer, "I do not have it" or a failed send ends the request at once, and its slot is free.',
  ({ event, before, after }) => {
    const request = requestOf(event, before);
    if (request === undefined || after.control.mode === 'Stopped') return undefined;
    // A part of an answer leaves the rest owed (CHUNK-1).
    if (event.type === 'blocksReceived' && event.more === true) return undefined;
    const left = maps.requests.get(after.requests.byId, request.id);
    return left?.deadline == null ? true : `${event.type} of ${request.peer}, but request ${request.id} waits on`;
  },
  { events: ['blocksReceived', 'blocksUnavailable', 'sendFailed'] },
);

/** The request in flight that an event is the outcome of, where the event itself names it. */
export function requestOf(event: SyncEvent, { requests }: Facts): Request | undefined {
  if (event.type !== 'blocksReceived' && event.type !== 'blocksUnavailable' && event.type !== 'sendFailed') return;
  if (event.requestId === null) return;
  const request = maps.requests.get(requests.byId, event.requestId);
  return request?.peer === event.peer && request.deadline !== null ? request : undefined;
}

export const fewFailedSendsAreForgiven: Always = {
  kind: 'always',
  name: 'few-failed-sends-are-forgiven',
  clauses: ['META-7', 'SYNC-4'],
  says: 'That a request could not be sent refutes a claim only when that happened many times on end, or when it was to test the claim.',
  on: { events: ['peerConnected', 'blocksReceived'], effects: ['reportPeer'] },
  watch: () => {
    /** Of each peer, how many sends on end have failed. */
    const failed = new Map<string, number>();
    return {
      reborn: () => {
        failed.clear();
      },
      check: (seen): Outcome => {
        const { event, before } = seen;
        if (isEvent(event, 'peerConnected') && maps.peers.get(before.peers.byId, event.peer) === undefined)
          failed.delete(event.peer);
        let checked: Outcome = undefined;
        for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
          if (report.kind === 'requestEnded' && report.result === 'answered') failed.delete(peer);
          if (report.kind === 'requestEnded' && report.result === 'sendFailed')
            failed.set(peer, (failed.get(peer) ?? 0) + 1);
          if (report.kind !== 'claimRefuted' || report.why !== 'SEND_FAILED') continue;
          const request = isEvent(event, 'sendFailed')
            ? maps.requests.get(before.requests.byId, event.requestId)
            : undefined;
          if (request?.purpose === 'test' || request?.purpose === 'probe') continue;
          const times = failed.get(peer) ?? 0;
          if (times < SEND_FAILURES_MAX) return `${peer} is not believed any more, after ${times} sends that failed`;
          checked = true;
        }
        return checked;
      },
    };
  },
};

export const leavingAgainRefutes: Always = {
  kind: 'always',
  name: 'leaving-again-refutes',
  clauses: ['META-7', 'PEER-2'],
  says: 'Leaving while owing the next height to apply refutes the claim from the second time on, and not before, counted since it last gave a block.',
  on: { events: ['peerConnected', 'peerDisconnected'], effects: ['blocksAdded'] },
  watch: () => {
    const left = new Map<string, number>();
    return {
      reborn: () => {
        left.clear();
      },
      check: (seen): Outcome => {
        const { event, before } = seen;
        // Who has left by the time its block is committed has no credit for it.
        for (const { peer } of effectsOf(seen, 'blocksAdded')) {
          if (peer !== null && maps.peers.get(before.peers.byId, peer)?.life.link === 'Connected') left.delete(peer);
        }
        if (event.type !== 'peerConnected' && event.type !== 'peerDisconnected') return undefined;
        const peer = maps.peers.get(before.peers.byId, event.peer);
        if (event.type === 'peerConnected') {
          // Who had to be forgotten to make room is as good as new.
          if (peer === undefined) left.delete(event.peer);
          return undefined;
        }
        if (peer?.life.link !== 'Connected' || before.control.mode === 'Stopped') return undefined;
        const next = before.window.appliedTo + 1;
        const owesNext = peer.requests.some((id) => {
          const request = maps.requests.get(before.requests.byId, id);
          return request?.deadline != null && request.from <= next && next <= request.to;
        });
        if (!owesNext) return undefined;
        const times = (left.get(event.peer) ?? 0) + 1;
        left.set(event.peer, times);
        if (peer.claim === null || peer.life.claim === 'Refuted') return undefined;
        const isRefuted = effectsOf(seen, 'reportPeer').some((effect) => {
          return effect.peer === event.peer && effect.report.kind === 'claimRefuted';
        });
        if (times === 1)
          return isRefuted ? `${event.peer} leaves owing ${next} once, and is not believed any more` : true;
        return isRefuted ? true : `${event.peer} leaves owing ${next} the ${times}. time, and is believed as before`;
      },
    };
  },
};

export const timeoutsAreFair = always(
  'timeouts-are-fair',
  ['SYNC-4', 'LIMIT'],
  'A request times out after the time that it was given; time that our own process slept does not count.',
  (seen) => {
    const { requestTimeoutMsMin, requestTimeoutMsMax, clockLeapMs } = seen.after.config;
    let checked = false;
    /** Whose begun answer has just timed out, and no other of that peer. */
    let slow: string | null = null;
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind === 'claimRefuted' && report.why === 'TIMED_OUT' && peer === slow)
        return `${peer} is not believed any more, though it had begun to answer`;
      if (report.kind !== 'requestEnded') continue;
      slow = null;
      if (report.result !== 'timedOut') continue;
      checked = true;
      if (hadBegun(seen.before, peer, report.from, seen.after.clock.now - report.tookMs)) slow = peer;
      if (report.tookMs < requestTimeoutMsMin) return `${peer} was given only ${report.tookMs} ms`;
      if (report.tookMs > requestTimeoutMsMax + clockLeapMs + LATE_MS)
        return `${peer} is said not to have answered for ${report.tookMs} ms`;
    }
    return checked ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

export const givingUpIsFair = always(
  'giving-up-is-fair',
  ['OPT-1', 'SYNC-4', 'META-7'],
  'A request is given up only when blocks come of a later one to the same peer, late enough, or when all that it owes is lost; and costs it nothing.',
  (seen) => {
    const { before, after } = seen;
    let checked = false;
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'requestEnded' || report.result !== 'skipped') continue;
      checked = true;
      const what = `${report.from}..${report.to} of ${peer}`;
      if (after.config.hedgesMax === 0) return `${what} is given up, though nothing may be asked twice`;
      if (report.tookMs < GIVEN_UP_MS_MIN && !answersInOrder(before, peer))
        return `${what} is given up after ${report.tookMs} ms`;
      const known = alike(before, peer, report.from, after.clock.now - report.tookMs);
      const wrongs = known.filter(({ to, begun }) => to === report.to && !begun).map((each) => unfair(seen, each));
      if (wrongs.length === 0) return `${what} is given up, and was not in flight`;
      if (wrongs.every((wrong) => wrong !== null)) return `${what} ${wrongs[0] ?? ''}`;
    }
    return checked ? true : undefined;
  },
  { events: ['blocksReceived', 'timerFired'], effects: ['reportPeer'] },
);

/** Whether it has so far, or does with the answer that just came: whatever it passes over is lost. */
function answersInOrder({ peers }: Facts, id: string): boolean {
  return (maps.peers.get(peers.byId, id)?.flow.inOrder ?? 0) >= IN_ORDER_MIN - 1;
}

const IN_ORDER_MIN = 4;

function unfair(seen: Seen, given: Request): string | null {
  const { event, before, after } = seen;
  if (isEvent(event, 'timerFired')) {
    const early = spoken(seen, given.peer);
    if (early !== null) return early;
  } else if (!isEvent(event, 'blocksReceived') || event.peer !== given.peer) return `is given up at a ${event.type}`;
  else if (event.requestId !== null && event.requestId < given.id) return 'is given up for an earlier answer';
  if (given.purpose === 'test' || given.purpose === 'probe') return 'was about a claim';
  const next = before.window.appliedTo + 1;
  const isNext = given.purpose === 'sync' && given.from <= next && next <= given.to;
  // Unless this very answer moved what is next on.
  return isNext && after.window.appliedTo + 1 === next ? `was the proof of what ${given.peer} claims` : null;
}

/** That the peer may well be about to answer; null: it has been silent for long, and twice as long for each request in vain. */
function spoken({ before, after }: Seen, id: string): string | null {
  const peer = maps.peers.get(before.peers.byId, id);
  if (peer === undefined || peer.flow.quickestMs === null) return 'is given up of a peer that was never heard';
  const heardAt = peer.flow.heardAt ?? 0;
  const known = peer.requests.map((each) => maps.requests.get(before.requests.byId, each));
  const inVain = known.filter((each) => each?.deadline === null && each.sentAt > heardAt).length;
  for (const request of known) {
    if (request === undefined || request.deadline === null || request.deadline <= after.clock.now) continue;
    if (request.sentAt < (peer.flow.answeredSentAt ?? 0)) continue;
    const silentMs = after.clock.now - Math.max(heardAt, request.sentAt);
    if (silentMs < LOST_MS_MIN * 2 ** inVain) return `is given up ${silentMs} ms after ${id} was heard or asked last`;
  }
  return null;
}

/** No answer is overdue sooner, nor believed lost. */
const GIVEN_UP_MS_MIN = 40;
const LOST_MS_MIN = 60;

export const timeNeverGoesBack = always(
  'time-never-goes-back',
  ['SYNC-4'],
  "The core's time never goes back, whatever the host's clock does.",
  ({ before, after }) => {
    if (before.clock.now === after.clock.now) return undefined;
    const backMs = before.clock.now - after.clock.now;
    return backMs < 0 ? true : `time went back by ${backMs} ms`;
  },
  { facts: ['clock'] },
);

/** Long for any work there is; and the process lived meanwhile: what waits for a frozen one comes at a single moment. */
const UNANSWERED_MS_MAX = 60_000;
const UNANSWERED_MOMENTS_MAX = 100;

export const effectsAreAnswered: Always = {
  kind: 'always',
  name: 'effects-are-answered',
  clauses: ['APPLY-5', 'SERVE-4'],
  says: 'Whatever the host is told to do and to answer, it answers: nothing that was begun is left without an outcome.',
  watch: () => {
    const open = new Map<number, { readonly type: string; readonly atMs: number; readonly moments: number }>();
    let moments = 0;
    let lastMs = -1;
    return {
      reborn: () => {
        open.clear();
      },
      check: ({ atMs, event, effects }): Outcome => {
        if (atMs !== lastMs) moments++;
        lastMs = atMs;
        const id = 'workId' in event ? event.workId : 'serveId' in event ? event.serveId : null;
        if (id !== null) open.delete(id);
        for (const effect of effects) {
          const begun = 'workId' in effect ? effect.workId : 'serveId' in effect ? effect.serveId : null;
          if (begun !== null) open.set(begun, { type: effect.type, atMs, moments });
        }
        // In the order they were begun.
        for (const [oldest, begun] of open) {
          const tooLong = atMs - begun.atMs > UNANSWERED_MS_MAX && moments - begun.moments > UNANSWERED_MOMENTS_MAX;
          return tooLong ? `${begun.type} ${oldest} is without an outcome` : id === null ? undefined : true;
        }
        return undefined;
      },
    };
  },
};
