import type { PeerId } from '../protocol/block.ts';
import { blocksAtOnce, roomFor, sizeOf } from './ask-size.ts';
import { bestPeer, firstAvailable, pressedPeer } from './best-peer.ts';
import type { Facts, Flow, Peer, Request, Span } from './facts.ts';
import { maps } from './facts.ts';
import { expectedMs, hasAnswered, lostAt, overdueAt, remainingMs } from './flow.ts';
import { knownPeer, knownRequest } from './peers.ts';
import { mayAskTwice, sendRequest } from './requests.ts';
import type { Turn } from './turn.ts';
import { blockWeight, firstWanted, headHeight, spanHolding, spansWithin, useSpare, wantedFrom } from './window.ts';

/** How many spans are looked at for one that a second peer would have sooner. */
const HEDGE_LOOK_MAX = 64;
/** A second peer must promise the blocks in this share of the time that the first still needs, and save so much. */
const HEDGE_SHARE = 0.5;
const HEDGE_SAVES_MS = 20;
/** How many that never answered are passed over for one that has. */
const NEWCOMERS_MAX = 1_024;

/** A copy of the block at the head that is here already is used when nobody is asked for it, or rather than asking twice. */
export function useSpareAtHead(turn: Turn): void {
  if (turn.window.spares.length === 0) return;
  const head = spanHolding(turn, headHeight(turn));
  if (head === undefined || head.stage === 'wanted') return useSpare(turn);
  if (head.stage !== 'requested' || !mayHedge(turn)) return;
  if (isHeadOverdue(turn, head) || !isMoreToAskFor(turn)) useSpare(turn);
}

/**
 * OPT-1: what everything waits for is asked of a second peer that should have it much sooner, before anything further
 * ahead: the block at the head, once its answer is overdue; and again, when the second answer is overdue too.
 */
export function hedgeOverdueHead(turn: Turn): void {
  const head = spanHolding(turn, headHeight(turn));
  if (mayHedge(turn) && head?.stage === 'requested' && isHeadOverdue(turn, head)) hedgeSpan(turn, head);
}

function isHeadOverdue(turn: Turn, head: Span): boolean {
  const last = owedOf(turn, head).at(-1);
  return last !== undefined && (last[0].skipped || overdueAt(...last) <= turn.clock.now);
}

/** OPT-1: when the window is full, so is the block at the head; with nothing else left on offer, whatever is still owed. */
export function hedgeRest(turn: Turn): void {
  const head = spanHolding(turn, headHeight(turn));
  if (!mayHedge(turn) || head?.stage !== 'requested' || isMoreToAskFor(turn)) return;
  let looked = 0;
  for (const span of spansWithin(turn, head.from, nextOnOffer(turn) === null ? turn.window.frontier : head.from)) {
    if (++looked > HEDGE_LOOK_MAX || !mayHedge(turn)) return;
    if (span.stage === 'requested' && span.hedgeId === null) hedgeSpan(turn, span);
  }
}

function mayHedge(turn: Turn): boolean {
  const { config, requests } = turn;
  return mayAskTwice(turn) && requests.hedged < config.hedgesMax && requests.inFlight < config.inFlightMax;
}

/** The next height to ask for, if somebody claims it; those above the target nobody is to be asked for. */
function nextOnOffer(turn: Turn): number | null {
  const wanted = wantedFrom(turn, firstWanted(turn));
  return wanted !== null && wanted.from <= (turn.aggregate?.maxHeight ?? 0) ? wanted.from : null;
}

/** Whether there is room for it, too. */
function isMoreToAskFor(turn: Turn): boolean {
  const next = nextOnOffer(turn);
  return next !== null && roomFor(turn, next).blocks >= 1;
}

function hedgeSpan(turn: Turn, span: Span): void {
  const owed = owedOf(turn, span);
  const last = owed.at(-1);
  if (last === undefined) return;
  const [request, flow] = last;
  const owing = owed.map(([{ peer }]) => peer);
  const avoid = [...span.avoid, ...owing];
  const other = secondPeer(turn, span.from, avoid);
  const isLost = request.skipped || lostAt(request, flow) <= turn.clock.now;
  const isOther = other !== null && !owing.includes(other.id) && (isLost || isMuchSooner(turn, other, span, last));
  // The last hedge is kept for other peers, unless it is sure that this one has passed it over.
  const mayAskAgain = isLost && (request.skipped || turn.requests.hedged < turn.config.hedgesMax - 1);
  const peer = isOther ? other : mayAskAgain ? pressedPeer(turn, span.from, () => true) : null;
  if (peer === null) return;
  // Only one block when it may be that the peer is slow: more would make it slower.
  const blocks = isOther || request.skipped ? blocksAtOnce(turn, peer) : 1;
  // Room for them is kept by the first request already.
  const to = Math.min(span.to, span.from + blocks - 1, peer.claim?.maxHeight ?? 0);
  sendRequest(turn, peer, { ...sizeOf(turn, span.from, to, Infinity), purpose: 'hedge' });
}

/**
 * One that has answered before, also when it is busy, before any newcomer: there are few second requests, and peers that
 * never answer must not hold all.
 */
function secondPeer(turn: Turn, height: number, avoid: readonly PeerId[]): Peer | null {
  let newcomers = 0;
  const isAnother = ({ id }: Peer) => !avoid.includes(id);
  const isProven = (peer: Peer) => isAnother(peer) && hasAnswered(peer);
  return (
    firstAvailable(turn, height, (peer) => isProven(peer) || (isAnother(peer) && ++newcomers > NEWCOMERS_MAX)) ??
    pressedPeer(turn, height, isProven) ??
    bestPeer(turn, height, avoid) ??
    pressedPeer(turn, height, isAnother)
  );
}

function isMuchSooner(turn: Turn, peer: Peer, span: Span, [request, flow]: Owed): boolean {
  const leftMs = remainingMs(request, flow, turn.clock.now);
  const soonerMs = expectedMs(peer, (span.to - span.from + 1) * blockWeight(turn));
  return soonerMs <= leftMs * HEDGE_SHARE && leftMs - soonerMs >= HEDGE_SAVES_MS;
}

/** When the answer that everything waits for should be asked of somebody else, or again, if nothing else happens. */
export function hedgeDueAt(facts: Pick<Facts, 'config' | 'window' | 'requests' | 'clock' | 'peers'>): number | null {
  if (!mayAskTwice(facts)) return null;
  const head = spanHolding(facts, headHeight(facts));
  const owed = head?.stage === 'requested' ? owedOf(facts, head) : [];
  const last = owed.at(-1);
  if (last === undefined) return null;
  const { now } = facts.clock;
  const overdue = overdueAt(...last);
  if (now < overdue && isAnyOtherAvailable(facts, owed)) return overdue;
  const lost = lostAt(...last);
  return now < lost ? lost : null;
}

function isAnyOtherAvailable({ peers }: Pick<Facts, 'peers'>, owed: readonly Owed[]): boolean {
  const isOther = (id: PeerId) => owed.every(([{ peer }]) => peer !== id);
  const { available } = peers;
  return (
    maps.available.find(
      available,
      () => true,
      (_claim, [, , id]) => isOther(id),
    ) !== null
  );
}

/** A request for blocks, and how its peer delivers. */
type Owed = readonly [request: Request, flow: Flow];

/** What is owed of the span: by whom it was asked of first, and by whom last. */
function owedOf(facts: Pick<Facts, 'requests' | 'peers'>, { requestId, hedgeId }: Span): readonly Owed[] {
  const ids = [requestId, hedgeId].filter((id) => id !== null);
  return ids.map((id) => {
    const request = knownRequest(facts, id);
    return [request, knownPeer(facts, request.peer).flow];
  });
}
