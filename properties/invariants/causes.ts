import type { PeerReport, RequestResult } from '../../src/core/effects.ts';
import type { Trouble } from '../../src/core/facts.ts';
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

/** What a request that ended so leaves in the node's own account of what went wrong with the next height. */
const TROUBLE_OF: Partial<Record<RequestResult, Trouble['code']>> = {
  timedOut: 'TIMED_OUT',
  absent: 'NOT_AVAILABLE',
  sendFailed: 'PEER_UNREACHABLE',
  peerLost: 'PEER_UNREACHABLE',
};
const OF_REQUESTS = new Set(Object.values(TROUBLE_OF));

export const troublesHaveACause = always(
  'troubles-have-a-cause',
  ['SYNC-7', 'PEER-3'],
  'Who is said to have failed to give the next height was asked for that height, and its request ended so.',
  (seen) => {
    const was = seen.before.window.trouble;
    const is = seen.after.window.trouble;
    if (is === null || was === is || !OF_REQUESTS.has(is.code)) return undefined;
    const isSame = was?.height === is.height && was.code === is.code;
    const known = isSame ? was.peers : [];
    const ended = effectsOf(seen, 'reportPeer').flatMap(({ peer, report }) => {
      return report.kind === 'requestEnded' && report.from === is.height
        ? [{ peer, code: TROUBLE_OF[report.result] }]
        : [];
    });
    const told = is.peers.filter((peer) => !known.includes(peer)).slice(isSame ? 0 : -1);
    const unfounded = told.find((id) => !ended.some(({ peer, code }) => peer === id && code === is.code));
    return unfounded === undefined
      ? true
      : `${is.code} of ${unfounded} at ${is.height} is noted, and nothing of the kind happened`;
  },
  { facts: ['window'] },
);
