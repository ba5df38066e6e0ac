import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { PeerId, SyncBlock } from '../../src/protocol/block.ts';
import type { Always } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const honestPeersAreNeverBanned = always(
  'honest-peers-are-never-banned',
  ['PEER-1', 'APPLY-3', 'SYNC-4', 'SYNC-5'],
  'Timeouts, absence, late answers and faults of our own never ban a peer that does not misbehave.',
  (seen, subject) => {
    let faulty = false;
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'banned') continue;
      if (subject.isHonest(peer)) return `${peer} is banned for ${report.offence}`;
      faulty = true;
    }
    return faulty ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

export const honestPeersAreNeverCharged = always(
  'honest-peers-are-never-charged',
  ['APPLY-3', 'SYNC-4', 'META-4', 'META-5'],
  'A peer that does not misbehave is charged with nothing, unless our own executor goes wrong.',
  (seen, subject) => {
    let faulty = false;
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'charged') continue;
      if (subject.isHonest(peer) && !subject.hasLocalFaults) return `${peer}: ${report.offence}, ${report.detail}`;
      faulty = true;
    }
    return faulty ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

export const unaskedBlocksAreNotStored: Always = {
  kind: 'always',
  name: 'unasked-blocks-are-not-stored',
  clauses: ['SYNC-6'],
  says: 'A block is kept only from a peer that was asked for that height; of announced ones, only the one to be applied next.',
  on: { events: ['blocksReceived', 'newBlockReceived'], effects: ['sendGetBlocks'] },
  watch: () => {
    const asked = new Set<string>();
    return {
      reborn: () => {
        asked.clear();
      },
      check: (seen) => {
        const { event, before, after } = seen;
        for (const { peer, from, to } of effectsOf(seen, 'sendGetBlocks')) {
          for (let height = from; height <= to; height++) asked.add(`${peer} ${height}`);
        }
        const grew =
          after.window.bufferedBlocks > before.window.bufferedBlocks ||
          after.window.spares.length > before.window.spares.length;
        if (isEvent(event, 'blocksReceived')) {
          if (!grew) return undefined;
          const stray = event.blocks.find((block) => {
            return !asked.has(`${event.peer} ${block.height}`) && isKept(after.window, event.peer, block);
          });
          return stray === undefined ? true : `height ${stray.height} is kept, for which ${event.peer} was not asked`;
        }
        if (isEvent(event, 'newBlockReceived') && before.control.mode === 'P2P_Bootstrapping') {
          const isTaken =
            isKept(after.window, event.peer, event.block) && !isKept(before.window, event.peer, event.block);
          return isTaken ? `${event.block.height} is kept, announced while there is no network yet` : undefined;
        }
        if (isEvent(event, 'newBlockReceived') && grew) {
          const { peer, block } = event;
          const isNew = isKept(after.window, peer, block) && !isKept(before.window, peer, block);
          if (isNew) return block.height === before.window.appliedTo + 1 ? true : `${block.height} is kept, announced`;
        }
        return undefined;
      },
    };
  },
};

function isKept({ spans, spares }: Facts['window'], peer: PeerId, block: SyncBlock): boolean {
  const span = maps.spans.atOrBefore(spans, block.height)?.value;
  const inWindow = span?.peer === peer && span.blocks[block.height - span.from]?.id === block.id;
  return inWindow || spares.some((spare) => spare.peer === peer && spare.block.id === block.id);
}

export const bannedPeersStayOut = always(
  'banned-peers-stay-out',
  ['PEER-1', 'PEER-3'],
  'Who is banned and comes back before its time is refused, for the time that is left.',
  (seen) => {
    const { event, before, after } = seen;
    if (!isEvent(event, 'peerConnected') || before.control.mode === 'Stopped') return undefined;
    const known = maps.peers.get(before.peers.byId, event.peer);
    if (known?.life.conduct !== 'Banned' || known.life.link === 'Connected') return undefined;
    if (maps.peers.get(after.peers.byId, event.peer)?.life.link === 'Connected')
      return `${event.peer} is banned and let in`;
    const refused = effectsOf(seen, 'disconnectPeer').find(({ peer }) => peer === event.peer);
    const leftMs = Math.max(0, (known.conductUntil ?? 0) - after.clock.now);
    if (refused === undefined) return `${event.peer} is banned, and nobody is told to disconnect it`;
    return refused.refuseMs === leftMs ? true : `${event.peer} is refused for ${refused.refuseMs} ms, not ${leftMs}`;
  },
  { events: ['peerConnected'] },
);

export const bannedPeersAreKeptAway = always(
  'banned-peers-are-kept-away',
  ['PEER-1', 'PEER-3'],
  'Who is banned is disconnected, for a time that grows with each ban.',
  (seen) => {
    let banned = false;
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'banned') continue;
      banned = true;
      const { bans = 0, life } = maps.peers.get(seen.after.peers.byId, peer) ?? {};
      if (life?.link === 'Connected') return `${peer} is banned and connected`;
      const { banMsMin, banMsMax } = seen.after.config;
      const expectedMs = Math.min(banMsMax, banMsMin * 2 ** (bans - 1));
      if (report.forMs !== expectedMs) return `${peer} is banned the ${bans}. time, for ${report.forMs} ms`;
      const disconnected = effectsOf(seen, 'disconnectPeer').find((effect) => effect.peer === peer);
      if (disconnected === undefined) return `${peer} is banned and not disconnected`;
      if (disconnected.refuseMs !== report.forMs)
        return `${peer} is banned for ${report.forMs} ms, and refused for ${disconnected.refuseMs}`;
    }
    return banned ? true : undefined;
  },
  { effects: ['reportPeer'] },
);
