import { maps } from '../../src/core/facts.ts';
import { always, effectsOf } from './property.ts';

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
