import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts, Span } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { always, effectsOf, isEvent } from './property.ts';

const TAKES_BLOCKS: ReadonlySet<string> = new Set(['Consensus_SyncMode', 'Consensus_Synced', 'Consensus_Pacemaker']);

export const nextIsTakenFromAnybody = always(
  'next-is-taken-as-it-comes',
  ['LIVE-1', 'LIVE-2', 'SYNC-4'],
  'A copy of the next block that is announced, or that comes late from who was asked for it, is taken when none is here.',
  (seen) => {
    const { event, before, after } = seen;
    const block = copyOfNext(event, before);
    if (block === null || block.bytes > before.config.blockBytesMax) return undefined;
    if (before.control.mode !== after.control.mode || !TAKES_BLOCKS.has(after.control.mode)) return undefined;
    if (!isMissing(maps.spans.get(before.window.spans, block.height))) return undefined;
    const [refused] = effectsOf(seen, 'blockRejected');
    // Of an author that nobody is connected to, and who is over the rate.
    const isStranger =
      refused !== undefined && maps.peers.get(before.peers.byId, refused.peer)?.life.link !== 'Connected';
    if (refused?.reason === 'FLOOD' && isStranger) return undefined;
    const held = maps.spans.get(after.window.spans, block.height);
    if (held?.blocks[0] !== block) return `${block.height} comes by ${event.type}, is missing, and is not taken`;
    return refused === undefined ? true : `${block.height} is taken, and said to be refused (${refused.reason})`;
  },
  { events: ['newBlockReceived', 'blocksReceived'] },
);

/** Announced, or an answer to a request for it alone that had timed out. */
function copyOfNext(event: SyncEvent, before: Facts): SyncBlock | null {
  const next = before.local.maxHeight + 1;
  if (isEvent(event, 'newBlockReceived')) return event.block.height === next ? event.block : null;
  if (!isEvent(event, 'blocksReceived') || event.requestId === null || event.blocks.length !== 1) return null;
  const request = maps.requests.get(before.requests.byId, event.requestId);
  const [block] = event.blocks;
  if (request?.peer !== event.peer || request.deadline !== null || request.purpose !== 'sync') return null;
  if (maps.peers.get(before.peers.byId, event.peer)?.life.link !== 'Connected') return null;
  return request.from === next && block?.height === next ? block : null;
}

/** Not here, and no range that it is part of is on its way. */
function isMissing(span: Span | undefined): boolean {
  return span === undefined || span.stage === 'wanted' || (span.stage === 'requested' && span.from === span.to);
}

/** The same request is to bring it, though what is behind it came another way. */
function isOwedOn(was: Span | undefined, is: Span | undefined): boolean {
  return was?.stage === 'requested' && is?.stage === 'requested' && was.requestId === is.requestId;
}

/** The block to be committed next always has; any other what requests in flight leave. */
function hasRoom({ config, window, requests, local }: Facts, { height, bytes }: SyncBlock): boolean {
  if (height === local.maxHeight + 1) return true;
  const isBlockMore = window.bufferedBlocks + requests.inFlightBlocks < config.bufferBlocksMax;
  return isBlockMore && window.bufferedBytes + requests.inFlightBytes + bytes <= config.bufferBytesMax;
}

export const sparesAreUsed = always(
  'spare-copies-are-used',
  ['APPLY-2', 'SYNC-3'],
  'When the copy of the next block that was in work fails, the next spare copy takes its place.',
  ({ before, after }) => {
    const { window, control } = after;
    if (before.window === window || before.control !== control || !TAKES_BLOCKS.has(control.mode)) return undefined;
    const next = window.appliedTo + 1;
    const stray = window.spares.find(({ block }) => block.height !== next);
    if (stray !== undefined) return `a spare copy of ${stray.block.height} is kept, where ${next} is next`;
    const was = maps.spans.get(before.window.spans, next);
    const is = maps.spans.get(window.spans, next);
    const failed = !isMissing(was) && !isOwedOn(was, is) && before.window.appliedTo === window.appliedTo;
    if (!failed || before.window.spares.length === 0) return undefined;
    const [spare] = window.spares;
    const isMissed = isMissing(is) && spare !== undefined;
    return isMissed && hasRoom(after, spare.block) ? `${next} is missing, and a spare copy lies unused` : true;
  },
  { facts: ['window'] },
);

export const bannedPeersCopiesGo = always(
  'copies-of-banned-peers-go',
  ['PEER-1'],
  'What a banned peer sent and nobody has checked is let go.',
  (seen) => {
    let checked = false;
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'banned') continue;
      checked = true;
      const { spares, spans } = seen.after.window;
      if (spares.some((spare) => spare.peer === peer)) return `a spare copy of ${peer} is kept, which is banned`;
      for (const { value: span } of maps.spans.entries(spans)) {
        if (span.stage === 'received' && span.peer === peer)
          return `${span.from}..${span.to} of ${peer} is kept unchecked, which is banned`;
      }
    }
    return checked ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

export const syncLeavesNothing = always(
  'sync-leaves-nothing-behind',
  ['MODE-7', 'SYNC-1'],
  'When Sync ends, what it had asked for and fetched beyond the next height is let go, but for what is being executed.',
  (seen) => {
    const { after } = seen;
    const ends = effectsOf(seen, 'modeChanged').some(({ previous }) => previous === 'Consensus_SyncMode');
    if (!ends || after.control.mode === 'Consensus_SyncMode') return undefined;
    const last = maps.spans.last(after.window.spans)?.value;
    const executedTo = Math.max(after.window.appliedTo + 1, after.work.executing?.to ?? 0);
    if (last === undefined || last.from <= executedTo) return true;
    return `${last.from}..${last.to} is still ${last.stage} in ${after.control.mode}`;
  },
  { effects: ['modeChanged'] },
);
