import type { PeerId } from '../protocol/block.ts';
import type { Offence } from '../protocol/offences.ts';
import { OFFENCES } from '../protocol/offences.ts';
import type { EventOf } from './events.ts';
import type { Peer } from './facts.ts';
import { maps } from './facts.ts';
import {
  advancePeer,
  canAdvance,
  connectedPeer,
  forgetIfNothingIsKnown,
  getPeer,
  knownPeer,
  peerIs,
  putPeer,
} from './peers.ts';
import type { Turn } from './turn.ts';
import { backoffMs, emit } from './turn.ts';

/** PEER-1. Whom nobody is connected to cannot be charged: its next identity would be another anyway. */
export function charge(turn: Turn, id: PeerId, offence: Offence, detail: string, height: number | null = null): void {
  const peer = connectedPeer(turn, id);
  if (peer === undefined) return;
  const { penalty } = OFFENCES[offence];
  const score = Math.max(peer.score - penalty, turn.config.scoreBan);
  const charged = putPeer(turn, { ...peer, score });
  emit(turn, { type: 'reportPeer', peer: id, report: { kind: 'charged', offence, detail, score, height } });
  if (score <= turn.config.scoreBan) return ban(turn, charged, offence);
  if (score <= turn.config.scoreCoolDown && canAdvance(charged, 'CoolDown')) coolDown(turn, charged, offence);
}

/** How many valid blocks take back one step of a peer's probing back-off: who lies and serves in turn waits longer. */
const BLOCKS_PER_REFUTATION = 8;

/**
 * Good service earns trust back, slowly; but each block makes up for one "I have none", which costs no more than an answer
 * (META-7): who has most of the blocks is of use.
 */
export function reward(turn: Turn, peer: Peer, blocks: number): Peer {
  const served = peer.served + blocks;
  const steps = Math.floor(served / BLOCKS_PER_REFUTATION) - Math.floor(peer.served / BLOCKS_PER_REFUTATION);
  const absences = Math.max(0, peer.absences - blocks);
  const refutations = Math.max(0, peer.refutations - steps);
  return { ...peer, served, absences, refutations, score: Math.min(turn.config.scoreMax, peer.score + blocks) };
}

/** A charge that proved unjust: the score is as if it had not been, and a cool-down is over. A ban runs its time. */
export function takeBack(turn: Turn, id: PeerId, offence: Offence): void {
  const peer = getPeer(turn, id);
  if (peer === undefined) return;
  const score = Math.min(turn.config.scoreMax, peer.score + OFFENCES[offence].penalty);
  const ends = canAdvance(peer, 'Forgiven') && !peerIs(peer, 'banned') && score > turn.config.scoreCoolDown;
  const acquitted = putPeer(turn, { ...peer, score, conductUntil: ends ? turn.clock.now : peer.conductUntil });
  emit(turn, { type: 'reportPeer', peer: id, report: { kind: 'acquitted', offence, score } });
  forgetIfNothingIsKnown(turn, acquitted);
}

export function peerMisbehaved(turn: Turn, event: EventOf<'peerMisbehaved'>): void {
  charge(turn, event.peer, event.offence, event.detail);
}

/** Cool-downs and bans that are over. */
export function forgiveDue(turn: Turn): void {
  for (;;) {
    const first = maps.byTime.first(turn.peers.conductEnds);
    if (first === null || first.key[0] > turn.clock.now) return;
    const peer = knownPeer(turn, first.key[1]);
    // Who was only cooling down keeps its score, so that repetition ends in a ban; who was banned is on probation.
    const score = peerIs(peer, 'banned') ? turn.config.scoreCoolDown : peer.score;
    putPeer(turn, { ...advancePeer(peer, 'Forgiven'), conductUntil: null, score });
    emit(turn, { type: 'reportPeer', peer: peer.id, report: { kind: 'forgiven' } });
  }
}

/** Not asked for a while, without a charge: what it did may not be its fault, but asking it again at once is no use. */
export function restPeer(turn: Turn, id: PeerId, offence: Offence): void {
  const peer = connectedPeer(turn, id);
  if (peer !== undefined && canAdvance(peer, 'CoolDown')) coolDown(turn, peer, offence);
}

function coolDown(turn: Turn, peer: Peer, offence: Offence): void {
  const { coolDownMsMin, coolDownMsMax } = turn.config;
  const forMs = backoffMs(coolDownMsMin, coolDownMsMax, peer.coolDowns);
  const cooled = advancePeer(peer, 'CoolDown');
  putPeer(turn, { ...cooled, coolDowns: peer.coolDowns + 1, conductUntil: turn.clock.now + forMs });
  emit(turn, { type: 'reportPeer', peer: peer.id, report: { kind: 'coolingDown', offence, forMs } });
}

function ban(turn: Turn, peer: Peer, offence: Offence): void {
  if (!canAdvance(peer, 'Ban')) return;
  const { banMsMin, banMsMax } = turn.config;
  const forMs = backoffMs(banMsMin, banMsMax, peer.bans);
  const banned = advancePeer(peer, 'Ban');
  putPeer(turn, { ...banned, bans: peer.bans + 1, conductUntil: turn.clock.now + forMs });
  emit(turn, { type: 'reportPeer', peer: peer.id, report: { kind: 'banned', offence, forMs } });
  emit(turn, { type: 'disconnectPeer', peer: peer.id, refuseMs: forMs });
  turn.expelled.push(peer.id);
}
