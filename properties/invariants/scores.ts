import type { PeerReport } from '../../src/core/effects.ts';
import type { Facts, Peer } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { OFFENCES } from '../../src/protocol/offences.ts';
import type { Outcome, Seen } from './property.ts';
import { always, effectsOf } from './property.ts';

type Report<Kind extends PeerReport['kind']> = Extract<PeerReport, { readonly kind: Kind }>;

/** What a peer is told to be, report by report, within one event. */
interface Running {
  score: number;
  coolDowns: number;
  bans: number;
  conduct: Peer['life']['conduct'];
  /** A cool-down or ban that its score calls for, and that is yet to be told. */
  owed: 'coolingDown' | 'banned' | null;
  isCharged: boolean;
}

export const scoresAddUp = always(
  'scores-add-up',
  ['PEER-1', 'PEER-3', 'APPLY-3'],
  'A charge costs what the offence costs, and one that is taken back gives it back; a score that is low enough means a ' +
    'cool-down, longer each time, or a ban; who was banned is on probation afterwards; no score is above its ceiling.',
  (seen) => {
    const { after } = seen;
    const running = new Map<string, Running>();
    let checked = false;
    for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
      const was = maps.peers.get(seen.before.peers.byId, id);
      if (was === undefined) continue;
      const { score, coolDowns, bans, life } = was;
      const peer = running.get(id) ?? { score, coolDowns, bans, conduct: life.conduct, owed: null, isCharged: false };
      running.set(id, peer);
      const wrong = follow(peer, report, seen);
      if (typeof wrong === 'string') return `${id} ${wrong}`;
      checked ||= wrong === true;
    }
    for (const [id, { owed, score }] of running) {
      if (owed !== null) return `${id} has a score of ${score}, and "${owed}" is not told`;
      const is = maps.peers.get(after.peers.byId, id);
      if (is !== undefined && is.score > after.config.scoreMax) return `${id} has a score of ${is.score}`;
    }
    return tooGood(seen) ?? (checked ? true : undefined);
  },
  { effects: ['reportPeer', 'blocksAdded'] },
);

function follow(peer: Running, report: PeerReport, seen: Seen): Outcome {
  const { config } = seen.after;
  switch (report.kind) {
    case 'charged':
      return charged(peer, report, seen.after);
    case 'acquitted': {
      const least = Math.min(config.scoreMax, peer.score + OFFENCES[report.offence].penalty);
      // Good service in the same event may have added to it.
      if (report.score < least)
        return `is acquitted of ${report.offence} with ${report.score}, where it had ${peer.score}`;
      peer.score = report.score;
      return true;
    }
    case 'coolingDown': {
      // Who sent what does not apply here may rest, uncharged (APPLY-3).
      const isRest = !peer.isCharged && peer.conduct === 'Trusted';
      if (peer.owed !== 'coolingDown' && !isRest) return `cools down, ${peer.conduct}, with a score of ${peer.score}`;
      const expectedMs = Math.min(config.coolDownMsMax, config.coolDownMsMin * 2 ** peer.coolDowns);
      if (report.forMs !== expectedMs) return `cools down the ${peer.coolDowns + 1}. time, for ${report.forMs} ms`;
      peer.coolDowns++;
      peer.conduct = 'CoolingDown';
      peer.owed = null;
      return true;
    }
    case 'banned': {
      if (peer.owed !== 'banned') return `is banned, ${peer.conduct}, with a score of ${peer.score}`;
      const expectedMs = Math.min(config.banMsMax, config.banMsMin * 2 ** peer.bans);
      if (report.forMs !== expectedMs) return `is banned the ${peer.bans + 1}. time, for ${report.forMs} ms`;
      peer.bans++;
      peer.conduct = 'Banned';
      peer.owed = null;
      return true;
    }
    case 'forgiven':
      if (peer.conduct === 'Banned') peer.score = config.scoreCoolDown;
      peer.conduct = 'Trusted';
      return true;
    default:
      return undefined;
  }
}

function charged(peer: Running, { offence, score }: Report<'charged'>, { config }: Facts): Outcome {
  const expected = Math.max(config.scoreBan, peer.score - OFFENCES[offence].penalty);
  // Good service in the same event may have added to it.
  if (score < expected) return `is charged with ${offence} and has ${score}, where ${expected} is due`;
  if (score > expected && score > peer.score) return `is charged with ${offence}, and its score rises to ${score}`;
  peer.score = score;
  peer.isCharged = true;
  if (score <= config.scoreBan) peer.owed = peer.conduct === 'Banned' ? null : 'banned';
  else if (score <= config.scoreCoolDown && peer.conduct === 'Trusted') peer.owed = 'coolingDown';
  return true;
}

/** Whose blocks were added has served well. */
function tooGood(seen: Seen): string | undefined {
  const { peers, config } = seen.after;
  for (const { peer } of effectsOf(seen, 'blocksAdded')) {
    const score = peer === null ? 0 : (maps.peers.get(peers.byId, peer)?.score ?? 0);
    if (score > config.scoreMax) return `${peer} has a score of ${score}, above ${config.scoreMax}`;
  }
  for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
    if (report.kind !== 'forgiven') continue;
    const wasBanned = maps.peers.get(seen.before.peers.byId, id)?.life.conduct === 'Banned';
    const score = maps.peers.get(peers.byId, id)?.score;
    if (wasBanned && score !== undefined && score > config.scoreCoolDown)
      return `${id} comes back from a ban with a score of ${score}, as if nothing had been`;
  }
  return undefined;
}
