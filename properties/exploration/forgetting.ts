import type { Facts, Flow, Peer } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { newFlow } from '../../src/core/flow.ts';
import { peerIs, putPeer } from '../../src/core/peers.ts';
import { beginTurn, endTurn } from '../../src/core/turn.ts';
import { BLOCK_BYTES } from './blocks.ts';

/**
 * What would never come back to the same value is forgotten after every event, so that a world is finite:
 * - how fast each peer answers, and how much it may owe at a time because of that (the core asks the fastest first);
 * - for how long the probe of a peer that is away, or back without a claim, has been due: as if it had come due just now.
 */
export function forgetful(facts: Facts): Facts {
  let turn: ReturnType<typeof beginTurn> | null = null;
  const { now } = facts.clock;
  for (const { value: peer } of maps.peers.entries(facts.peers.byId)) {
    const waits = peer.claim === null || !peerIs(peer, 'connected');
    const overdue = peer.probeAt !== null && peer.probeAt < now && waits;
    // Every block weighs the same and takes a while: a speed that makes no peer better than another.
    const speed = { bytesPerMs: BLOCK_BYTES, isMeasured: true, owedBytes: peer.flow.owedBytes };
    const flow = { ...newFlow(facts.config), ...speed, heardAt: heardSince(facts, peer) };
    const isNew = peer.latencyMs === null && isUnmeasured(peer.flow, flow);
    if (isNew && !overdue) continue;
    turn ??= beginTurn(facts);
    putPeer(turn, { ...peer, flow, latencyMs: null, deviationMs: 0, probeAt: overdue ? now : peer.probeAt });
  }
  return turn === null ? facts : endTurn(turn);
}

/** When blocks came from the peer last, as long as it owes something that it was asked before (META-7, OPT-1). */
function heardSince({ config, requests }: Facts, { flow, requests: ids }: Peer): number | null {
  const { heardAt } = flow;
  if (config.hedgesMax === 0 || heardAt === null) return null;
  const owes = ids.some((id) => {
    const request = maps.requests.get(requests.byId, id);
    return request !== undefined && request.deadline !== null && request.sentAt < heardAt;
  });
  return owes ? heardAt : null;
}

function isUnmeasured(flow: Flow, fresh: Flow): boolean {
  const { slots, credit, quickestMs, bytesPerMs, sinceAt, sinceBytes, heardAt } = flow;
  const measured = quickestMs !== null || sinceAt !== null || sinceBytes !== 0 || heardAt !== fresh.heardAt;
  return !measured && bytesPerMs === fresh.bytesPerMs && slots === fresh.slots && credit === fresh.credit;
}

/** A late answer counts as having taken one timeout, however late it is. */
export function withTypicalAnswerTime(facts: Facts, requestId: number): Facts {
  const { requests, config, clock } = facts;
  const request = maps.requests.get(requests.byId, requestId);
  if (request === undefined) return facts;
  const sentAt = clock.now - config.requestTimeoutMsMax;
  return {
    ...facts,
    requests: { ...requests, byId: maps.requests.set(requests.byId, requestId, { ...request, sentAt }) },
  };
}
