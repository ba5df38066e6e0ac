import { blockRequestChart } from '../../src/core/advance.ts';
import type { Facts, Flow, Peer, Request, Span, Trouble, Work } from '../../src/core/facts.ts';
import { maps, workUnderWay } from '../../src/core/facts.ts';
import { createFacts } from '../../src/core/initial-facts.ts';
import { hasHistory, peerIs, putPeer } from '../../src/core/peers.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import type { Turn } from '../../src/core/turn.ts';
import { beginTurn, endTurn } from '../../src/core/turn.ts';

export const HONEST = 'honest';
export const LIAR = 'liar';

/** No time passes in this world; whatever waits, waits until this much later. */
export const NOW = 1_000_000;
export const LATER_MS = 1_000;
const LATER = NOW + LATER_MS;
const SLOW_MS = 1_000_000;

/** One slot, and nothing measured: of all peers the same. */
const FLOW: Flow = {
  ...{ slots: 1, credit: -1, quickestMs: null, bytesPerMs: null },
  ...{ owedBytes: 0, sinceAt: null, sinceBytes: 0, heardAt: null, answeredSentAt: null, inOrder: 0 },
  ...{ shrunkAt: null, isMeasured: false },
};
/** Room is kept for one block. */
const REQUESTED_BYTES = 65_536;

/** What is over now; everything else is over later. */
export interface Due {
  readonly request?: number;
  readonly probe?: string;
  readonly coolDown?: string;
}

/** The same facts when these things are due, and this peer has been the quicker so far. */
export function withDue(facts: Facts, { request: dueRequest, probe, coolDown }: Due = {}, quick: string): Facts {
  const turn = beginTurn(facts);
  for (const { value: peer } of maps.peers.entries(facts.peers.byId)) {
    putPeer(turn, {
      ...peer,
      flow: { ...FLOW, quickestMs: peer.id === quick ? 0 : SLOW_MS, bytesPerMs: 1 },
      probeAt: peer.probeAt !== null && peer.id === probe ? NOW : peer.probeAt,
      conductUntil: peer.conductUntil !== null && peer.id === coolDown ? NOW : peer.conductUntil,
    });
  }
  let { byId } = turn.requests;
  for (const { value: each } of maps.requests.entries(byId)) {
    // Its answer, if it comes now, took as long as this peer's always do.
    byId = maps.requests.set(byId, each.id, { ...each, sentAt: each.peer === quick ? NOW : NOW - SLOW_MS });
  }
  turn.requests = { ...turn.requests, byId };
  const request = dueRequest === undefined ? undefined : maps.requests.get(byId, dueRequest);
  if (request !== undefined) {
    const { deadlines } = turn.requests;
    turn.requests = {
      ...turn.requests,
      byId: maps.requests.set(byId, request.id, { ...request, deadline: NOW }),
      deadlines: maps.deadlines.set(maps.deadlines.delete(deadlines, [LATER, request.id]), [NOW, request.id], null),
    };
  }
  return endTurn(turn);
}

/**
 * The facts without what grows for ever: times (all that waits is over later), measurements and scores (as of a peer
 * that is new), numbers given to requests and work (in order from 1), requests that timed out (in this world their
 * answers never come), and what is only told to people. Facts with equal forms have equal futures.
 */
export function timeless(facts: Facts): Facts {
  const { control, local, window, work, host, aggregate } = facts;
  const blank = blankOf(facts);
  const open = openRequests(facts);
  const numbers = new Map(open.map((request, i) => [request.id, i + 1]));
  const numberOf = (id: number | null): number | null => (id === null ? null : (numbers.get(id) ?? null));
  const turn = beginTurn({ ...blank, control, local, host, aggregate });
  turn.clock = { ...blank.clock, now: NOW };
  turn.nextId = open.length + 1;
  turn.requests = requestsOf(turn, open, numberOf);
  const works = new Map(workUnderWay({ work }).map(({ id }) => [id, turn.nextId++]));
  const workNumber = (id: number | null): number | null => (id === null ? null : (works.get(id) ?? null));
  const timelessWork = (each: Work): Work => ({ ...each, id: workNumber(each.id) ?? 0 });
  turn.work = {
    verifying: work.verifying.map(timelessWork),
    executing: work.executing === null ? null : timelessWork(work.executing),
    committing: work.committing === null ? null : timelessWork(work.committing),
    overtaken: work.overtaken,
  };
  for (const { value: peer } of maps.peers.entries(facts.peers.byId)) {
    const fresh = timelessPeer(peer, facts, numberOf);
    if (peerIs(fresh, 'connected') || hasHistory(fresh)) putPeer(turn, fresh);
  }
  let { spans, wanted } = turn.window;
  for (const { value: span } of maps.spans.entries(window.spans)) {
    spans = maps.spans.set(spans, span.from, timelessSpan(span, numberOf, workNumber));
    if (span.stage === 'wanted') wanted = maps.heights.set(wanted, span.from, null);
  }
  turn.window = { ...window, spans, wanted, blockBytes: null, trouble: timelessTrouble(window.trouble) };
  return endTurn(turn);
}

const blanks = new WeakMap<SyncConfig, Facts>();

/** A node that knows nothing, of the same configuration. */
function blankOf({ config, peers }: Facts): Facts {
  const known = blanks.get(config);
  if (known !== undefined) return known;
  const blank = createFacts({ config, seed: peers.byId.salt, local: { minHeight: 0, maxHeight: 0, tipId: '' } });
  // The configuration itself, so that the next facts find this again.
  blanks.set(config, { ...blank, config });
  return { ...blank, config };
}

function openRequests(facts: Facts): Request[] {
  const open: Request[] = [];
  for (const { value: request } of maps.requests.entries(facts.requests.byId)) {
    if (request.deadline !== null) open.push(request);
  }
  return open.sort((a, b) => (a.peer < b.peer ? -1 : a.peer > b.peer ? 1 : a.from - b.from));
}

function requestsOf(turn: Turn, open: readonly Request[], numberOf: (id: number) => number | null): Facts['requests'] {
  let { byId, deadlines } = turn.requests;
  for (const request of open) {
    const id = numberOf(request.id) ?? 0;
    byId = maps.requests.set(byId, id, {
      ...{ ...request, id, sentAt: NOW, deadline: LATER },
      ...{ bytesMax: REQUESTED_BYTES, expectedBytes: REQUESTED_BYTES, expectedMs: LATER_MS },
    });
    deadlines = maps.deadlines.set(deadlines, [LATER, id], null);
  }
  const inFlightSync = open.filter(({ purpose }) => purpose === 'sync').length;
  const inFlightBytes = inFlightSync * REQUESTED_BYTES;
  return {
    byId,
    deadlines,
    inFlight: open.length,
    inFlightSync,
    hedged: 0,
    inFlightBlocks: inFlightSync,
    inFlightBytes,
  };
}

function timelessPeer(peer: Peer, { config }: Facts, numberOf: (id: number | null) => number | null): Peer {
  const later = (at: number | null): number | null => (at === null ? null : LATER);
  const requests = peer.requests.flatMap((id) => numberOf(id) ?? []);
  const cooling = peer.conductUntil !== null;
  return {
    ...{ id: peer.id, life: peer.life, rangeBlocksMax: peer.rangeBlocksMax, claim: peer.claim },
    ...{
      latencyMs: null,
      deviationMs: 0,
      served: 0,
      score: 0,
      absences: 0,
      refutations: 0,
      bans: 0,
      sendFailures: 0,
      flow: FLOW,
    },
    ...{ inFlight: peer.inFlight, requests, forgotten: 0, trial: numberOf(peer.trial) },
    desertions: Math.min(1, peer.desertions),
    disputedFrom: peer.disputedFrom,
    probeAt: later(peer.probeAt),
    probeDue: peer.probeDue,
    aheadInVain: peer.aheadInVain,
    // Who cools down is remembered when it leaves.
    coolDowns: cooling ? 1 : 0,
    conductUntil: later(peer.conductUntil),
    ...{ asksOpen: 0, heardAt: null, askAt: later(peer.askAt), lastSeenAt: NOW },
    metadataBucket: { tokens: config.metadataUnaskedBurst, at: NOW },
    unsolicitedBucket: { tokens: config.unsolicitedBurst, at: NOW },
    serveBucket: { tokens: config.serveRequestsBurst, at: NOW },
    ...{ serving: 0, queued: 0 },
  };
}

function timelessSpan(
  span: Span,
  numberOf: (id: number | null) => number | null,
  workNumber: (id: number | null) => number | null,
): Span {
  const { requestId, workId, avoid } = span;
  // What an earlier copy of the block was found to be says nothing of another, nor does how it came.
  const exact = span.exact && blockRequestChart.hasTag(span.stage, 'certified');
  const asked = span.asked && blockRequestChart.hasTag(span.stage, 'held');
  return {
    ...span,
    requestId: numberOf(requestId),
    workId: workNumber(workId),
    exact,
    asked,
    avoid: [...avoid].sort(),
  };
}

/** What went wrong is told to people; only copies that did not apply decide anything. */
function timelessTrouble(trouble: Trouble | null): Trouble | null {
  if (trouble === null || (trouble.unapplied.length === 0 && trouble.suspect === null)) return null;
  return { ...trouble, code: 'INVALID_STATE_HASH', peers: [] };
}

/** All that differs between facts in this form: equal texts, equal futures. */
export function textOf({ control, local, peers, requests, window, work, host, aggregate }: Facts): string {
  const peerParts: unknown[] = [];
  for (const { value: peer } of maps.peers.entries(peers.byId)) {
    const { id, life, claim, inFlight, requests: owes, trial, desertions, disputedFrom, probeAt, probeDue } = peer;
    peerParts.push(id, life, claim, inFlight, owes, trial, desertions, disputedFrom, probeAt, probeDue);
    peerParts.push(peer.aheadInVain, peer.askAt, peer.conductUntil);
  }
  const requestParts: unknown[] = [];
  for (const { value } of maps.requests.entries(requests.byId)) {
    requestParts.push(value.id, value.peer, value.from, value.to, value.purpose);
  }
  const spanParts: unknown[] = [];
  for (const { value: span } of maps.spans.entries(window.spans)) {
    const { from, to, stage, requestId, workId, waits, exact, peer, asked, avoid, blocks } = span;
    spanParts.push(from, to, stage, requestId, workId, waits, exact);
    spanParts.push(peer, asked, avoid, blocks.length, blocks[0]?.contentId);
  }
  const { maxHeight, tipId, validator } = local;
  const { appliedTo, frontier, bufferedBlocks, spares, trouble } = window;
  const rest = [appliedTo, frontier, bufferedBlocks, spares, trouble, work, host, aggregate];
  return JSON.stringify([control, maxHeight, tipId, validator, peerParts, requestParts, spanParts, rest]);
}
