import type { PeerReport, RequestResult } from '../../src/core/effects.ts';
import type { Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';
import { recentId } from '../../src/core/recent.ts';

type Refuted = Extract<PeerReport, { readonly kind: 'claimRefuted' }>;

/** How a request ended whose end alone refutes. */
const ENDED: Partial<Record<Refuted['why'], RequestResult>> = {
  TIMED_OUT: 'timedOut',
  NOT_AVAILABLE: 'absent',
  SEND_FAILED: 'sendFailed',
  INVALID_BLOCK: 'refused',
};

export const refutationsHaveACause = always(
  'refutations-have-a-cause',
  ['META-7', 'SYNC-4', 'PEER-3'],
  'Why a claim is refuted is what has just happened: a request of its owner ended so while it was waited for, its block is refused, or it left.',
  (seen) => {
    const told = effectsOf(seen, 'reportPeer');
    let checked = false;
    for (const { peer, report } of told) {
      if (report.kind !== 'claimRefuted') continue;
      checked = true;
      if (!isSo(seen, peer, report))
        return `${peer} is not believed any more (${report.why}), and nothing of the kind happened`;
    }
    return checked ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

function isSo(seen: Seen, id: string, { why, height }: Refuted): boolean {
  const { event } = seen;
  if (why === 'LEFT') return isEvent(event, 'peerDisconnected') && event.peer === id;
  const mine = effectsOf(seen, 'reportPeer').filter(({ peer }) => peer === id);
  const isEnded = mine.some(({ report }) => {
    return report.kind === 'requestEnded' && report.result === ENDED[why] && report.from === height;
  });
  if (isEnded || why !== 'INVALID_BLOCK') return isEnded;
  const isCharged = mine.some(({ report }) => report.kind === 'charged' && report.height === height);
  return isCharged || gaveAnother(seen, id, height);
}

/** Another block than the one that is committed. */
function gaveAnother({ event, before }: Seen, id: string, height: number): boolean {
  if (!isEvent(event, 'blocksReceived') || event.peer !== id) return false;
  const known = recentId(before.local.recent, height);
  return known !== undefined && event.blocks.some((block) => block.height === height && block.id !== known);
}
