import { blockRequestChart } from '../../src/core/advance.ts';
import { computeAggregate } from '../../src/core/aggregate.ts';
import type { Effect } from '../../src/core/effects.ts';
import type { Facts, Peer, Span } from '../../src/core/facts.ts';
import { maps, workUnderWay } from '../../src/core/facts.ts';
import { mayOweMore } from '../../src/core/flow.ts';
import { hashKey } from '../../src/core/ordered-map.ts';
import { getPeer, peerIs } from '../../src/core/peers.ts';
import { recentId } from '../../src/core/recent.ts';
import { inMode } from '../../src/core/turn.ts';
import { claimCounts } from './counting.ts';

/** How many requests of a peer that timed out are remembered. */
const EXPIRED_MAX = 8;

/** So many who failed a height are remembered with it. */
const FAILED_MAX = 8;

/**
 * What must hold of the facts after every event, and against the facts before it. Throws at the first thing that does
 * not. Counts everything anew from the peers', requests' and spans' own records: slow, and independent of the indexes.
 */
export function checkFacts(facts: Facts, before: Facts): void {
  const peers = [...maps.peers.entries(facts.peers.byId)].map((node) => node.value);
  checkPeerIndexes(facts, peers);
  checkRequests(facts, peers);
  checkWindow(facts);
  checkTimers(facts);
  same(JSON.stringify(facts.aggregate), JSON.stringify(computeAggregate(facts)), 'what the claims add up to');
  checkGrowth(facts, before);
  must(peers.length <= facts.config.peersMax, 'peers within peersMax');
  checkMemories(facts);
  const queue = [...maps.queued.entries(facts.serving.queue)].map((node) => node.value);
  must(queue.length <= facts.config.serveQueuedMax, 'requests that wait within serveQueuedMax');
  for (const peer of peers) {
    same(peer.queued, queue.filter((each) => each.peer === peer.id).length, `requests of ${peer.id} that wait`);
    must(peer.queued === 0 || peer.life.link === 'Connected', 'only who is connected waits', peer);
    const answers = [...maps.serving.entries(facts.serving.byId)].filter((node) => node.value === peer.id).length;
    must(peer.serving === answers || peer.life.link !== 'Connected', 'answers under way to a peer', peer);
    must(peer.queued <= facts.config.serveBlocksPerPeerMax, 'requests of one peer that wait', peer);
  }
}

/** Who failed, and in what, is remembered of a few only (LIMIT). */
function checkMemories({ window: { spans, trouble } }: Facts): void {
  must((trouble?.peers.length ?? 0) <= 2 * FAILED_MAX, 'who had trouble with the head', trouble);
  must((trouble?.unapplied.length ?? 0) <= FAILED_MAX, 'contents that do not apply', trouble);
  for (const { value: span } of maps.spans.entries(spans)) must(span.avoid.length <= FAILED_MAX, 'who failed', span);
}

/** What must hold of each request as it is sent (SYNC-1, SYNC-2): within the claim then, and not below next. */
export function checkRequestsSent(facts: Facts, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.type !== 'sendGetBlocks') continue;
    const claim = getPeer(facts, effect.peer)?.claim ?? null;
    must(
      claim !== null && claim.minHeight <= effect.from && effect.to <= claim.maxHeight,
      'asked within the claim',
      effect,
    );
    must(effect.from <= effect.to, 'a range is not empty', effect);
    must(effect.purpose === 'probe' || effect.from > facts.local.maxHeight, 'nothing below next is asked for', effect);
  }
}

function checkPeerIndexes(facts: Facts, peers: readonly Peer[]): void {
  const { salt } = facts.peers.byId;
  const expected: Record<string, string[]> = {
    ...{ available: [], starts: [], untested: [], tested: [], asks: [], conductEnds: [], probes: [], probesDue: [] },
    departed: [],
  };
  const add = (index: string, ...key: readonly (string | number)[]) => expected[index]?.push(key.join('|'));
  for (const peer of peers) {
    const { id, claim, life } = peer;
    if (life.link === 'Disconnected') add('departed', peer.lastSeenAt, id);
    else {
      if (peer.askAt !== null) add('asks', peer.askAt, id);
      if (claim !== null && life.claim === 'Untested') add('untested', claim.minHeight, id, claim.maxHeight);
      if (claim !== null && life.claim === 'Credible') add('tested', claim.minHeight, id, claim.maxHeight);
      if (claim !== null && life.claim === 'Refuted' && peer.probeAt !== null) {
        if (peer.probeDue) add('probesDue', peer.served > 0 ? 0 : 1, peer.probeAt, id);
        else add('probes', peer.probeAt, id);
      }
      if (claim !== null && claimCounts(peer) && life.conduct === 'Trusted' && mayOweMore(peer)) {
        add('available', hashKey(salt, id), id, claim.minHeight, claim.maxHeight);
        add('starts', claim.minHeight, id, claim.maxHeight);
      }
    }
    if (peer.conductUntil !== null) add('conductEnds', peer.conductUntil, id);
    must(
      (claim === null) === (life.claim === 'Unknown') || life.claim === 'Refuted',
      'a claim is there iff the chart says so',
      peer,
    );
    must((peer.conductUntil !== null) === (life.conduct !== 'Trusted'), 'an end is set iff conduct has one', peer);
    must(
      life.link === 'Connected' || (claim === null && peer.requests.length === 0),
      'who left claims and owes nothing',
      peer,
    );
    must(peer.deviationMs >= 0 && (peer.latencyMs ?? 0) >= 0, 'times that answers take are not negative', peer);
    const { asksOpen, heardAt, askAt, trial, forgotten } = peer;
    const isQuiet = asksOpen === 0 && heardAt === null && askAt === null && trial === null && forgotten === 0;
    must(life.link === 'Connected' || isQuiet, 'what belongs to a connection ends with it', peer);
    must(life.link === 'Connected' || hasPast(peer), 'who left without a history is forgotten', peer);
    must(peerIs(peer, 'claimRefuted') === (peer.disputedFrom !== null), 'a height is disputed iff refuted', peer);
    // Refuted is never for good: a probe is under way or to come.
    const probed = peer.probeAt !== null || peer.trial !== null;
    must(!peerIs(peer, 'claimRefuted') || probed, 'a refuted claim is probed', peer);
  }
  const { available, starts, untested, tested, asks, conductEnds, probes, probesDue, departed } = facts.peers;
  const found: Record<string, string[]> = {
    available: [...maps.available.entries(available)].map(({ key: [, tie, id], value }) =>
      [tie, id, value.minHeight, value.maxHeight].join('|'),
    ),
    starts: [...maps.claims.entries(starts)].map(({ key, value }) => [...key, value].join('|')),
    untested: [...maps.claims.entries(untested)].map(({ key, value }) => [...key, value].join('|')),
    tested: [...maps.claims.entries(tested)].map(({ key, value }) => [...key, value].join('|')),
    asks: keys(maps.byTime.entries(asks)),
    conductEnds: keys(maps.byTime.entries(conductEnds)),
    probes: keys(maps.byTime.entries(probes)),
    probesDue: keys(maps.probesDue.entries(probesDue)),
    departed: keys(maps.byTime.entries(departed)),
  };
  for (const [index, entries] of Object.entries(expected)) {
    same((found[index] ?? []).sort().join(' '), entries.sort().join(' '), `index ${index}`);
  }
}

/** Whether the peer did anything wrong, or is still being sent blocks. */
function hasPast({ life, score, absences, refutations, desertions, coolDowns, bans, serving }: Peer): boolean {
  const times = absences + refutations + desertions + coolDowns + bans + serving;
  return life.claim === 'Refuted' || score < 0 || times > 0;
}

function checkRequests(facts: Facts, peers: readonly Peer[]): void {
  const all = [...maps.requests.entries(facts.requests.byId)].map((node) => node.value);
  const open = all.filter((request) => request.deadline !== null);
  same(facts.requests.inFlight, open.length, 'requests in flight');
  same(
    facts.requests.inFlightSync,
    open.filter((each) => each.purpose === 'sync' || each.purpose === 'hedge').length,
    'sync requests in flight',
  );
  same(facts.requests.hedged, open.filter((each) => each.purpose === 'hedge').length, 'hedges in flight');
  must(facts.requests.hedged <= facts.config.hedgesMax, 'hedges within hedgesMax');
  same(
    facts.requests.inFlightBytes,
    sum(open, (each) => (each.purpose === 'sync' ? each.bytesMax : 0)),
    'bytes in flight',
  );
  same(
    facts.requests.inFlightBlocks,
    sum(open, (each) => (each.purpose === 'sync' ? each.to - each.from + 1 : 0)),
    'blocks in flight',
  );
  same(maps.deadlines.size(facts.requests.deadlines), open.length, 'deadlines');
  must(open.length <= facts.config.inFlightMax, 'in flight within inFlightMax');
  for (const request of open) must(request.from <= request.to, 'what is in flight is to bring something', request);
  const byPeer = new Map<string, typeof all>();
  for (const request of all) byPeer.set(request.peer, [...(byPeer.get(request.peer) ?? []), request]);
  for (const peer of peers) {
    const own = byPeer.get(peer.id) ?? [];
    same(peer.inFlight, own.filter((each) => each.deadline !== null).length, `in flight at ${peer.id}`);
    same(
      [...peer.requests].sort().join(),
      own
        .map((each) => each.id)
        .sort()
        .join(),
      `requests of ${peer.id}`,
    );
    must(own.length - peer.inFlight <= EXPIRED_MAX, 'expired requests bounded', peer);
    must(peer.inFlight <= facts.config.inFlightPerPeerMax, 'in flight within inFlightPerPeerMax', peer);
    must(peer.flow.slots >= 1 && peer.flow.slots <= facts.config.inFlightPerPeerMax, 'slots within bounds', peer);
    same(
      Math.round(peer.flow.owedBytes),
      sum(own, (each) => (each.deadline === null ? 0 : each.expectedBytes)),
      `bytes that ${peer.id} owes`,
    );
    byPeer.delete(peer.id);
  }
  same(byPeer.size, 0, 'requests of peers that are not known');
}

function checkWindow(facts: Facts): void {
  const { window, local, config } = facts;
  const works = workUnderWay(facts);
  const spans = [...maps.spans.entries(window.spans)].map((node) => node.value);
  let above = local.maxHeight;
  for (const span of spans) {
    must(span.from > above && span.to >= span.from, 'spans are disjoint and above the local height', show(span));
    above = span.to;
    const held = blockRequestChart.hasTag(span.stage, 'held');
    same(span.blocks.length, held ? span.to - span.from + 1 : 0, `blocks of the ${span.stage} span at ${span.from}`);
    span.blocks.forEach((block, i) => same(block.height, span.from + i, 'a block is at its height'));
    if (span.stage === 'requested') {
      const request = maps.requests.get(facts.requests.byId, span.requestId ?? -1);
      must(request !== undefined && request.deadline !== null, 'what is requested is in flight', show(span));
      must(request.from <= span.from && span.to <= request.to, 'the request is for the span', show(span));
      const hedge = span.hedgeId === null ? undefined : maps.requests.get(facts.requests.byId, span.hedgeId);
      must(span.hedgeId === null || hedge?.purpose === 'hedge', 'a hedge is in flight', show(span));
      must(
        hedge === undefined || (hedge.from <= span.from && span.to <= hedge.to),
        'the hedge is for the span',
        show(span),
      );
    }
    const inWork = blockRequestChart.hasTag(span.stage, 'inWork');
    const own = works.find(({ id }) => id === span.workId);
    must(!inWork || (own !== undefined && own.from <= span.from && span.to <= own.to), 'work is under way', show(span));
    must(inWork || span.workId === null, 'only what is in work names it', show(span));
  }
  checkOrder(facts, spans);
  must(window.frontier > above, 'the frontier is above every span');
  const wanted = spans.filter((span) => span.stage === 'wanted').map((span) => span.from);
  same([...maps.heights.entries(window.wanted)].map((node) => node.key).join(), wanted.join(), 'index wanted');
  const unverified = spans.filter(({ stage, waits }) => stage === 'received' && !waits).map((span) => span.from);
  const indexed = [...maps.heights.entries(window.unverified)].map((node) => node.key);
  same(indexed.join(), unverified.join(), 'index unverified');
  same(
    window.bufferedBlocks,
    sum(spans, (span) => span.blocks.length),
    'buffered blocks',
  );
  same(
    window.bufferedBytes,
    sum(spans, (span) => sum(span.blocks, (block) => block.bytes)),
    'buffered bytes',
  );
  // The next height is always taken, so that a full buffer can drain: one block more than the bound, and a few spares.
  must(window.bufferedBlocks <= config.bufferBlocksMax + 1, 'buffered blocks within the bound');
  must(window.bufferedBytes <= config.bufferBytesMax + config.blockBytesMax, 'buffered bytes within the bound');
  must(window.spares.length <= 4, 'few spares');
  must(
    window.spares.every((spare) => spare.block.height === window.appliedTo + 1),
    'spares are of the height at the head',
  );
}

/** Above the local height come what is being committed, what is applied, what is being applied, and then the others. */
function checkOrder({ window, local, config, work }: Facts, spans: readonly Span[]): void {
  const rank = { committing: 0, applied: 1, applying: 2 } as Readonly<Record<string, number>>;
  let before = 0;
  let appliedTo = local.maxHeight;
  for (const span of spans) {
    const is = rank[span.stage] ?? 3;
    must(is >= before, 'blocks are applied and committed in height order', show(span));
    if (is < 2) {
      same(span.from, appliedTo + 1, 'what is applied follows what is committed');
      appliedTo = span.to;
    }
    before = is;
  }
  same(window.appliedTo, appliedTo, 'how far blocks are applied');
  must(work.verifying.length <= config.verifyInFlightMax, 'verification within verifyInFlightMax');
}

/** Whatever is due has a timer that fires by then. */
function checkTimers(facts: Facts): void {
  if (!inMode(facts, 'running')) return;
  const { armed } = facts.clock;
  const { peers, requests, host, window } = facts;
  const covered = (timer: keyof typeof armed, due: number | null | undefined) => {
    const at = armed[timer];
    must(
      due == null || (at !== null && at <= Math.max(due, facts.clock.now)),
      `the timer ${timer} is armed for what is due`,
    );
  };
  covered('metadata', maps.byTime.first(peers.asks)?.key[0]);
  covered('request', maps.deadlines.first(requests.deadlines)?.key[0]);
  covered('peer', maps.byTime.first(peers.conductEnds)?.key[0]);
  covered('peer', maps.byTime.first(peers.probes)?.key[0]);
  covered('host', host.retryAt);
  covered('host', window.trouble?.suspect?.retryAt);
}

function checkGrowth(facts: Facts, before: Facts): void {
  const grown = facts.local.maxHeight - before.local.maxHeight;
  must(grown >= 0, 'the local height never falls');
  must(
    grown <= Math.max(facts.config.commitBlocksMax, facts.config.requestBlocksMax),
    'the local height grows by what one commit holds',
  );
  must(facts.clock.now >= before.clock.now, 'time never goes back');
  must(facts.local.minHeight <= facts.local.maxHeight, 'the local range is a range');
  same(recentId(facts.local.recent, facts.local.maxHeight), facts.local.tipId, 'the tip is the newest height');
}

function keys(entries: Iterable<{ readonly key: readonly (string | number)[] }>): string[] {
  return [...entries].map(({ key }) => key.join('|'));
}

function show(span: Span): string {
  return `${span.stage} ${span.from}..${span.to}`;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function must(holds: boolean, what: string, about?: unknown): asserts holds {
  if (!holds) throw new Error(`invariant broken: ${what}${about === undefined ? '' : ` (${JSON.stringify(about)})`}`);
}

function same(is: unknown, expected: unknown, what: string): void {
  must(is === expected, `${what}: is ${String(is)}, must be ${String(expected)}`);
}
