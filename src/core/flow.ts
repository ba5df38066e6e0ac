import type { SyncConfig } from '../protocol/config.ts';
import type { Flow, Peer, Request } from './facts.ts';

/** What an answer of a peer is expected to take that was never seen to give one. */
const EXPECTED_MS_UNKNOWN = 100;
/** How many requests a new peer may owe at first. */
const SLOTS_FIRST = 4;
/** How long a measurement of speed lasts at least. */
const SAMPLE_MS = 20;
/** The share of a faster and of a slower measurement in the smoothed speed. */
const FASTER_SHARE = 0.75;
const SLOWER_SPEED_SHARE = 0.3;
/** The share of a slower answer in the quickest one; and how much longer than that an answer takes that waited in line. */
const SLOWER_SHARE = 1 / 64;
const IN_LINE_RATIO = 1.25;
/** Answers quicker than this say nothing about waiting in line. */
const PROMPT_MS = 5;
/**
 * How long what a peer owes may take: as long as two of its answers and so much more, but no more than so much longer than one,
 * else what comes last of a slow one with large blocks is waited for by all.
 */
const IN_LINE_MS = 150;
const IN_LINE_MS_MAX = 600;
/** With so many of its requests waiting in line at the peer, it owes too many. */
const WAITING_MAX = 4;

export function newFlow({ inFlightPerPeerMax }: SyncConfig): Flow {
  return {
    slots: Math.min(SLOTS_FIRST, inFlightPerPeerMax),
    credit: -1,
    shrunkAt: null,
    quickestMs: null,
    bytesPerMs: null,
    isMeasured: false,
    owedBytes: 0,
    sinceAt: null,
    sinceBytes: 0,
    heardAt: null,
    answeredSentAt: null,
    inOrder: 0,
  };
}

/** How long an answer of `bytes` bytes may be expected to take, after what the peer owes already. */
export function expectedMs(peer: Pick<Peer, 'flow' | 'inFlight'>, bytes: number): number {
  const { quickestMs, bytesPerMs, owedBytes } = peer.flow;
  if (quickestMs === null || bytesPerMs === null) return EXPECTED_MS_UNKNOWN * (peer.inFlight + 1);
  // The quickest answer had its blocks to deliver too.
  return owedBytes / bytesPerMs + Math.max(quickestMs, bytes / bytesPerMs);
}

/** Whether it has given blocks it was asked for. */
export function hasAnswered({ flow }: Pick<Peer, 'flow'>): boolean {
  return flow.quickestMs !== null;
}

/** Whether no answer has waited in line at the peer yet: how fast it is seen to be tells how little was asked of it. */
export function isUnhurried({ credit }: Flow): boolean {
  return credit < 0;
}

/** When its next answer may be hoped for; of one that never gave any, no sooner than its requests ran out. */
export function hopedForMs(peer: Pick<Peer, 'flow' | 'inFlight' | 'latencyMs'>): number {
  const ms = expectedMs(peer, 0);
  return hasAnswered(peer) ? ms : Math.max(ms, peer.latencyMs ?? 0);
}

/**
 * Whether the peer may owe one more request: it has a slot, and does not owe for much longer already than an answer takes.
 * More would only wait in line there, while others could deliver it.
 */
export function mayOweMore({ flow, inFlight, requests }: Pick<Peer, 'flow' | 'inFlight' | 'requests'>): boolean {
  if (inFlight === 0) return true;
  if (inFlight >= flow.slots) return false;
  // Of one that leaves answers out, a second that comes tells at once that the first is lost.
  if (inFlight === 1 && requests.length > inFlight) return true;
  const { quickestMs, bytesPerMs, isMeasured, owedBytes } = flow;
  if (quickestMs === null || bytesPerMs === null || !isMeasured) return true;
  return owedBytes / bytesPerMs <= quickestMs + Math.min(quickestMs + IN_LINE_MS, IN_LINE_MS_MAX);
}

/** One more is asked of the peer. */
export function asked(flow: Flow, bytes: number, owesNothing: boolean): Flow {
  const owedBytes = flow.owedBytes + bytes;
  const begun = { sinceAt: null, sinceBytes: 0, heardAt: null, answeredSentAt: null };
  return owesNothing ? { ...flow, owedBytes, ...begun } : { ...flow, owedBytes };
}

/** It does not owe these any more. */
export function relieved(flow: Flow, bytes: number): Flow {
  return { ...flow, owedBytes: Math.max(0, flow.owedBytes - bytes) };
}

/**
 * Blocks came: how fast, counted over a while in which it always owed something. An answer that it owed alone tells only
 * that it delivers at least so fast.
 */
export function delivered(flow: Flow, bytes: number, tookMs: number, now: number): Flow {
  const { sinceAt, bytesPerMs } = flow;
  // Nothing has no speed.
  if (bytes === 0) return { ...flow, heardAt: now };
  if (sinceAt === null) {
    const atLeast = bytes / Math.max(1, tookMs);
    return { ...flow, sinceAt: now, sinceBytes: 0, heardAt: now, bytesPerMs: Math.max(bytesPerMs ?? 0, atLeast) };
  }
  const sinceBytes = flow.sinceBytes + bytes;
  const elapsedMs = now - sinceAt;
  if (elapsedMs < SAMPLE_MS) return { ...flow, sinceBytes, heardAt: now };
  const smooth = smoothed(flow, sinceBytes / elapsedMs, tookMs);
  return { ...flow, isMeasured: true, sinceAt: now, sinceBytes: 0, heardAt: now, bytesPerMs: smooth };
}

/** A slower measurement counts only when answers wait in line: else it tells how little was asked, not how fast it comes. */
function smoothed({ bytesPerMs, quickestMs }: Flow, sample: number, tookMs: number): number {
  if (bytesPerMs === null) return sample;
  if (sample > bytesPerMs) return bytesPerMs + (sample - bytesPerMs) * FASTER_SHARE;
  const isInLine = quickestMs !== null && tookMs > quickestMs * IN_LINE_RATIO + PROMPT_MS;
  return isInLine ? bytesPerMs + (sample - bytesPerMs) * SLOWER_SPEED_SHARE : bytesPerMs;
}

/** A whole answer, and when its request was sent. */
interface Answer {
  readonly bytes: number;
  readonly sentAt: number;
  readonly tookMs: number;
}

/**
 * A whole answer came: the peer may owe one more, as long as answers do not wait in line there; a quarter less when too
 * many do, once for all that waited in that line. At first, one more with each answer.
 */
export function answered(flow: Flow, answer: Answer, inFlight: number, slotsMax: number): Flow {
  const { bytes, sentAt, tookMs } = answer;
  const quickestMs =
    flow.quickestMs === null || tookMs < flow.quickestMs
      ? tookMs
      : flow.quickestMs + (tookMs - flow.quickestMs) * SLOWER_SHARE;
  const aloneMs = quickestMs + (flow.bytesPerMs === null ? 0 : bytes / flow.bytesPerMs);
  const waiting = tookMs <= PROMPT_MS ? 0 : (inFlight * Math.max(0, tookMs - aloneMs)) / tookMs;
  if (waiting > WAITING_MAX) {
    // What was asked before then waited in the same line.
    if (flow.shrunkAt !== null && sentAt < flow.shrunkAt) return { ...flow, quickestMs, credit: 0 };
    const slots = Math.max(1, Math.floor(flow.slots * 0.75));
    return { ...flow, quickestMs, slots, credit: 0, shrunkAt: sentAt + tookMs };
  }
  if (waiting >= 1) return { ...flow, quickestMs, credit: Math.max(0, flow.credit) };
  if (inFlight < flow.slots || flow.slots >= slotsMax) return { ...flow, quickestMs };
  if (isUnhurried(flow)) return { ...flow, quickestMs, slots: flow.slots + 1 };
  const grown = flow.credit + 1 >= flow.slots;
  return { ...flow, quickestMs, slots: flow.slots + (grown ? 1 : 0), credit: grown ? 0 : flow.credit + 1 };
}

/** Who has given so many answers in the order of their requests has lost one that it passes over. */
const IN_ORDER_MIN = 4;
/** After an answer out of order it takes so many more. */
const OUT_OF_ORDER = 64;

/** The whole answer came of the request that was sent then. */
export function inTurn(flow: Flow, sentAt: number): Flow {
  const isLate = flow.answeredSentAt !== null && sentAt < flow.answeredSentAt;
  const inOrder = isLate ? -OUT_OF_ORDER : Math.min(IN_ORDER_MIN, flow.inOrder + 1);
  return { ...flow, inOrder, answeredSentAt: isLate ? flow.answeredSentAt : sentAt };
}

/** Whether a request that was sent later is answered already. */
function isPassedOver({ sentAt, begun }: Request, { answeredSentAt }: Flow): boolean {
  return !begun && answeredSentAt !== null && sentAt < answeredSentAt;
}

/** Two answers under way tell of each other which is lost; one alone would have to be waited for. */
const SLOTS_MIN = 2;

/** A request timed out: it may owe half as much. */
export function slowed(flow: Flow): Flow {
  const slots = Math.max(Math.min(SLOTS_MIN, flow.slots), Math.floor(flow.slots / 2));
  return { ...flow, slots, credit: 0 };
}

/** How long until the peer should have answered; when it is overdue, as long again as it has taken already. */
export function remainingMs(request: Request, flow: Flow, now: number): number {
  const { sentAt, expectedMs: expected } = request;
  if (now >= overdueAt(request, flow)) return now - sentAt;
  return Math.max(sentAt + expected - now, (now - sentAt) / 2);
}

/** An answer that takes less than this is not overdue, whatever was expected. */
const OVERDUE_MS_MIN = 40;
/** An answer, or any part of one, should come within so many times what this answer would take alone. */
const SILENCE_RATIO = 1.5;
/** After so many times as much it is more likely lost than late. */
const LOST_RATIO = 1.5;

/** When an answer is overdue: it takes twice what it should, or the peer sends nothing at all any more. */
export function overdueAt(request: Request, flow: Flow): number {
  const late = request.sentAt + Math.max(2 * request.expectedMs, OVERDUE_MS_MIN);
  const silent = isPassedOver(request, flow)
    ? skippedAt(request, flow)
    : heardLast(request, flow) + patienceMs(request, flow);
  return Math.ceil(Math.min(late, silent));
}

/** When an answer is overdue of a peer that has answered later requests already: at once, if it answers in order. */
export function skippedAt(request: Request, flow: Flow): number {
  if (flow.inOrder >= IN_ORDER_MIN && isPassedOver(request, flow)) return request.sentAt;
  return Math.ceil(request.sentAt + patienceMs(request, flow));
}

/** When an answer is more likely lost than late. */
export function lostAt(request: Request, flow: Flow): number {
  if (isPassedOver(request, flow)) return skippedAt(request, flow);
  return Math.ceil(heardLast(request, flow) + LOST_RATIO * patienceMs(request, flow));
}

function heardLast({ sentAt }: Request, { heardAt }: Flow): number {
  return Math.max(sentAt, heardAt ?? sentAt);
}

function patienceMs(request: Request, { quickestMs, bytesPerMs }: Flow): number {
  const { from, to, expectedBytes, expectedMs: expected } = request;
  // The fewer blocks there are, the more may one be larger than those before.
  const bytes = expectedBytes * (1 + 1 / (to - from + 1));
  const isKnown = quickestMs !== null && bytesPerMs !== null;
  const aloneMs = isKnown ? Math.min(expected, Math.max(quickestMs, bytes / bytesPerMs)) : expected;
  return Math.max(SILENCE_RATIO * aloneMs, OVERDUE_MS_MIN);
}
