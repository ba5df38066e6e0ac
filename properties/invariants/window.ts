import type { Facts, Peer, Request } from '../../src/core/facts.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { maps, workUnderWay } from '../../src/core/facts.ts';
import { mayOweMore } from '../../src/core/flow.ts';
import { isTrial } from '../../src/core/requests.ts';
import { blockWeight, roomLeft, spanHolding, windowBounds } from '../../src/core/window.ts';
import { claimCounts } from './counting.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const theWindowAddsUp = always(
  'the-window-adds-up',
  ['SYNC-2', 'SYNC-3', 'SYNC-4', 'CHUNK-1'],
  'From the next height on no height is left out or there twice; what is asked for has a request, what is held its blocks.',
  ({ before, after }) => {
    const { window, requests, local } = after;
    if (before.window.spans === window.spans && before.requests.byId === requests.byId) return undefined;
    let next = local.maxHeight + 1;
    for (const { value: span } of maps.spans.entries(window.spans)) {
      const { from, to, stage, blocks, requestId } = span;
      if (from !== next) return `height ${next} has no place in the window: the next is ${from}..${to}`;
      next = to + 1;
      if (stage === 'requested') {
        const request = requestId === null ? undefined : maps.requests.get(requests.byId, requestId);
        if (request?.deadline == null) return `${from}..${to} waits for request ${requestId ?? '?'}, which is over`;
      } else if (stage !== 'wanted') {
        if (blocks.length !== to - from + 1) return `${from}..${to} is ${stage} with ${blocks.length} blocks`;
        const stray = blocks.find((block, i) => block.height !== from + i);
        if (stray !== undefined) return `${from}..${to} is ${stage} with a block of height ${stray.height}`;
      }
    }
    return next === window.frontier ? true : `the window ends at ${next}, its frontier is ${window.frontier}`;
  },
  { facts: ['window', 'requests'] },
);

export const earlyBlocksAreKept = always(
  'early-blocks-are-kept',
  ['SYNC-3'],
  'Blocks that were asked for and come in time are kept, also when they come before their turn.',
  ({ event, before, after }) => {
    if (!isEvent(event, 'blocksReceived') || event.requestId === null) return undefined;
    const request = maps.requests.get(before.requests.byId, event.requestId);
    if (request?.peer !== event.peer || request.purpose !== 'sync' || request.deadline === null) return undefined;
    const awaited = spanHolding(before, request.from);
    if (awaited?.requestId !== request.id || event.blocks.length === 0) return undefined;
    const bytesInAll = bytesOf(event.blocks);
    // Larger than what room was kept for: it may have to be asked for again.
    if (bytesInAll > request.bytesMax) return undefined;
    if (!isAsAsked(event.blocks, request, before) || after.control.mode !== 'Consensus_SyncMode') return undefined;
    const held = spanHolding(after, request.from);
    return held?.blocks[request.from - held.from] === event.blocks[0]
      ? true
      : `height ${request.from} came as asked, and is not kept`;
  },
  { events: ['blocksReceived'] },
);

export const lateBlocksAreKept = always(
  'late-blocks-are-kept',
  ['SYNC-4', 'SYNC-3'],
  'Blocks that come late are kept as long as they are missing and there is room for them, whoever has been asked since.',
  ({ event, before, after }) => {
    if (!isEvent(event, 'blocksReceived') || event.requestId === null) return undefined;
    const request = maps.requests.get(before.requests.byId, event.requestId);
    if (request?.peer !== event.peer || request.deadline !== null || isTrial(request)) return undefined;
    const [first] = event.blocks;
    if (first === undefined || after.control.mode !== 'Consensus_SyncMode') return undefined;
    const room = roomLeft(before);
    const bytesInAll = bytesOf(event.blocks);
    if (!isAsAsked(event.blocks, request, before) || bytesInAll > room.bytes || event.blocks.length > room.blocks)
      return undefined;
    const missing = spanHolding(before, first.height);
    if (missing === undefined || missing.blocks.length > 0) return undefined;
    const held = spanHolding(after, first.height);
    if (after.local !== before.local || held?.blocks[first.height - held.from] === first) return true;
    return `height ${first.height} came late, is missing, and is not kept`;
  },
  { events: ['blocksReceived'] },
);

function isAsAsked(blocks: readonly SyncBlock[], { from, to }: Request, { config }: Facts): boolean {
  return blocks.every(({ height, bytes }, i) => height === from + i && height <= to && bytes <= config.blockBytesMax);
}

function bytesOf(blocks: readonly SyncBlock[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes, 0);
}

export const answersComeBeforeAnnouncements = always(
  'answers-come-before-announcements',
  ['SYNC-3', 'SYNC-6'],
  'A copy of the next block that was asked for is not turned away while announced ones are kept (A35).',
  ({ event, before, after }) => {
    if (!isEvent(event, 'blocksReceived') || event.requestId === null) return undefined;
    const request = maps.requests.get(before.requests.byId, event.requestId);
    const [block] = event.blocks;
    const next = before.local.maxHeight + 1;
    // It is applied, and waits for its commit: there may be no room for what comes after it.
    if (before.window.appliedTo >= next) return undefined;
    if (request?.peer !== event.peer || request.deadline === null || block === undefined) return undefined;
    if (block.height !== next || request.from !== next || event.blocks.length > 1) return undefined;
    if (before.window.spares.length === 0 || block.bytes > before.config.blockBytesMax) return undefined;
    const keeps = after.window.spares.some(({ peer }) => peer === event.peer);
    const span = maps.spans.get(after.window.spans, next);
    // The very copy that is here already adds nothing.
    if (keeps || span?.peer === event.peer || span?.blocks[0] === block) return true;
    const crowd = after.window.spares.filter(({ asked }) => !asked).length;
    return crowd === 0 || after.local !== before.local ? true : `${event.peer}'s copy of ${next} gives way to hearsay`;
  },
  { events: ['blocksReceived'] },
);

const NEXT_DEPENDS_ON = ['control', 'window', 'requests', 'aggregate', 'local', 'peers'] as const;

export const nextIsAskedWhenItCanBe = always(
  'next-is-asked-when-it-can-be',
  ['SYNC-7', 'SYNC-1'],
  'While Sync lasts the next height is here, asked for, or nobody who claims it may be asked now.',
  ({ before, after }) => {
    const { control, window, requests, config, aggregate } = after;
    if (before !== after && NEXT_DEPENDS_ON.every((slice) => before[slice] === after[slice])) return undefined;
    if (control.mode !== 'Consensus_SyncMode' || aggregate === null || aggregate.pruned) return undefined;
    const next = window.appliedTo + 1;
    const span = spanHolding(after, next);
    if (span !== undefined && span.stage !== 'wanted') return undefined;
    if (window.trouble?.suspect?.retryAt != null) return undefined;
    // Blocks that wait for their commit have the window, or the buffer, to themselves.
    const waiting = window.appliedTo > after.local.maxHeight;
    if (waiting && (next > after.local.maxHeight + windowBounds(after).blocks || !hasRoom(after))) return undefined;
    if (requests.inFlightSync >= windowBounds(after).inFlight || requests.inFlight >= config.inFlightMax) return true;
    for (const { value: peer } of maps.peers.entries(after.peers.byId)) {
      if (mayBeAsked(peer, next)) return `${next} is next and asked of nobody, though ${peer.id} has it`;
    }
    return true;
  },
  { facts: NEXT_DEPENDS_ON },
);

function hasRoom(facts: Facts): boolean {
  const { blocks, bytes } = roomLeft(facts);
  return blocks > 0 && bytes >= blockWeight(facts);
}

/** More than that a height does not remember of who failed it. */
const FAILED_MAX = 8;

export const whoFailedIsAskedLast: Always = {
  kind: 'always',
  name: 'who-failed-is-asked-last',
  clauses: ['APPLY-2', 'SYNC-4', 'SYNC-5'],
  says: 'Who failed to give a height is not asked for it again while somebody who has not failed it may be asked.',
  on: {
    events: ['blocksVerified', 'blocksApplied', 'blocksCommitted', 'blocksRolledBack'],
    effects: ['reportPeer', 'sendGetBlocks'],
    facts: ['control', 'local'],
  },
  watch: () => {
    /** Since Sync began, which is as long as who is asked must go by it; and since the height became next. */
    const lately = new Map<number, Set<string>>();
    const ever = new Map<number, Set<string>>();
    return {
      reborn: () => {
        lately.clear();
        ever.clear();
      },
      check: (seen): Outcome => {
        const { before, after } = seen;
        if (before.control.mode !== after.control.mode) lately.clear();
        if (before.local !== after.local) {
          for (const height of ever.keys()) if (height <= after.local.maxHeight) ever.delete(height);
        }
        noteFailures(seen, (from, to, peer) => {
          for (let height = from; height <= to; height++) {
            lately.set(height, (lately.get(height) ?? new Set()).add(peer));
            ever.set(height, (ever.get(height) ?? new Set()).add(peer));
          }
        });
        let checked = false;
        for (const { peer, from, purpose } of effectsOf(seen, 'sendGetBlocks')) {
          const failed = lately.get(from);
          if (purpose !== 'sync' || failed === undefined || failed.size > FAILED_MAX) continue;
          checked = true;
          if (!failed.has(peer)) continue;
          for (const { value: other } of maps.peers.entries(after.peers.byId)) {
            if (ever.get(from)?.has(other.id) !== true && mayBeAsked(other, from))
              return `${peer} failed ${from} and is asked for it again, though ${other.id} has it`;
          }
        }
        return checked ? true : undefined;
      },
    };
  },
};

/** Requests that came to nothing, and blocks that were refused. */
export function noteFailures(seen: Seen, note: (from: number, to: number, peer: string) => void): void {
  const { event, before, after } = seen;
  for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
    if (report.kind !== 'requestEnded' || report.result === 'answered') continue;
    const sentAt = after.clock.now - report.tookMs;
    for (const { value: span } of maps.spans.entries(before.window.spans)) {
      for (const id of [span.requestId, span.hedgeId]) {
        const request = id === null ? undefined : maps.requests.get(before.requests.byId, id);
        // Of a range some may have come by then, from others or in parts.
        const isRange = request?.from === report.from && request.to === report.to;
        if (isRange && request.peer === peer && request.sentAt === sentAt) note(span.from, span.to, peer);
      }
    }
  }
  if (!('workId' in event)) return;
  const work = workUnderWay(before).find(({ id }) => id === event.workId);
  for (const { value: span } of maps.spans.entries(before.window.spans)) {
    if (work === undefined || span.workId !== work.id || span.peer === null) continue;
    // The blocks were let go: refused, not linked, or with another state hash.
    for (let height = Math.max(span.from, after.local.maxHeight + 1); height <= span.to; height++) {
      // It may have been asked of somebody else in the same step, or another copy taken.
      const now = spanHolding(after, height);
      // Others may have sent the very same.
      const stays = now?.peer === span.peer && now.blocks[height - now.from] === span.blocks[height - span.from];
      if (now !== undefined && !stays) note(height, height, span.peer);
    }
  }
}

export function mayBeAsked(peer: Peer, height: number): boolean {
  const { claim, life } = peer;
  if (claim === null || height < claim.minHeight || height > claim.maxHeight) return false;
  return claimCounts(peer) && life.conduct === 'Trusted' && mayOweMore(peer);
}
