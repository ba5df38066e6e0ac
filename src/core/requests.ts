import type { BlockRequestEvent } from '../../machines/block-request.ts';
import type { PeerId } from '../protocol/block.ts';
import { probeLater, refuteClaim } from './claims.ts';
import type { RefutationCause, RequestPurpose, RequestResult } from './effects.ts';
import type { Peer, Request, RequestsFacts } from './facts.ts';
import { maps } from './facts.ts';
import { connectedPeer, getPeer, peerIs, putPeer, requestTimeoutMs, withLatency } from './peers.ts';
import type { Turn } from './turn.ts';
import { emit, nextHeight, takeId } from './turn.ts';
import { markRequested, noteTrouble, release, spanAt } from './window.ts';

/** How many of a peer's timed-out requests are remembered, so that late answers are known as such (SYNC-4). */
const EXPIRED_PER_PEER_MAX = 8;
/** Those before are only counted, so that the answers of a peer that stalled are still no offence. */
const FORGOTTEN_MAX = 1_024;

export function sendRequest(turn: Turn, peer: Peer, from: number, to: number, purpose: RequestPurpose): void {
  const id = takeId(turn);
  const { now } = turn.clock;
  const deadline = now + requestTimeoutMs(turn, peer);
  const request: Request = { id, peer: peer.id, from, to, purpose, sentAt: now, deadline };
  turn.requests = counted(
    turn.requests,
    maps.requests.set(turn.requests.byId, id, request),
    maps.deadlines.set(turn.requests.deadlines, [deadline, id], null),
    request,
    1,
  );
  const trial = purpose === 'sync' ? peer.trial : id;
  const asked = { ...peer, inFlight: peer.inFlight + 1, requests: [...peer.requests, id], trial };
  // A probe under way is not due again until it has decided something.
  putPeer(turn, purpose === 'probe' ? { ...asked, probeAt: null, probeDue: false } : asked);
  if (purpose === 'sync') markRequested(turn, from, to, id);
  emit(turn, { type: 'sendGetBlocks', requestId: id, peer: peer.id, from, to, purpose });
}

/** The request that an answer of this peer belongs to: by id where the wire carries one, else by height, the open first. */
export function findRequest(turn: Turn, id: PeerId, requestId: number | null, height: number): Request | undefined {
  if (requestId !== null) {
    const request = maps.requests.get(turn.requests.byId, requestId);
    return request?.peer === id ? request : undefined;
  }
  let late: Request | undefined;
  for (const candidate of connectedPeer(turn, id)?.requests ?? []) {
    const request = maps.requests.get(turn.requests.byId, candidate);
    if (request === undefined || height < request.from || request.to < height) continue;
    if (request.deadline !== null) return request;
    late ??= request;
  }
  return late;
}

/** The peer gave a proper answer: its slot is free, its speed is noted. */
export function answerRequest(turn: Turn, request: Request): void {
  closeRequest(turn, request, 'answered');
}

interface FailureRule {
  readonly moves: BlockRequestEvent;
  /** What it says about the claim; null: nothing. */
  readonly refutes: RefutationCause | null;
  readonly trouble: 'TIMED_OUT' | 'NOT_AVAILABLE' | 'PEER_UNREACHABLE' | null;
}

const FAILURES: Readonly<Record<Exclude<RequestResult, 'answered'>, FailureRule>> = {
  timedOut: { moves: 'TimedOut', refutes: 'TIMED_OUT', trouble: 'TIMED_OUT' },
  absent: { moves: 'NotAvailable', refutes: 'NOT_AVAILABLE', trouble: 'NOT_AVAILABLE' },
  sendFailed: { moves: 'SendFailed', refutes: 'SEND_FAILED', trouble: 'PEER_UNREACHABLE' },
  refused: { moves: 'Refused', refutes: 'INVALID_BLOCK', trouble: null },
  peerLost: { moves: 'PeerLost', refutes: null, trouble: 'PEER_UNREACHABLE' },
};

/** The request came to nothing: what it asked for is wanted again, and META-7 decides about the claim. */
export function failRequest(turn: Turn, request: Request, result: Exclude<RequestResult, 'answered'>): void {
  const { moves, refutes, trouble } = FAILURES[result];
  const late = request.deadline === null;
  closeRequest(turn, request, result);
  const isNext = request.from === nextHeight(turn);
  const trial = request.purpose !== 'sync';
  if (trouble !== null && isNext && !late) noteTrouble(turn, trouble, request.peer);
  if (refutes !== null && !late && refutesClaim(turn, request, result, isNext)) {
    refuteClaim(turn, request.peer, request.from, refutes, request.purpose === 'probe');
  } else if (trial) {
    trialUndecided(turn, request);
  }
  const span = spanAt(turn, request.from);
  if (span !== undefined && span.requestId === request.id) release(turn, span, moves, request.peer);
}

export function expireDue(turn: Turn): void {
  for (;;) {
    const first = maps.deadlines.first(turn.requests.deadlines);
    if (first === null || first.key[0] > turn.clock.now) return;
    const request = maps.requests.get(turn.requests.byId, first.key[1]);
    if (request === undefined) throw new Error(`deadlines name request ${first.key[1]}, which is not known`);
    failRequest(turn, request, 'timedOut');
  }
}

/** A test or probe whose answer decided nothing: a refuted claim is probed again, an untested one tested again. */
export function trialUndecided(turn: Turn, request: Request): void {
  const peer = connectedPeer(turn, request.peer);
  if (peer !== undefined && peerIs(peer, 'claimRefuted') && peer.probeAt === null) probeLater(turn, peer);
}

/**
 * "I do not have it" always refutes. Silence does when it is about the next height, when the claim was never tested,
 * or when it was asked only to test the claim; a block further ahead may just have been slow.
 */
function refutesClaim(turn: Turn, request: Request, result: RequestResult, isNext: boolean): boolean {
  if (result !== 'timedOut') return true;
  if (request.to < nextHeight(turn)) return request.purpose === 'probe';
  const peer = connectedPeer(turn, request.peer);
  return isNext || request.purpose !== 'sync' || (peer !== undefined && !peerIs(peer, 'claimTested'));
}

/** Frees the slot. A request that timed out stays known for a while, for its late answer. */
function closeRequest(turn: Turn, request: Request, result: RequestResult): void {
  const { now } = turn.clock;
  const inFlight = request.deadline !== null;
  const expires = result === 'timedOut';
  const { byId, deadlines } = turn.requests;
  turn.requests = counted(
    turn.requests,
    expires
      ? maps.requests.set(byId, request.id, { ...request, deadline: null })
      : maps.requests.delete(byId, request.id),
    request.deadline === null ? deadlines : maps.deadlines.delete(deadlines, [request.deadline, request.id]),
    request,
    inFlight ? -1 : 0,
  );
  const { from, to } = request;
  const tookMs = now - request.sentAt;
  if (inFlight) {
    emit(turn, { type: 'reportPeer', peer: request.peer, report: { kind: 'requestEnded', result, from, to, tookMs } });
  }

  const peer = getPeer(turn, request.peer);
  if (peer === undefined) return;
  const measured = result === 'answered' || result === 'timedOut' ? withLatency(peer, tookMs) : peer;
  const requests = expires ? peer.requests : peer.requests.filter((id) => id !== request.id);
  const trial = peer.trial === request.id ? null : peer.trial;
  putPeer(turn, { ...measured, inFlight: peer.inFlight - (inFlight ? 1 : 0), requests, trial });
  if (expires) forgetOldExpired(turn, request.peer);
}

function forgetOldExpired(turn: Turn, id: PeerId): void {
  const peer = getPeer(turn, id);
  if (peer === undefined || peer.requests.length - peer.inFlight <= EXPIRED_PER_PEER_MAX) return;
  const oldest = peer.requests.find((each) => maps.requests.get(turn.requests.byId, each)?.deadline === null);
  if (oldest === undefined) return;
  turn.requests = { ...turn.requests, byId: maps.requests.delete(turn.requests.byId, oldest) };
  const forgotten = Math.min(FORGOTTEN_MAX, peer.forgotten + 1);
  putPeer(turn, { ...peer, forgotten, requests: peer.requests.filter((each) => each !== oldest) });
}

/** The table with these two in it, and with the counts of what is in flight as they are with (or without) `request`. */
function counted(
  requests: RequestsFacts,
  byId: RequestsFacts['byId'],
  deadlines: RequestsFacts['deadlines'],
  request: Request,
  sign: 1 | 0 | -1,
): RequestsFacts {
  return {
    byId,
    deadlines,
    inFlight: requests.inFlight + sign,
    inFlightSync: requests.inFlightSync + (request.purpose === 'sync' ? sign : 0),
    inFlightBlocks: requests.inFlightBlocks + sign * (request.to - request.from + 1),
  };
}
