import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts, Peer, Request, Span } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { hasAnswered, lostAt } from '../../src/core/flow.ts';
import { spanHolding } from '../../src/core/window.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';
import { mayBeAsked } from './window.ts';

/** Requests of one life of a node that are remembered as not answered yet. */
const UNANSWERED_MAX = 20_000;
/** Peers that are asked for the same next block at a time, to test what they claim. */
const TESTS_MAX = 4;

export const requestsEndInTime = always(
  'requests-end-in-time',
  ['SYNC-4', 'LIMIT'],
  'However its answer drips in, a request ends within requestTimeoutMsMax.',
  ({ before, after }) => {
    if (before.requests.byId === after.requests.byId) return undefined;
    const last = maps.deadlines.last(after.requests.deadlines);
    const request = last === null ? undefined : maps.requests.get(after.requests.byId, last.key[1]);
    if (last === null || request === undefined) return undefined;
    const latest = request.sentAt + after.config.requestTimeoutMsMax;
    return last.key[0] <= latest
      ? true
      : `${request.peer} has until ${last.key[0]} for what it was asked, not ${latest}`;
  },
  { facts: ['requests'] },
);

export const askedTwiceIsBounded = always(
  'asked-twice-is-bounded',
  ['OPT-1', 'META-10', 'LIMIT'],
  'No more requests than hedgesMax are for blocks that somebody else owes, each of them noted with what it is for, and no more than four test the same claim.',
  (seen) => {
    if (!effectsOf(seen, 'sendGetBlocks').some(({ purpose }) => purpose === 'hedge' || purpose === 'test'))
      return undefined;
    const open = { hedge: 0, test: 0 };
    for (const { value } of maps.requests.entries(seen.after.requests.byId)) {
      if (value.deadline === null) continue;
      if (value.purpose === 'hedge' || value.purpose === 'test') open[value.purpose]++;
    }
    for (const { purpose, requestId, from, to } of effectsOf(seen, 'sendGetBlocks')) {
      const span = purpose === 'hedge' ? spanHolding(seen.after, from) : undefined;
      if (span?.stage === 'requested' && span.hedgeId !== requestId)
        return `${from}..${to} is asked for twice, and that is not noted: it may be asked for again and again`;
    }
    if (open.hedge > seen.after.config.hedgesMax) return `${open.hedge} requests are for what others owe`;
    return open.test > TESTS_MAX ? `${open.test} peers are tested at a time` : true;
  },
  { effects: ['sendGetBlocks'] },
);

export const historyOutlivesConnections = always(
  'history-outlives-connections',
  ['PEER-1', 'PEER-2', 'META-7'],
  'Who leaves is remembered as long as there is anything to remember: a low score, bans, claims that proved wrong, answers under way.',
  ({ event, before, after }) => {
    if (!isEvent(event, 'peerDisconnected')) return undefined;
    const peer = maps.peers.get(before.peers.byId, event.peer);
    if (peer?.life.link !== 'Connected') return undefined;
    const { score, absences, refutations, desertions, coolDowns, bans, serving, life } = peer;
    const past = { score: Math.min(0, score), absences, refutations, desertions, coolDowns, bans, serving };
    const known = Object.entries(past).filter(([, count]) => count !== 0);
    if (known.length === 0 && life.claim !== 'Refuted') return undefined;
    if (maps.peers.get(after.peers.byId, peer.id) !== undefined) return true;
    return `${peer.id} leaves and is forgotten, with ${known.map(([what, count]) => `${what} ${count}`).join(', ')}`;
  },
  { events: ['peerDisconnected'] },
);

export const sparesAreOfDifferentPeers = always(
  'spares-are-of-different-peers',
  ['SYNC-3', 'LIVE-1'],
  'Of the next block, one spare copy a peer is kept: nobody takes the room of others.',
  ({ before, after }) => {
    if (before.window.spares === after.window.spares) return undefined;
    const peers = after.window.spares.map(({ peer }) => peer);
    return new Set(peers).size === peers.length ? true : `spare copies of ${peers.join(', ')} are kept`;
  },
  { facts: ['window'] },
);

export const troubleIsOfWhatIsNext = always(
  'trouble-is-of-what-is-next',
  ['SYNC-7', 'APPLY-3'],
  'What was wrong with a height is forgotten once the height is committed.',
  ({ before, after }) => {
    const { trouble } = after.window;
    if (trouble === null || (before.window.trouble === trouble && before.local === after.local)) return undefined;
    if (trouble.height > after.local.maxHeight) return true;
    return `trouble of height ${trouble.height} is remembered at height ${after.local.maxHeight}`;
  },
  { facts: ['window', 'local'] },
);

export const disputesReachDown: Always = {
  kind: 'always',
  name: 'disputes-reach-down',
  clauses: ['META-7'],
  says: 'What is disputed of a refuted claim begins at the lowest height that its owner failed to give.',
  on: { events: ['peerConnected'], effects: ['reportPeer'] },
  watch: () => {
    const lowest = new Map<string, number>();
    return {
      reborn: () => {
        lowest.clear();
      },
      check: (seen): Outcome => {
        const { event, before, after } = seen;
        if (isEvent(event, 'peerConnected') && maps.peers.get(before.peers.byId, event.peer) === undefined) {
          lowest.delete(event.peer);
        }
        const refuted = new Set<string>();
        for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
          if (report.kind === 'claimProven' || report.kind === 'disputeSettled') lowest.delete(id);
          if (report.kind !== 'claimRefuted') continue;
          lowest.set(id, Math.min(report.height, lowest.get(id) ?? Infinity));
          refuted.add(id);
        }
        for (const id of refuted) {
          const from = lowest.get(id);
          const disputed = maps.peers.get(after.peers.byId, id)?.disputedFrom;
          if (from !== undefined && disputed != null && disputed !== from)
            return `${id} failed to give ${from}; disputed is ${disputed} and up`;
        }
        return refuted.size > 0 ? true : undefined;
      },
    };
  },
};

/** The kind of work that an event tells has been done, all of it. */
function doneBy({ event, before: { work } }: Seen): string | null {
  if (isEvent(event, 'blocksCommitted')) {
    return event.workId === work.committing?.id && event.hostFault === undefined ? 'commit' : null;
  }
  if (isEvent(event, 'blocksVerified')) {
    const verified = work.verifying.find(({ id }) => id === event.workId);
    const isWhole = verified !== undefined && event.valid === verified.to - verified.from + 1;
    return isWhole && event.hostFault === undefined ? 'verify' : null;
  }
  return null;
}

export const successEndsBackOff = always(
  'success-ends-back-off',
  ['APPLY-5'],
  'When what the host failed in works again, the next failure is its first.',
  (seen) => {
    const { before, after } = seen;
    const done = doneBy(seen);
    if (done === null || before.host.failures === 0 || before.host.failedIn !== done) return undefined;
    if (effectsOf(seen, 'hostFaulted').length > 0 || before.local === after.local) return undefined;
    return after.host.failures === 0 ? true : `${done} works again, and ${after.host.failures} failures are counted`;
  },
  { events: ['blocksCommitted', 'blocksVerified'] },
);

const ANSWERS: readonly SyncEvent['type'][] = ['blocksReceived', 'blocksUnavailable', 'sendFailed'];

export const lateAnswersAreNoOffence: Always = {
  kind: 'always',
  name: 'late-answers-are-no-offence',
  clauses: ['SYNC-4', 'PEER-1'],
  says: 'Whoever answers a request that it was sent, however late, is not charged with sending what nobody asked for.',
  on: { events: [...ANSWERS, 'peerDisconnected'], effects: ['sendGetBlocks', 'reportPeer'] },
  watch: () => {
    const unanswered = new Map<number, Owed>();
    /** Who has sent other things too: those may have used up what is forgiven. */
    const others = new Set<string>();
    return {
      reborn: () => {
        unanswered.clear();
        others.clear();
      },
      check: (seen): Outcome => {
        const { event } = seen;
        if (isEvent(event, 'peerDisconnected')) forget(unanswered, event.peer);
        let outcome: Outcome = undefined;
        if (isEvent(event, 'blocksReceived')) {
          const owed = event.requestId === null ? undefined : unanswered.get(event.requestId);
          if (owed?.peer === event.peer) owed.blocks -= event.blocks.length;
          else others.add(event.peer);
          const charged = effectsOf(seen, 'reportPeer').some(({ peer, report }) => {
            return peer === event.peer && report.kind === 'charged' && report.offence === 'UNSOLICITED_BLOCK';
          });
          // SYNC-6: refused whole, what is still to come of it as well.
          if (wasRefused(seen, event.peer)) others.add(event.peer);
          if (!others.has(event.peer)) outcome = charged ? `${event.peer} is charged for its late answer` : true;
        }
        if ('requestId' in event && event.requestId !== null) {
          const isPart = 'more' in event && event.more && (unanswered.get(event.requestId)?.blocks ?? 0) > 0;
          if (!isPart) unanswered.delete(event.requestId);
        }
        for (const { requestId, peer, from, to } of effectsOf(seen, 'sendGetBlocks')) {
          unanswered.set(requestId, { peer, blocks: to - from + 1 });
        }
        for (const id of unanswered.keys()) {
          if (unanswered.size <= UNANSWERED_MAX) break;
          unanswered.delete(id);
        }
        return outcome;
      },
    };
  },
};

function wasRefused(seen: Seen, id: string): boolean {
  return effectsOf(seen, 'reportPeer').some(({ peer, report }) => {
    return peer === id && report.kind === 'requestEnded' && report.result === 'refused';
  });
}

interface Owed {
  readonly peer: string;
  /** How many have not come yet. */
  blocks: number;
}

function forget(unanswered: Map<number, Owed>, peer: string): void {
  for (const [id, owed] of unanswered) if (owed.peer === peer) unanswered.delete(id);
}

export const probationFollowsABan = always(
  'probation-follows-a-ban',
  ['PEER-1'],
  'Whose ban is over has the score of one that cools down: the next offence does not ban at once.',
  (seen) => {
    let checked = false;
    for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'forgiven') continue;
      if (maps.peers.get(seen.before.peers.byId, id)?.life.conduct !== 'Banned') continue;
      checked = true;
      const score = maps.peers.get(seen.after.peers.byId, id)?.score ?? 0;
      if (score < seen.after.config.scoreCoolDown) return `${id} is let back in with a score of ${score}`;
    }
    return checked ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

export const whatIsPassedRefutesNothing = always(
  'what-is-passed-refutes-nothing',
  ['META-7'],
  'Silence about heights that somebody else has given meanwhile says nothing about a claim.',
  (seen) => {
    const { before } = seen;
    const next = before.window.appliedTo + 1;
    let checked = false;
    const told = effectsOf(seen, 'reportPeer');
    for (const { peer: id, report } of told) {
      if (report.kind !== 'requestEnded' || report.result !== 'timedOut' || report.to >= next) continue;
      const mine = told.filter(({ peer }) => peer === id);
      const others = mine.some(({ report: { kind } }) => kind === 'charged');
      const ends = mine.filter(({ report: { kind } }) => kind === 'requestEnded').length;
      if (others || ends > 1 || isProbed(seen, id)) continue;
      checked = true;
      if (mine.some(({ report: { kind } }) => kind === 'claimRefuted'))
        return `${id} was silent about ${report.to}, which is here since, and is not believed any more`;
    }
    return checked ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

function isProbed({ before }: Seen, id: string): boolean {
  for (const { value } of maps.requests.entries(before.requests.byId)) {
    if (value.peer === id && value.purpose === 'probe' && value.deadline !== null) return true;
  }
  return false;
}

export const lostAnswersAreNoticed = always(
  'lost-answers-are-noticed',
  ['OPT-1'],
  'While what is next is owed and may be asked for twice, the request timer fires when its answer is taken for lost.',
  ({ after }) => {
    const { config, control, clock } = after;
    if (config.hedgesMax === 0 || config.strategy !== 'asynchronous') return undefined;
    if (control.mode !== 'Consensus_SyncMode') return undefined;
    const head = nextAskedFor(after);
    if (head === undefined) return undefined;
    const [request, peer] = owing(after, head);
    if (request === undefined || peer === undefined) return `nobody owes ${head.from}, which is asked for`;
    const lost = lostAt(request, peer.flow);
    if (lost <= clock.now) return undefined;
    const { request: armed } = clock.armed;
    if (armed !== null && armed <= lost) return true;
    return `${head.from} of ${peer.id} is lost at ${lost}, and the request timer fires ${armed ?? 'never'}`;
  },
  { facts: ['requests', 'window', 'clock'] },
);

/** The span of the next block, where it is asked for and not here yet. */
function nextAskedFor({ window }: Facts): Span | undefined {
  const head = maps.spans.atOrBefore(window.spans, window.appliedTo + 1)?.value;
  return head?.stage === 'requested' ? head : undefined;
}

/** The request for it that was sent last, and whom it was sent to. */
function owing({ requests, peers }: Facts, { hedgeId, requestId }: Span): [Request | undefined, Peer | undefined] {
  const request = maps.requests.get(requests.byId, hedgeId ?? requestId ?? 0);
  return [request, request === undefined ? undefined : maps.peers.get(peers.byId, request.peer)];
}

export const whatIsLostIsAskedAgain = always(
  'what-is-lost-is-asked-again',
  ['OPT-1'],
  'While Sync lasts, an answer with the next block that is taken for lost is asked of somebody else at once who is idle, has answered before and has not failed it; as long as there are second requests left.',
  ({ after }) => {
    const { config, control, clock, window, requests, peers } = after;
    if (config.strategy !== 'asynchronous' || control.mode !== 'Consensus_SyncMode') return undefined;
    // The last second request is kept for those that are sure to have lost it.
    if (requests.hedged >= config.hedgesMax - 1 || requests.inFlight >= config.inFlightMax) return undefined;
    const head = nextAskedFor(after);
    if (head === undefined || head.hedgeId !== null || window.spares.length > 0) return undefined;
    const [request, first] = owing(after, head);
    if (request === undefined || first === undefined || lostAt(request, first.flow) > clock.now) return undefined;
    for (const { value: peer } of maps.peers.entries(peers.byId)) {
      if (peer.id === first.id || head.avoid.includes(peer.id)) continue;
      if (peer.inFlight > 0 || !hasAnswered(peer) || !mayBeAsked(peer, head.from)) continue;
      return `${head.from} is lost with ${first.id}, and ${peer.id} is idle and has it`;
    }
    return true;
  },
  { facts: ['requests', 'window', 'clock', 'peers'] },
);
