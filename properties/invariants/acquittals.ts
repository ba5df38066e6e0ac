import type { PeerId } from '../../src/protocol/block.ts';
import { maps } from '../../src/core/facts.ts';
import type { Seen, Subject } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const onlyTheChainsBlockAcquits = always(
  'only-the-chains-own-block-acquits',
  ['APPLY-3'],
  "A charge is taken back when what it was for is the chain's own block and applies after all, and only then.",
  (seen, subject) => {
    let checked = false;
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'acquitted') continue;
      checked = true;
      if (!sentTheChainsOwn(peer, seen, subject)) return `${peer} is acquitted, and what it sent is not the chain's`;
    }
    return checked ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

export const theChainsBlockAcquits = always(
  'the-chains-own-block-acquits',
  ['APPLY-3', 'MODE-10'],
  "Once the chain's own block of a height is applied, or decided by consensus, nobody is left charged with having sent it.",
  (seen, { chain }) => {
    const { event, before, after } = seen;
    const { trouble } = before.window;
    if (trouble === null || !chain.has(trouble.height)) return undefined;
    const isDecided = isEvent(event, 'blockFinalized') && event.contentId === chain.blockAt(trouble.height).contentId;
    if (!isDecided && !isEvent(event, 'blocksApplied')) return undefined;
    if (trouble.height > Math.max(after.window.appliedTo, after.local.maxHeight)) return undefined;
    const { contentId } = chain.blockAt(trouble.height);
    const charged = trouble.unapplied.filter((each) => each.contentId === contentId).flatMap((each) => each.charged);
    const reports = effectsOf(seen, 'reportPeer');
    for (const { peer, offence } of charged) {
      if (maps.peers.get(before.peers.byId, peer) === undefined) continue;
      const isAcquitted = reports.some((each) => each.peer === peer && each.report.kind === 'acquitted');
      if (!isAcquitted) return `${peer} sent the chain's own ${trouble.height}, and is left charged (${offence})`;
    }
    return charged.length > 0 ? true : undefined;
  },
  { events: ['blocksApplied', 'blockFinalized'] },
);

function sentTheChainsOwn(peer: PeerId, { before, after }: Seen, { chain }: Subject): boolean {
  const { trouble } = before.window;
  if (trouble === null || !chain.has(trouble.height)) return false;
  const isPassed = trouble.height <= Math.max(after.window.appliedTo, after.local.maxHeight);
  const { contentId } = chain.blockAt(trouble.height);
  return isPassed && trouble.unapplied.some((each) => each.contentId === contentId && charges(each.charged, peer));
}

function charges(charged: readonly { readonly peer: PeerId }[], id: PeerId): boolean {
  return charged.some(({ peer }) => peer === id);
}
