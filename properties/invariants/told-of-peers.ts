import type { PeerLife, PeerLifeEvent } from '../../machines/peer.ts';
import { peerChart } from '../../src/core/advance.ts';
import type { PeerReport, RequestResult } from '../../src/core/effects.ts';
import type { Facts, Peer, Request } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { isTrial } from '../../src/core/requests.ts';
import { openOf } from './asking.ts';
import type { Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

/** What each report says has happened to a peer, as its chart has it. */
const TELLS_OF: Partial<Record<PeerReport['kind'], PeerLifeEvent>> = {
  claimRefuted: 'ClaimFailed',
  claimProven: 'ClaimProven',
  disputeSettled: 'DisputeSettled',
  claimDropped: 'ClaimDropped',
  coolingDown: 'CoolDown',
  banned: 'Ban',
  forgiven: 'Forgiven',
};

/** What peers say of themselves changes their claims too, and is no news to who hears what they say. */
const SAID: readonly (readonly PeerLifeEvent[])[] = [[], ['ClaimMade'], ['ClaimRaised'], ['ClaimRaised', 'ClaimMade']];
const NOT_SAID: typeof SAID = [[]];

export const whatBecomesOfPeersIsTold = always(
  'what-becomes-of-peers-is-told',
  ['PEER-3', 'META-5', 'META-7', 'META-10'],
  'What is told of a peer is what became of its claim and its conduct: who follows the reports knows what counts and who may be asked.',
  (seen) => {
    const { before, after, event } = seen;
    let checked: Outcome = undefined;
    for (const { value: peer } of maps.peers.entries(after.peers.byId)) {
      const was = maps.peers.get(before.peers.byId, peer.id);
      if (was === undefined || was.life === peer.life) continue;
      const reports = effectsOf(seen, 'reportPeer').flatMap((each) => (each.peer === peer.id ? [each.report] : []));
      const said = isEvent(event, 'metadataReceived') && event.peer === peer.id ? SAID : NOT_SAID;
      if (said.some((events) => isAsTold(told(was.life, events, reports), peer, was))) checked = true;
      else return inWords(was, peer, reports);
    }
    return checked;
  },
  { facts: ['peers'] },
);

function told(life: PeerLife, said: readonly PeerLifeEvent[], reports: readonly PeerReport[]): PeerLife {
  const happened = [...said, ...reports.flatMap(({ kind }) => TELLS_OF[kind] ?? [])];
  return happened.reduce((at, each) => peerChart.advance(at, each).value, life);
}

/** Whose connection ended has no claim any more, or keeps its refuted one: that it left is told by the transport. */
function isAsTold(expected: PeerLife, { life }: Peer, was: Peer): boolean {
  if (expected.conduct !== life.conduct) return false;
  return life.link === 'Disconnected' || was.life.link === 'Disconnected' || expected.claim === life.claim;
}

function inWords({ life: was }: Peer, { id, life }: Peer, reports: readonly PeerReport[]): string {
  const changes = (['claim', 'conduct'] as const).flatMap((region) => {
    return was[region] === life[region] ? [] : [`its ${region} went from ${was[region]} to ${life[region]}`];
  });
  return `${id}: ${changes.join(' and ')}, and told was ${reports.map(({ kind }) => kind).join(', ') || 'nothing'}`;
}

export const onlyTrialsRefuteAgain = always(
  'only-trials-refute-again',
  ['META-7'],
  'A claim that is refuted is refuted again only by the probe or test of it, so that its back-off grows with what was tried, and not with what was under way before.',
  (seen) => {
    let checked: Outcome = undefined;
    for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'claimRefuted') continue;
      const reports = effectsOf(seen, 'reportPeer').filter(({ peer }) => peer === id);
      const was = maps.peers.get(seen.before.peers.byId, id);
      const isAgain = reports.filter(({ report: { kind } }) => kind === 'claimRefuted').length > 1;
      const isSettled = reports.some(({ report: { kind } }) => kind === 'disputeSettled' || kind === 'claimProven');
      if (was === undefined || isSettled || (was.life.claim !== 'Refuted' && !isAgain)) continue;
      checked = true;
      if (!isOfTrial(seen, was))
        return `${id} is refuted again (${report.why} at ${report.height}), and no trial of it has ended`;
    }
    return checked;
  },
  { effects: ['reportPeer'] },
);

/** Whether a trial of the peer has ended, or is answered late. */
function isOfTrial({ event, before, after }: Seen, { id, trial, requests }: Peer): boolean {
  if (trial !== null && !isUnderWay(after, trial)) return true;
  if (!isEvent(event, 'blocksReceived') || event.peer !== id) return false;
  return requests.some((each) => {
    const request = maps.requests.get(before.requests.byId, each);
    return request?.deadline === null && isTrial(request);
  });
}

export const endedRequestsAreTold = always(
  'ended-requests-are-told',
  ['PEER-3', 'SYNC-4', 'CHUNK-1'],
  'Of every request that ends it is told once how it ended, and of none that has not; and it ended so: only an answer without any block is none.',
  (seen) => {
    const ended = endedIn(seen);
    if (ended.length === 0 && effectsOf(seen, 'reportPeer').length === 0) return undefined;
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'requestEnded') continue;
      const { result, to } = report;
      const place = ended.findIndex((each) => each.peer === peer && each.to === to);
      const [request] = place === -1 ? [] : ended.splice(place, 1);
      if (request === undefined) return `a request to ${peer} up to ${to} is told as ended (${result}), and none has`;
      if (!isSo(seen, result, peer)) return `${peer}: ${result} is told, and ${seen.event.type} happened`;
      if (result === 'absent' && request.begun)
        return `${peer} has given a part of what it is told not to have, up to ${to}`;
    }
    const [untold] = ended;
    return untold === undefined
      ? true
      : `a request to ${untold.peer} up to ${untold.to} ended, and nobody was told how`;
  },
  { facts: ['requests'], effects: ['reportPeer'] },
);

type Ended = Pick<Request, 'peer' | 'to' | 'begun'>;

/** Requests that were under way, or sent just now, and are not any more. */
function endedIn({ before, after, effects }: Seen): Ended[] {
  const ended: Ended[] = openOf(before).filter(({ id }) => !isUnderWay(after, id));
  for (const effect of effects) {
    if (effect.type === 'sendGetBlocks' && !isUnderWay(after, effect.requestId))
      ended.push({ ...effect, begun: false });
  }
  return ended;
}

function isUnderWay({ requests }: Facts, id: number): boolean {
  const request = maps.requests.get(requests.byId, id);
  return request !== undefined && request.deadline !== null;
}

/** Whether the event is one that ends requests so. */
function isSo({ event, after }: Seen, result: RequestResult, peer: string): boolean {
  switch (result) {
    case 'answered':
    case 'absent':
      return (isEvent(event, 'blocksReceived') || isEvent(event, 'blocksUnavailable')) && event.peer === peer;
    case 'refused':
      return isEvent(event, 'blocksReceived') && event.peer === peer;
    case 'sendFailed':
      return isEvent(event, 'sendFailed') && event.peer === peer;
    case 'peerLost':
      return maps.peers.get(after.peers.byId, peer)?.life.link !== 'Connected' || isEvent(event, 'peerConnected');
    case 'timedOut':
    case 'skipped':
      return true; // That is held against the time that it was given: see `timeouts-are-fair`, `giving-up-is-fair`.
  }
}
