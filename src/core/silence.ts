import type { Peer, Request } from './facts.ts';
import { maps } from './facts.ts';
import { hasAnswered, lostAt } from './flow.ts';
import { knownPeer, knownRequest } from './peers.ts';
import { giveUp, isForHead, mayAskTwice } from './requests.ts';
import type { Turn } from './turn.ts';

/** How many requests under way are looked at, those first that time out soonest: new peers have longest, and are among the last. */
const LOOK_MAX = 256;

/**
 * OPT-1: a peer that owes as much as it may, and all of it more likely lost than late, could not show that it is still
 * there. So its oldest request is given up, what it should bring is wanted again, and something else may be asked of it;
 * the next one only after twice as long, and so on. One that covers the head runs its time, because its end tells about
 * the claim (META-7).
 */
export function giveUpSilent(turn: Turn): void {
  if (!mayAskTwice(turn)) return;
  const looked = new Set<string>();
  let requests = 0;
  for (const { key } of maps.deadlines.entries(turn.requests.deadlines)) {
    if (++requests > LOOK_MAX) return;
    const request = maps.requests.get(turn.requests.byId, key[1]);
    // Given up just now, and the oldest of those that are remembered: forgotten at once.
    if (request === undefined) continue;
    const { peer: id } = request;
    if (looked.has(id)) continue;
    looked.add(id);
    const oldest = oldestLost(turn, knownPeer(turn, id));
    if (oldest !== undefined) giveUp(turn, oldest);
  }
}

/** Of a peer that has answered before and is silent for long enough now, the oldest request that may be given up. */
function oldestLost(turn: Turn, peer: Peer): Request | undefined {
  if (!hasAnswered(peer)) return undefined;
  const { requests, flow } = peer;
  const known = requests.map((id) => knownRequest(turn, id));
  const open = known.filter(({ deadline }) => deadline !== null);
  // Those that came to nothing since it was heard last.
  const inVain = known.filter(({ deadline, sentAt }) => deadline === null && sentAt > (flow.heardAt ?? 0)).length;
  const isLost = (request: Request) => {
    const at = lostAt(request, flow);
    return at + (at - request.sentAt) * (2 ** inVain - 1) <= turn.clock.now;
  };
  if (!open.every(isLost)) return undefined;
  return open.find((request) => request.purpose === 'sync' && !request.begun && !isForHead(turn, request));
}
