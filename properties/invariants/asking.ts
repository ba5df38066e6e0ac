import type { Facts, Request } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { Always, Outcome } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const rangesFitThePeer: Always = {
  kind: 'always',
  name: 'ranges-fit-the-peer',
  clauses: ['CHUNK-1', 'SYNC-2'],
  says: 'Nobody is asked for more blocks at once than the configuration and its protocol allow.',
  on: { events: ['peerConnected'], effects: ['sendGetBlocks'] },
  watch: () => {
    const rangeMax = new Map<string, number>();
    return {
      check: (seen): Outcome => {
        const { event, after } = seen;
        if (isEvent(event, 'peerConnected')) rangeMax.set(event.peer, event.rangeBlocksMax);
        const asks = effectsOf(seen, 'sendGetBlocks');
        for (const { peer, from, to } of asks) {
          const most = Math.min(after.config.requestBlocksMax, rangeMax.get(peer) ?? Infinity);
          if (to - from + 1 > most) return `${peer} is asked for ${from}..${to}, where ${most} are allowed at once`;
        }
        return asks.length > 0 ? true : undefined;
      },
    };
  },
};

export const roomIsKept = always(
  'room-is-kept',
  ['SYNC-3', 'LIMIT'],
  'What is asked for has room kept for it in blocks and bytes; but for the next block, which always may come.',
  (seen) => {
    const asks = effectsOf(seen, 'sendGetBlocks').filter(({ purpose }) => purpose === 'sync');
    if (asks.length === 0) return undefined;
    const { requests, window, config, local } = seen.after;
    const next = local.maxHeight + 1;
    if (asks.every(({ from, to }) => from === next && to === next)) return undefined;
    const owed = openOf(seen.after).filter(({ purpose }) => purpose === 'sync');
    const blocks = owed.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    const bytes = owed.reduce((sum, { bytesMax }) => sum + bytesMax, 0);
    if (blocks !== requests.inFlightBlocks) return `${blocks} blocks are owed, ${requests.inFlightBlocks} are counted`;
    if (window.bufferedBlocks + blocks > config.bufferBlocksMax + 1)
      return `${window.bufferedBlocks} blocks are buffered, and ${blocks} more are asked for`;
    // The next block always has room; and any one block weighs what it weighs.
    const bytesMax = config.bufferBytesMax + 2 * config.blockBytesMax;
    return window.bufferedBytes + bytes <= bytesMax
      ? true
      : `${window.bufferedBytes} bytes are buffered, and ${bytes} more are asked for`;
  },
  { effects: ['sendGetBlocks'] },
);

export const roomIsNotTakenTwice = always(
  'room-is-not-taken-twice',
  ['SYNC-3', 'OPT-1', 'LIMIT'],
  'Whoever alone owes what was asked of two has room kept for as much of it as there is room for, and for no more.',
  ({ before, after }) => {
    if (before.requests.hedged <= after.requests.hedged) return undefined;
    const alone = openOf(after).filter(({ id, purpose }) => {
      return purpose === 'sync' && maps.requests.get(before.requests.byId, id)?.purpose === 'hedge';
    });
    if (alone.length === 0) return undefined;
    const bytes = alone.reduce((sum, { bytesMax }) => sum + bytesMax, 0);
    const { requests, window, config } = after;
    const others = requests.inFlightBytes - bytes + window.bufferedBytes;
    // The next block always has room; and any one block weighs what it weighs.
    const room = Math.max(0, config.bufferBytesMax - others) + 2 * config.blockBytesMax;
    return bytes <= room ? true : `room is kept for ${bytes} bytes that one of two owes now, and there is for ${room}`;
  },
  { facts: ['requests'] },
);

export const probesLeaveRoom = always(
  'probes-leave-room',
  ['META-7', 'SYNC-2'],
  'While blocks are being asked for, refuted claims are probed with an eighth of the slots at most, or with one.',
  (seen) => {
    const { before, after } = seen;
    const probes = effectsOf(seen, 'sendGetBlocks').filter(({ purpose }) => purpose === 'probe');
    if (probes.length === 0 || before.requests.inFlightSync === 0 || after.control.mode !== before.control.mode)
      return undefined;
    const open = openOf(after);
    // Tests are sent after probes, and do not mind them.
    const probing = open.filter(({ purpose, sentAt }) => {
      return purpose === 'probe' || (purpose === 'test' && sentAt < after.clock.now);
    }).length;
    // One that ended in this event, and left nothing under way but probes, gave them all slots.
    if (open.every(({ purpose, sentAt }) => purpose !== 'sync' || sentAt === after.clock.now)) return undefined;
    const most = Math.max(1, Math.floor(after.config.inFlightMax * PROBE_SHARE));
    return probing <= most ? true : `${probing} claims are probed at once, with ${after.config.inFlightMax} slots`;
  },
  { effects: ['sendGetBlocks'] },
);

/** The share of the slots that probes may take while blocks are asked for. */
const PROBE_SHARE = 1 / 8;

export const oneTrialAtATime = always(
  'one-trial-at-a-time',
  ['META-7', 'META-10'],
  'A peer has one test or probe under way at a time.',
  (seen) => {
    const trials = effectsOf(seen, 'sendGetBlocks').filter(({ purpose }) => purpose === 'test' || purpose === 'probe');
    if (trials.length === 0) return undefined;
    const open = openOf(seen.after);
    for (const { peer, purpose, from } of trials) {
      const others = open.filter((each) => each.peer === peer && (each.purpose === 'test' || each.purpose === 'probe'));
      if (others.length > 1)
        return `${peer} is asked for ${from} (${purpose}), one of ${others.length} trials under way`;
    }
    return true;
  },
  { effects: ['sendGetBlocks'] },
);

export const testsAreOfWhatIsMissing = always(
  'tests-are-of-what-is-missing',
  ['META-10'],
  'A claim is tested by the next block, and only while no copy of that is here.',
  (seen) => {
    const tests = effectsOf(seen, 'sendGetBlocks').filter(({ purpose }) => purpose === 'test');
    if (tests.length === 0) return undefined;
    const next = seen.after.local.maxHeight + 1;
    const held = maps.spans.get(seen.after.window.spans, next)?.blocks.length ?? 0;
    for (const { peer, from, to } of tests) {
      if (from !== next || to !== next) return `${peer} is tested by ${from}..${to}, where ${next} is next`;
      if (held > 0) return `${peer} is tested by ${next}, which is here`;
    }
    return true;
  },
  { effects: ['sendGetBlocks'] },
);

export const answersEndOpenRequests = always(
  'answers-end-open-requests',
  ['SYNC-5', 'SYNC-4'],
  'An answer that names no request ends one that waits for that height, before any that has timed out.',
  ({ event, before, after }) => {
    if (!isEvent(event, 'blocksReceived') || event.requestId !== null || event.blocks.length !== 1) return undefined;
    const height = event.blocks[0]?.height ?? 0;
    const waiting = openOf(before).filter(
      ({ peer, from, to }) => peer === event.peer && from <= height && height <= to,
    );
    const [first] = waiting;
    if (first === undefined || after.control.mode === 'Stopped') return undefined;
    const isEnded = waiting.some(({ id }) => (maps.requests.get(after.requests.byId, id)?.deadline ?? null) === null);
    return isEnded ? true : `${event.peer} gives ${height}, and request ${first.id} for it waits on`;
  },
  { events: ['blocksReceived'] },
);

export const partsLeaveTheRestOwed = always(
  'parts-leave-the-rest-owed',
  ['CHUNK-1', 'SYNC-4'],
  'Who sends the first blocks of an answer, and says that more come, still owes the rest, down to the last one.',
  (seen) => {
    const { event, before, after } = seen;
    if (!isEvent(event, 'blocksReceived') || event.more !== true || event.requestId === null) return undefined;
    const request = maps.requests.get(before.requests.byId, event.requestId);
    const last = event.blocks.at(-1)?.height ?? Infinity;
    if (request?.peer !== event.peer || request.deadline === null || last >= request.to) return undefined;
    const isCharged = effectsOf(seen, 'reportPeer').some(({ report: { kind } }) => kind === 'charged');
    if (isCharged || before.control.mode === 'Stopped') return undefined;
    const rest = maps.requests.get(after.requests.byId, request.id);
    const isOwed = rest?.from === last + 1 && rest.to === request.to && rest.deadline !== null;
    return isOwed ? true : `${event.peer} sends up to ${last} of ${request.to}, and the rest is not waited for`;
  },
  { events: ['blocksReceived'] },
);

export function openOf({ requests }: Facts): Request[] {
  const open: Request[] = [];
  for (const { value } of maps.requests.entries(requests.byId)) if (value.deadline !== null) open.push(value);
  return open;
}
