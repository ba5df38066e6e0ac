import { maps } from '../../src/core/facts.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { effectsOf, isEvent } from './property.ts';

/** An announcement from above is a reason to ask who was not heard of for that long. */
const HEARSAY_MS = 1_000;

export const whoAsksIsAskedBack: Always = {
  kind: 'always',
  name: 'who-is-not-known-well-is-asked',
  clauses: ['META-3', 'LIVE-1'],
  says:
    'Who asks for metadata is asked back when what is known of it is older than a period, and who announces a block from ' +
    'further ahead is asked what it has, unless it is being asked already; and nobody is who was heard of just now.',
  on: {
    events: [
      'Stop',
      'metadataReceived',
      'peerDisconnected',
      'metadataRequested',
      'newBlockReceived',
      'proposalReceived',
    ],
  },
  watch: () => {
    /** When each peer last told what it has, over its present connection. */
    const heard = new Map<PeerId, number>();
    return {
      reborn: () => {
        heard.clear();
      },
      check: (seen): Outcome => {
        const { event, after } = seen;
        if (isEvent(event, 'Stop')) heard.clear();
        if (isEvent(event, 'peerDisconnected')) heard.delete(event.peer);
        if (!('peer' in event) || isEvent(event, 'peerDisconnected')) return undefined;
        if (isEvent(event, 'metadataReceived')) {
          if (isTaken(seen, event.peer)) heard.set(event.peer, after.clock.now);
          return undefined;
        }
        return checkAsked(seen, event.peer, heard.get(event.peer));
      },
    };
  },
};

/** Whether the answer says something, also of a claim that shrank. */
function isTaken(seen: Seen, id: PeerId): boolean {
  if (maps.peers.get(seen.before.peers.byId, id)?.life.link !== 'Connected') return false;
  return effectsOf(seen, 'reportPeer').every(({ peer, report }) => {
    return peer !== id || report.kind !== 'charged' || report.offence === 'SHRUNKEN_CLAIM';
  });
}

function checkAsked(seen: Seen, id: PeerId, heardAt: number | undefined): Outcome {
  const { event, before, after } = seen;
  const isAhead =
    (isEvent(event, 'newBlockReceived') && event.block.height > before.window.appliedTo + 1) ||
    (isEvent(event, 'proposalReceived') && event.block.height > before.local.maxHeight + 1);
  const isAsked = effectsOf(seen, 'sendMetadataRequest').some(({ peer }) => peer === id);
  const knownForMs = heardAt === undefined ? Infinity : after.clock.now - heardAt;
  const isKnown = knownForMs <= (isAhead ? HEARSAY_MS : after.config.metadataPeriodMs);
  if (isAsked && isKnown) return `${id} was heard of ${knownForMs} ms ago, and is asked again (${event.type})`;
  if (!isAhead && !isEvent(event, 'metadataRequested')) return undefined;
  const peer = maps.peers.get(before.peers.byId, id);
  if (peer?.life.link !== 'Connected' || peer.asksOpen > 0 || before.control.mode === 'Stopped') return undefined;
  // Banned for asking too much, it is gone.
  if (maps.peers.get(after.peers.byId, id)?.life.link !== 'Connected') return undefined;
  if (isKnown) return undefined;
  return isAsked ? true : `${id} was last heard of ${knownForMs} ms ago, and is not asked (${event.type})`;
}
