import { maps } from '../../src/core/facts.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { effectsOf, isEvent } from './property.ts';

/** The core's own time may differ from ours by that much worth of announcements. */
const SLACK = 5;

export const strangersKeepToARate: Always = {
  kind: 'always',
  name: 'strangers-keep-to-a-rate',
  clauses: ['LIVE-1', 'LIVE-3', 'LIMIT'],
  says: 'Authors who are not connected, whom nobody can charge, have no more blocks and proposals looked at than their rate.',
  on: { events: ['newBlockReceived', 'proposalReceived'] },
  watch: () => {
    let left = Infinity;
    let atMs = 0;
    return {
      reborn: () => {
        left = Infinity;
      },
      check: (seen): Outcome => {
        if (!isLookedAt(seen)) return undefined;
        const { strangersPerSecond, strangersBurst } = seen.after.config;
        // By the node's own clock, which may leap (A43).
        const { now } = seen.after.clock;
        left = Math.min(strangersBurst + SLACK, left + ((now - atMs) / 1_000) * strangersPerSecond) - 1;
        atMs = now;
        return left >= 0 ? true : 'authors whom nobody knows have everything looked at that they announce';
      },
    };
  },
};

function isLookedAt(seen: Seen): boolean {
  const { event, before } = seen;
  if (!isEvent(event, 'newBlockReceived') && !isEvent(event, 'proposalReceived')) return false;
  const { block, peer } = event;
  const isConnected = maps.peers.get(before.peers.byId, peer)?.life.link === 'Connected';
  const next = isEvent(event, 'proposalReceived') ? before.local.maxHeight + 1 : before.window.appliedTo + 1;
  if (isConnected || before.control.mode === 'Stopped' || block.height !== next) return false;
  if (block.bytes > before.config.blockBytesMax) return false;
  if (isEvent(event, 'proposalReceived') && block.parentId !== before.local.tipId) return false;
  // A copy too many was looked at too.
  return effectsOf(seen, 'blockRejected').every(({ reason }) => reason === 'DUPLICATE');
}
