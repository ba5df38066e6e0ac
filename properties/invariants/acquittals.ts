import type { PeerId } from '../../src/protocol/block.ts';
import type { Seen, Subject } from './property.ts';
import { always, effectsOf } from './property.ts';

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
