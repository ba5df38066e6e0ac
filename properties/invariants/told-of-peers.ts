import type { PeerLife, PeerLifeEvent } from '../../machines/peer.ts';
import { peerChart } from '../../src/core/advance.ts';
import type { PeerReport, RequestResult } from '../../src/core/effects.ts';
import type { Facts, Peer, Request } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
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
    return request?.deadline === null && (request.purpose === 'probe' || request.purpose === 'test');
  });
}

export const endedRequestsAreTold = always(
  'ended-requests-are-told',
  ['PEER-3', 'SYNC-4', 'CHUNK-1'],
  'Of every request that ends it is told once how it ended, and of none that has not; and it ended so: only an answer without any block is none.',
  (seen) => {
    const ended = endedByPeer(seen);
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'requestEnded') continue;
      const [request] = ended.get(peer)?.splice(0, 1) ?? [];
      if (request === undefined) return `a request to ${peer} is told as ended (${report.result}), and none has`;
      if (!isSo(seen, report.result, peer)) return `${peer}: ${report.result} is told, and ${seen.event.type} happened`;
      if (report.result === 'absent' && request.begun && ended.get(peer)?.length === 0)
        return `${peer} has given a part of ${request.from}..${request.to}, and is told not to have it`;
    }
    for (const [peer, { length }] of ended) {
      if (length > 0) return `${length} request(s) to ${peer} ended, and nobody was told how`;
    }
    return ended.size === 0 ? undefined : true;
  },
  { facts: ['requests'], effects: ['reportPeer'] },
);

type Ended = Pick<Request, 'from' | 'to' | 'begun'>;

/** Requests that were under way, or sent just now, and are not any more; in the order in which they were sent. */
function endedByPeer(seen: Seen): Map<string, Ended[]> {
  const ended = new Map<string, Ended[]>();
  const note = (id: number, peer: string, request: Ended): void => {
    if (isUnderWay(seen.after, id)) return;
    const others = ended.get(peer);
    if (others === undefined) ended.set(peer, [request]);
    else others.push(request);
  };
  for (const { key, value } of maps.requests.entries(seen.before.requests.byId)) {
    if (value.deadline !== null) note(key, value.peer, value);
  }
  for (const { requestId, peer, from, to } of effectsOf(seen, 'sendGetBlocks')) {
    note(requestId, peer, { from, to, begun: false });
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
