import { maps } from '../../src/core/facts.ts';
import type { Outcome } from './property.ts';
import { always, effectsOf } from './property.ts';

/** How long a request may take follows from how long answers of the peer took, and how much of it is asked for. */
export const timeoutsFollowAnswers = always(
  'timeouts-follow-answers',
  ['SYNC-4', 'LIMIT'],
  'A peer has as long for an answer as its answers took so far, and ample room, between the two bounds; and the longest where nothing is known of it.',
  (seen) => {
    const { after } = seen;
    const { requestTimeoutMsMin, requestTimeoutMsMax } = after.config;
    let checked: Outcome = undefined;
    for (const { requestId, peer: id } of effectsOf(seen, 'sendGetBlocks')) {
      const request = maps.requests.get(after.requests.byId, requestId);
      const peer = maps.peers.get(after.peers.byId, id);
      if (request?.deadline == null || peer === undefined) continue;
      const { latencyMs, deviationMs } = peer;
      const givenMs = request.deadline - request.sentAt;
      const takesMs = latencyMs === null ? requestTimeoutMsMax : Math.max(latencyMs, request.expectedMs);
      const leastMs = Math.min(requestTimeoutMsMax, Math.max(requestTimeoutMsMin, Math.floor(takesMs)));
      const mostMs = Math.min(
        requestTimeoutMsMax,
        Math.max(requestTimeoutMsMin, Math.ceil(2 * takesMs + 4 * deviationMs)),
      );
      if (givenMs < leastMs || givenMs > mostMs)
        return `${id} has ${givenMs} ms for an answer, where ${leastMs} to ${mostMs} would be in order`;
      checked = true;
    }
    return checked;
  },
  { effects: ['sendGetBlocks'] },
);
