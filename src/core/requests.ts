import type { BlockRequestEvent } from '../../machines/block-request.ts';
import type { PeerId, SyncBlock } from '../protocol/block.ts';
import { probeLater, refuteClaim } from './claims.ts';
import type { RefutationCause, RequestPurpose, RequestResult } from './effects.ts';
import type { Flow, Peer, Request, RequestsFacts, Span } from './facts.ts';
import { maps } from './facts.ts';
import {
  answered as flowAnswered,
  asked as flowAsked,
  delivered,
  expectedMs,
  inTurn,
  relieved,
  skippedAt,
  slowed,
} from './flow.ts';
import { connectedPeer, knownPeer, knownRequest, peerIs, putPeer, requestTimeoutMs, withLatency } from './peers.ts';
import { noteTrouble } from './trouble.ts';
import type { Turn } from './turn.ts';
import { emit, takeId } from './turn.ts';
import { endHedge, handOver, headHeight, markHedged, markRequested, release, roomLeft, spansWithin } from './window.ts';

/** How many of a peer's timed-out requests are remembered, so that late answers are known as such (SYNC-4). */
const EXPIRED_PER_PEER_MAX = 8;
/** Those before are only counted, so that the answers of a peer that stalled are still no offence. */
const FORGOTTEN_MAX = 1_024;

/** What a request is to bring. */
export interface Ask {
  readonly from: number;
  readonly to: number;
  readonly purpose: RequestPurpose;
  /** How many bytes there is room for, and how many are expected. */
  readonly bytesMax: number;
  readonly expectedBytes: number;
}

export function sendRequest(turn: Turn, peer: Peer, ask: Ask): void {
  const { from, to, purpose, bytesMax, expectedBytes } = ask;
  const id = takeId(turn);
  const { now } = turn.clock;
  const duration = expectedMs(peer, expectedBytes);
  const deadline = now + requestTimeoutMs(turn, peer, duration);
  const request: Request = {
    id,
    peer: peer.id,
    ...ask,
    sentAt: now,
    expectedMs: duration,
    begun: false,
    skipped: false,
    deadline,
  };
  const { byId, deadlines } = turn.requests;
  turn.requests = counted(turn.requests, {
    byId: maps.requests.set(byId, id, request),
    deadlines: maps.deadlines.set(deadlines, [deadline, id], null),
    before: null,
    after: request,
  });
  const flow = flowAsked(peer.flow, expectedBytes, peer.inFlight === 0);
  const trial = isTrial(request) ? id : peer.trial;
  const owing = { ...peer, inFlight: peer.inFlight + 1, requests: [...peer.requests, id], trial, flow };
  // A probe under way is not due again until it has decided something.
  putPeer(turn, purpose === 'probe' ? { ...owing, probeAt: null, probeDue: false } : owing);
  if (purpose === 'sync') markRequested(turn, from, to, id);
  if (purpose === 'hedge') markHedged(turn, from, to, id);
  emit(turn, { type: 'sendGetBlocks', requestId: id, peer: peer.id, from, to, bytesMax, purpose });
}

/** A request that is about the peer's claim, and not for the sake of its blocks. */
export function isTrial({ purpose }: Pick<Request, 'purpose'>): boolean {
  return purpose === 'test' || purpose === 'probe';
}

/** The request that an answer of this peer belongs to: by id where the wire carries one, else by height, the open first. */
export function findRequest(turn: Turn, id: PeerId, requestId: number | null, height: number): Request | undefined {
  if (requestId !== null) {
    const request = maps.requests.get(turn.requests.byId, requestId);
    return request?.peer === id ? request : undefined;
  }
  let late: Request | undefined;
  for (const candidate of connectedPeer(turn, id)?.requests ?? []) {
    const request = knownRequest(turn, candidate);
    if (height < request.from || request.to < height) continue;
    if (request.deadline !== null) return request;
    late ??= request;
  }
  return late;
}

/** The peer gave a proper answer, or the last part of one: its slot is free, its speed is noted. */
export function answerRequest(turn: Turn, request: Request, bytes: number): void {
  closeRequest(turn, request, 'answered', bytes);
}

/** A part of the answer came: the rest is still owed, and has a little longer, but not for ever (A12). */
export function answerPart(turn: Turn, request: Request, blocks: readonly SyncBlock[], bytes: number): void {
  const { now } = turn.clock;
  const { requestTimeoutMsMax } = turn.config;
  const peer = knownPeer(turn, request.peer);
  const extended = Math.min(now + requestTimeoutMs(turn, peer, 0), request.sentAt + requestTimeoutMsMax);
  const rest: Request = {
    ...request,
    from: request.from + blocks.length,
    bytesMax: Math.max(0, request.bytesMax - bytes),
    expectedBytes: Math.max(0, request.expectedBytes - bytes),
    begun: true,
    deadline: request.deadline === null ? null : Math.max(request.deadline, extended),
  };
  const { byId, deadlines } = turn.requests;
  const isMoved = rest.deadline !== null && request.deadline !== null && rest.deadline !== request.deadline;
  turn.requests = counted(turn.requests, {
    byId: maps.requests.set(byId, rest.id, rest),
    deadlines: isMoved
      ? maps.deadlines.set(
          maps.deadlines.delete(deadlines, [request.deadline, rest.id]),
          [rest.deadline, rest.id],
          null,
        )
      : deadlines,
    before: request.deadline === null ? null : request,
    after: rest.deadline === null ? null : rest,
  });
  if (request.deadline === null) return;
  const flow = delivered(peer.flow, bytes, now - request.sentAt, now);
  putPeer(turn, { ...peer, flow: relieved(flow, request.expectedBytes - rest.expectedBytes) });
}

interface FailureRule {
  readonly moves: BlockRequestEvent;
  /** What it says about the claim; null: nothing. */
  readonly refutes: RefutationCause | null;
  readonly trouble: 'TIMED_OUT' | 'NOT_AVAILABLE' | 'PEER_UNREACHABLE' | null;
}

/** Ways for a request to come to nothing that say something about the peer. */
type Failure = Exclude<RequestResult, 'answered' | 'skipped'>;

const FAILURES: Readonly<Record<Failure, FailureRule>> = {
  timedOut: { moves: 'TimedOut', refutes: 'TIMED_OUT', trouble: 'TIMED_OUT' },
  absent: { moves: 'NotAvailable', refutes: 'NOT_AVAILABLE', trouble: 'NOT_AVAILABLE' },
  sendFailed: { moves: 'SendFailed', refutes: 'SEND_FAILED', trouble: 'PEER_UNREACHABLE' },
  refused: { moves: 'Refused', refutes: 'INVALID_BLOCK', trouble: null },
  peerLost: { moves: 'PeerLost', refutes: null, trouble: 'PEER_UNREACHABLE' },
};

/** The request came to nothing: what it asked for is wanted again, and META-7 decides about the claim. */
export function failRequest(turn: Turn, request: Request, result: Failure): void {
  const { moves, refutes, trouble } = FAILURES[result];
  const late = request.deadline === null;
  closeRequest(turn, request, result, 0);
  const isHead = request.from === headHeight(turn);
  if (trouble !== null && isHead && !late) noteTrouble(turn, trouble, request.peer);
  if (refutes !== null && !late && refutesClaim(turn, request, result, isHead)) {
    refuteClaim(turn, request.peer, request.from, refutes, isTrial(request));
  } else if (isTrial(request)) {
    trialUndecided(turn, request);
  }
  releaseOwed(turn, request, moves, request.peer);
}

/** What the request still owed is wanted again, or owed by the other peer alone. */
export function releaseOwed(turn: Turn, request: Request, moves: BlockRequestEvent, avoid: PeerId | null): void {
  for (const span of spansWithin(turn, request.from, request.to)) {
    if (span.hedgeId === request.id) endHedge(turn, span, avoid);
    if (span.requestId !== request.id) continue;
    const hedge = hedgeOf(turn, span);
    if (hedge === undefined) {
      release(turn, span, moves, avoid);
    } else {
      adopt(turn, hedge);
      handOver(turn, span, avoid);
    }
  }
}

/** The request in flight by which another peer owes all of the span. */
function hedgeOf(turn: Turn, { hedgeId, from, to }: Span): Request | undefined {
  const hedge = hedgeId === null ? undefined : knownRequest(turn, hedgeId);
  return hedge !== undefined && hedge.from <= from && to <= hedge.to ? hedge : undefined;
}

/** A hedge that is alone now is a request like any other, and keeps its own room, as far as there is any. */
function adopt(turn: Turn, hedge: Request): void {
  // For another span, it may be one already.
  if (hedge.purpose !== 'hedge') return;
  const alone: Request = { ...hedge, purpose: 'sync', bytesMax: Math.min(hedge.bytesMax, roomLeft(turn).bytes) };
  const { byId, deadlines } = turn.requests;
  turn.requests = counted(turn.requests, {
    byId: maps.requests.set(byId, alone.id, alone),
    deadlines,
    before: hedge,
    after: alone,
  });
}

export function expireDue(turn: Turn): void {
  for (;;) {
    const first = maps.deadlines.first(turn.requests.deadlines);
    if (first === null || first.key[0] > turn.clock.now) return;
    failRequest(turn, knownRequest(turn, first.key[1]), 'timedOut');
  }
}

/**
 * OPT-1: a peer that answers has let earlier requests go, or they were lost, when they are overdue. What they should bring is
 * wanted again, and nothing is held against it. One that covers the head runs its time: its end tells about the claim
 * (META-7), and the head is asked of somebody else without that.
 */
export function giveUpSkipped(turn: Turn, answered: Request): void {
  if (!mayAskTwice(turn)) return;
  const { requests, flow } = knownPeer(turn, answered.peer);
  for (const id of requests) {
    if (id >= answered.id) return;
    const request = maps.requests.get(turn.requests.byId, id);
    if (request === undefined || request.deadline === null || request.begun || isTrial(request)) continue;
    if (turn.clock.now < skippedAt(request, flow)) continue;
    if (isForHead(turn, request)) noteSkipped(turn, request);
    else giveUp(turn, request);
  }
}

/** Whether it is to bring the block at the head, so that its end tells about the claim (META-7). */
export function isForHead(turn: Turn, { purpose, from, to }: Request): boolean {
  const head = headHeight(turn);
  return purpose === 'sync' && from <= head && head <= to;
}

/** What it should bring is wanted again; its answer is still welcome, and nothing is held against the peer. */
export function giveUp(turn: Turn, request: Request): void {
  closeRequest(turn, request, 'skipped', 0);
  releaseOwed(turn, request, 'TimedOut', request.peer);
}

/** It is believed lost: the peer does not owe its bytes any more. */
function noteSkipped(turn: Turn, request: Request): void {
  if (request.skipped) return;
  const peer = knownPeer(turn, request.peer);
  const { byId } = turn.requests;
  const lost: Request = { ...request, skipped: true, expectedBytes: 0 };
  turn.requests = { ...turn.requests, byId: maps.requests.set(byId, request.id, lost) };
  putPeer(turn, { ...peer, flow: relieved(peer.flow, request.expectedBytes) });
}

/** Whether blocks may be asked for while somebody else owes them. */
export function mayAskTwice({ config }: Pick<Turn, 'config'>): boolean {
  return config.strategy === 'asynchronous' && config.hedgesMax > 0;
}

/**
 * A test or probe whose answer decided nothing: a refuted claim is probed again, an untested one tested again. Not soon
 * when the answer was of no use, as one that is here already and not judged yet.
 */
export function trialUndecided(turn: Turn, request: Request, ofNoUse = false): void {
  const peer = connectedPeer(turn, request.peer);
  if (peer === undefined || !peerIs(peer, 'claimRefuted') || peer.probeAt !== null) return;
  // Of a late answer: the trial that is under way decides.
  if (peer.trial !== null) return;
  probeLater(turn, peer, ofNoUse ? turn.clock.now + turn.config.refutedBackoffMsMin : undefined);
}

/** So many requests on end that cannot be sent: then the peer is as good as gone. */
const SEND_FAILURES_MAX = 8;

/**
 * "I do not have it" refutes. Silence does when it is about the height at the head, when the claim was never tested, or
 * when it was asked only to test the claim; a block further ahead may just have been slow, and who has begun to answer is
 * not silent. A request that could not be sent says little; many on end do (A39).
 */
function refutesClaim(turn: Turn, request: Request, result: Failure, isHead: boolean): boolean {
  const peer = connectedPeer(turn, request.peer);
  if (result === 'sendFailed') return isTrial(request) || (peer?.sendFailures ?? 0) >= SEND_FAILURES_MAX;
  if (result === 'refused') return true;
  if (peer !== undefined && isGivingOthers(turn, peer, request)) return false;
  if (result === 'absent') return true;
  if (request.begun) return false;
  if (request.to < headHeight(turn)) return request.purpose === 'probe';
  return isHead || isTrial(request) || (peer !== undefined && !peerIs(peer, 'claimTested'));
}

/**
 * OPT-1: a tested claim is not refuted by one answer that was lost, or one block that is not there yet, while others
 * come: its owner would have to be probed before anything more was asked of it. Only where what it withholds may be asked
 * of somebody else without waiting for it; and when nothing comes any more, it is refuted.
 */
function isGivingOthers(turn: Turn, peer: Peer, request: Request): boolean {
  if (isTrial(request) || !mayAskTwice(turn) || !peerIs(peer, 'claimTested')) return false;
  return peer.flow.heardAt !== null && peer.flow.heardAt > request.sentAt;
}

/** Frees the slot. A request that timed out or was skipped stays known for a while, for its late answer. */
function closeRequest(turn: Turn, request: Request, result: RequestResult, bytes: number): void {
  const { now } = turn.clock;
  const inFlight = request.deadline !== null;
  const expires = result === 'timedOut' || result === 'skipped';
  const { byId, deadlines } = turn.requests;
  turn.requests = counted(turn.requests, {
    byId: expires
      ? maps.requests.set(byId, request.id, { ...request, deadline: null })
      : maps.requests.delete(byId, request.id),
    deadlines: request.deadline === null ? deadlines : maps.deadlines.delete(deadlines, [request.deadline, request.id]),
    before: inFlight ? request : null,
    after: null,
  });
  const { from, to } = request;
  const tookMs = now - request.sentAt;
  if (inFlight) {
    emit(turn, { type: 'reportPeer', peer: request.peer, report: { kind: 'requestEnded', result, from, to, tookMs } });
  }

  const peer = knownPeer(turn, request.peer);
  // What was lost tells nothing about how fast the peer is.
  const isMeasure = result === 'answered' || (result === 'timedOut' && !request.skipped);
  const measured = isMeasure ? withLatency(peer, tookMs) : peer;
  const requests = expires ? peer.requests : peer.requests.filter((id) => id !== request.id);
  putPeer(turn, {
    ...measured,
    inFlight: peer.inFlight - (inFlight ? 1 : 0),
    requests,
    trial: peer.trial === request.id ? null : peer.trial,
    flow: flowAfter(turn, peer, request, result, bytes),
    sendFailures: result === 'sendFailed' ? peer.sendFailures + 1 : result === 'answered' ? 0 : peer.sendFailures,
  });
  if (expires) forgetOldExpired(turn, request.peer);
}

function flowAfter(turn: Turn, peer: Peer, request: Request, result: RequestResult, bytes: number): Flow {
  const ordered = result === 'answered' ? inTurn(peer.flow, request.sentAt) : peer.flow;
  // The answer to one that was given up.
  if (request.deadline === null) return ordered;
  const flow = relieved(ordered, request.expectedBytes);
  if (result === 'timedOut' && !request.skipped) return slowed(flow);
  if (result !== 'answered') return flow;
  const { now } = turn.clock;
  const tookMs = now - request.sentAt;
  const slotsMax = turn.config.inFlightPerPeerMax;
  return flowAnswered(
    delivered(flow, bytes, tookMs, now),
    { bytes, sentAt: request.sentAt, tookMs },
    peer.inFlight,
    slotsMax,
  );
}

function forgetOldExpired(turn: Turn, id: PeerId): void {
  const peer = knownPeer(turn, id);
  if (peer.requests.length - peer.inFlight <= EXPIRED_PER_PEER_MAX) return;
  const oldest = peer.requests.find((each) => knownRequest(turn, each).deadline === null) ?? 0;
  turn.requests = { ...turn.requests, byId: maps.requests.delete(turn.requests.byId, oldest) };
  const forgotten = Math.min(FORGOTTEN_MAX, peer.forgotten + 1);
  putPeer(turn, { ...peer, forgotten, requests: peer.requests.filter((each) => each !== oldest) });
}

interface Change extends Pick<RequestsFacts, 'byId' | 'deadlines'> {
  /** The request as it was in flight and as it is; null when it was or is not. */
  readonly before: Request | null;
  readonly after: Request | null;
}

/** The table changed, with the counts of what is in flight in step. */
function counted(requests: RequestsFacts, { byId, deadlines, before, after }: Change): RequestsFacts {
  const count = (of: (request: Request) => number) =>
    (after === null ? 0 : of(after)) - (before === null ? 0 : of(before));
  return {
    byId,
    deadlines,
    inFlight: requests.inFlight + count(() => 1),
    inFlightSync: requests.inFlightSync + count((request) => (isTrial(request) ? 0 : 1)),
    hedged: requests.hedged + count(({ purpose }) => (purpose === 'hedge' ? 1 : 0)),
    // For what is hedged the other request keeps the room. A trial keeps none: it is sent without asking for room, and would
    // take it from a request that was sent because there was some.
    inFlightBlocks:
      requests.inFlightBlocks + count(({ purpose, from, to }) => (purpose === 'sync' ? to - from + 1 : 0)),
    inFlightBytes: requests.inFlightBytes + count(({ purpose, bytesMax }) => (purpose === 'sync' ? bytesMax : 0)),
  };
}
