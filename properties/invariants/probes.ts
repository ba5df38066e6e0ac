import type { PeerId } from '../../src/protocol/block.ts';
import { maps } from '../../src/core/facts.ts';
import { recentId } from '../../src/core/recent.ts';
import { headHeight } from '../../src/core/window.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const probesAskWhatIsDisputed = always(
  'probes-ask-what-is-disputed',
  ['META-7'],
  'A refuted claim is probed at a height that its owner failed to give, or above, where such a block can be judged now.',
  (seen) => {
    const probes = effectsOf(seen, 'sendGetBlocks').filter(({ purpose }) => purpose === 'probe');
    const { before, after } = seen;
    for (const { peer: id, from } of probes) {
      const peer = maps.peers.get(before.peers.byId, id);
      // It may have been refuted in this very event, or what is next have moved.
      if (peer?.disputedFrom == null || peer.claim === null || peer.aheadInVain) continue;
      const isJudged = peer.disputedFrom < Math.min(before.window.frontier, after.window.frontier);
      const isClaimed = peer.disputedFrom <= peer.claim.maxHeight;
      const isMoved = maps.peers.get(after.peers.byId, id)?.disputedFrom !== peer.disputedFrom;
      if (isJudged && isClaimed && !isMoved && from < peer.disputedFrom)
        return `${id} failed to give ${peer.disputedFrom}, and is probed for ${from}`;
    }
    return probes.length > 0 ? true : undefined;
  },
  { effects: ['sendGetBlocks'] },
);

export const probesAreNotPutOff = always(
  'probes-are-not-put-off',
  ['META-7', 'SYNC-7'],
  'Who is to be probed now, owes nothing and claims the next block is probed, and not put off: it may be the only one to have it.',
  (seen) => {
    const { before, after } = seen;
    const head = headHeight(after);
    if (head !== headHeight(before) || before.control !== after.control) return undefined;
    let checked = false;
    for (const id of dueBy(before, after.clock.now)) {
      const peer = maps.peers.get(after.peers.byId, id);
      if (peer?.claim == null || peer.life.link !== 'Connected' || peer.life.claim !== 'Refuted') continue;
      if (peer.life.conduct !== 'Trusted' || head < peer.claim.minHeight || peer.claim.maxHeight < head) continue;
      checked = true;
      if (peer.probeDue || peer.inFlight > 0 || peer.trial !== null) continue;
      const isDecided = effectsOf(seen, 'reportPeer').some((report) => report.peer === id);
      if (!isDecided && peer.probeAt !== null && peer.probeAt > after.clock.now)
        return `${id} was to be probed at ${after.clock.now}, and is put off to ${peer.probeAt}`;
    }
    return checked ? true : undefined;
  },
  { facts: ['peers', 'clock'] },
);

/** Whose probe was due, or has come due since. */
function dueBy({ peers }: Seen['before'], now: number): readonly PeerId[] {
  const due = [...maps.probesDue.entries(peers.probesDue)].map(({ key }) => key[2]);
  for (const { key } of maps.byTime.entries(peers.probes)) {
    if (key[0] > now) break;
    due.push(key[1]);
  }
  return due;
}

export const goodProbesSettle = always(
  'good-probes-settle',
  ['META-7', 'SYNC-7'],
  'Who is probed for what it failed to give, or above, and sends the block that is committed there, is believed again.',
  (seen) => {
    const { event, before } = seen;
    if (!isEvent(event, 'blocksReceived') || event.requestId === null) return undefined;
    const request = maps.requests.get(before.requests.byId, event.requestId);
    const peer = maps.peers.get(before.peers.byId, event.peer);
    const [block, ...others] = event.blocks;
    if (request?.peer !== event.peer || request.purpose !== 'probe' || block === undefined) return undefined;
    if (others.length > 0 || block.height !== request.from || block.bytes > before.config.blockBytesMax)
      return undefined;
    if (peer?.disputedFrom == null || peer.claim === null || block.height < peer.disputedFrom) return undefined;
    if (recentId(before.local.recent, block.height) !== block.id) return undefined;
    const told = effectsOf(seen, 'reportPeer').filter((each) => each.peer === event.peer);
    if (told.some(({ report }) => report.kind === 'claimProven' || report.kind === 'disputeSettled')) return true;
    return `${event.peer} was probed for ${block.height}, sent it as it is committed, and is not believed`;
  },
  { events: ['blocksReceived'] },
);

export const probesInVainTurnToTheHead: Always = {
  kind: 'always',
  name: 'probes-in-vain-turn-to-the-head',
  clauses: ['META-7', 'SYNC-7'],
  says:
    'Who was probed for a block ahead of the next one, sent it, and is in dispute still, is probed for the next one then: ' +
    'it may be the only one to have it.',
  on: { events: ['blocksReceived'], effects: ['sendGetBlocks', 'reportPeer'] },
  watch: () => {
    const inVain = new Set<PeerId>();
    return {
      reborn: () => {
        inVain.clear();
      },
      check: (seen): Outcome => {
        for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
          if (SETTLES.has(report.kind)) inVain.delete(peer);
        }
        const head = Math.max(headHeight(seen.before), headHeight(seen.after));
        let checked: Outcome = undefined;
        for (const { peer, purpose, from } of effectsOf(seen, 'sendGetBlocks')) {
          if (purpose !== 'probe' || !inVain.has(peer)) continue;
          if (from > head) return `${peer} has sent what is disputed, and is probed for ${from}, where ${head} is next`;
          checked = true;
        }
        const answering = sentWhatIsDisputed(seen);
        if (answering !== null) inVain.add(answering);
        return checked;
      },
    };
  },
};

const SETTLES: ReadonlySet<string> = new Set(['claimRefuted', 'claimProven', 'disputeSettled']);

/** Whose probe ahead of the next block was answered with the block, and decided nothing. */
function sentWhatIsDisputed({ event, before, after, effects }: Seen): PeerId | null {
  if (!isEvent(event, 'blocksReceived') || event.requestId === null) return null;
  const { peer: id, requestId, blocks } = event;
  const request = maps.requests.get(before.requests.byId, requestId);
  const height = blocks[0]?.height;
  if (request?.peer !== id || request.purpose !== 'probe' || height !== request.from) return null;
  if (request.deadline === null || height <= headHeight(before)) return null;
  const told = effects.flatMap((effect) => (effect.type === 'reportPeer' && effect.peer === id ? [effect.report] : []));
  const isAnswered = told.some((report) => report.kind === 'requestEnded' && report.result === 'answered');
  if (told.some(({ kind }) => SETTLES.has(kind))) return null;
  const peer = maps.peers.get(after.peers.byId, id);
  const isDisputed = peer?.disputedFrom != null && peer.life.claim === 'Refuted' && peer.disputedFrom <= height;
  const isDue = peer?.life.link === 'Connected' && peer.trial === null;
  return isAnswered && isDisputed && isDue ? id : null;
}
