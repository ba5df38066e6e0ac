import { maps } from '../../src/core/facts.ts';
import { always, effectsOf, isEvent } from './property.ts';

/** An announcement from above is a reason to ask who was not heard of for that long. */
const HEARSAY_MS = 1_000;

export const whoAsksIsAskedBack = always(
  'who-is-not-known-well-is-asked',
  ['META-3', 'LIVE-1'],
  'Who asks for metadata is asked back when what is known of it is older than a period, and who announces a block from ' +
    'further ahead is asked what it has, unless it is being asked already.',
  (seen) => {
    const { event, before, after } = seen;
    const isAhead =
      (isEvent(event, 'newBlockReceived') && event.block.height > before.window.appliedTo + 1) ||
      (isEvent(event, 'proposalReceived') && event.block.height > before.local.maxHeight + 1);
    if (!isAhead && !isEvent(event, 'metadataRequested')) return undefined;
    const peer = maps.peers.get(before.peers.byId, event.peer);
    if (peer?.life.link !== 'Connected' || peer.asksOpen > 0 || before.control.mode === 'Stopped') return undefined;
    // Banned for asking too much, it is gone.
    if (maps.peers.get(after.peers.byId, event.peer)?.life.link !== 'Connected') return undefined;
    const knownForMs = peer.heardAt === null ? Infinity : after.clock.now - peer.heardAt;
    if (knownForMs <= (isAhead ? HEARSAY_MS : after.config.metadataPeriodMs)) return undefined;
    const isAsked = effectsOf(seen, 'sendMetadataRequest').some((effect) => effect.peer === event.peer);
    return isAsked ? true : `${event.peer} was last heard of ${knownForMs} ms ago, and is not asked (${event.type})`;
  },
  { events: ['metadataRequested', 'newBlockReceived', 'proposalReceived'] },
);
