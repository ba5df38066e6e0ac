import type { Facts, Peer } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { recentId } from '../../src/core/recent.ts';
import { windowBounds } from '../../src/core/window.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf } from './property.ts';

/** Timers fire late in a process that is frozen or has a lot to do; no later than the core takes for a leap. */
const LATE_MS = 1_000;

export const asksOnlyWhatIsClaimed = always(
  'asks-only-what-is-claimed',
  ['SYNC-1'],
  'A height is asked only of a connected peer that may be asked and whose claim covers it.',
  (seen) => {
    const sent = effectsOf(seen, 'sendGetBlocks');
    for (const { peer: id, from, to } of sent) {
      const peer = peerOf(seen.after, id);
      if (peer === undefined) return `asked ${id} for ${from}, who is not known`;
      if (peer.claim === null) return `asked ${id} for ${from}, who claims nothing`;
      if (from < peer.claim.minHeight || to > peer.claim.maxHeight) {
        return `asked ${id} for ${from}..${to}, who claims ${peer.claim.minHeight}..${peer.claim.maxHeight}`;
      }
      if (peer.life.link !== 'Connected') return `asked ${id} for ${from}, who is not connected`;
      if (peer.life.conduct !== 'Trusted') return `asked ${id} for ${from}, who is ${peer.life.conduct}`;
    }
    return sent.length > 0 ? true : undefined;
  },
  { effects: ['sendGetBlocks'] },
);

export const asksNothingBelowNext = always(
  'asks-nothing-below-next',
  ['SYNC-1'],
  'No missing block is asked for below next, and a probe only for a height that can be judged: up to the head, or the one in dispute.',
  (seen) => {
    const sent = effectsOf(seen, 'sendGetBlocks');
    const next = seen.after.local.maxHeight + 1;
    for (const { from, purpose, peer } of sent) {
      if (purpose !== 'probe' && from < next) return `asked ${peer} for ${from} (${purpose}), where ${next} is next`;
      if (
        purpose === 'probe' &&
        from <= seen.after.window.appliedTo &&
        recentId(seen.after.local.recent, from) === undefined
      )
        return `probed ${peer} for ${from}, of which nothing is known here any more`;
      if (purpose !== 'probe' || from <= seen.after.window.appliedTo + 1) continue;
      const { disputedFrom, claim } = maps.peers.get(seen.after.peers.byId, peer) ?? {};
      // What is claimed by now may end below; and the window may close in the same event.
      const disputed = Math.min(disputedFrom ?? 0, claim?.maxHeight ?? 0);
      if (from !== disputed || from >= Math.max(seen.before.window.frontier, seen.after.window.frontier))
        return `probed ${peer} for ${from}, which cannot be judged at ${next}`;
    }
    return sent.length > 0 ? true : undefined;
  },
  { effects: ['sendGetBlocks'] },
);

export const asksAreDisjoint: Always = {
  kind: 'always',
  name: 'asks-are-disjoint',
  clauses: ['SYNC-2'],
  says:
    'While Sync lasts no height is asked of two peers at once, but to test or probe a claim, or when a copy that came ' +
    'from elsewhere proved bad, or was of a peer that is banned.',
  on: { facts: ['control', 'requests'], effects: ['modeChanged', 'reportPeer', 'verifyBlocks', 'sendGetBlocks'] },
  watch: () => {
    /** For each height, how many copies of it have been checked. */
    const copies = new Map<number, number>();
    /** Requests before this one are of an earlier time in Sync: their answers are still welcome. */
    let firstRequest = 0;
    /** Asked of a second peer on purpose, and left alone since (OPT-1). */
    const adopted = new Set<number>();
    /** For each height of which a banned peer's copy was thrown away, the first request after that. */
    const distrusted = new Map<number, number>();
    return {
      reborn: () => {
        firstRequest = 0;
        adopted.clear();
        copies.clear();
        distrusted.clear();
      },
      check: (seen) => {
        const { before, after } = seen;
        if (effectsOf(seen, 'modeChanged').length > 0) firstRequest = before.nextId;
        for (const height of heightsOfBanned(seen)) distrusted.set(height, before.nextId);
        if (before.local !== after.local) {
          for (const height of copies.keys()) if (height <= after.local.maxHeight) copies.delete(height);
        }
        for (const height of distrusted.keys()) if (height <= after.local.maxHeight) distrusted.delete(height);
        for (const { requestId, purpose } of effectsOf(seen, 'sendGetBlocks')) {
          if (purpose === 'hedge') adopted.add(requestId);
        }
        for (const { blocks, certified } of effectsOf(seen, 'verifyBlocks')) {
          for (const { height } of certified ? blocks : []) copies.set(height, (copies.get(height) ?? 0) + 1);
        }
        if (before.requests === after.requests) return undefined;
        const asked = new Map<number, number>();
        for (const { key } of maps.deadlines.entries(after.requests.deadlines)) {
          const request = maps.requests.get(after.requests.byId, key[1]);
          if (request?.purpose !== 'sync' || request.id < firstRequest || adopted.has(request.id)) continue;
          for (let height = Math.max(request.from, after.local.maxHeight + 1); height <= request.to; height++) {
            if (request.id < (distrusted.get(height) ?? 0)) continue;
            const times = (asked.get(height) ?? 0) + 1;
            asked.set(height, times);
            if (times > 1 + (copies.get(height) ?? 0)) return `height ${height} is asked ${times} times`;
          }
        }
        return true;
      },
    };
  },
};

/** Heights of which a peer that this event got banned had given a copy. */
function heightsOfBanned(seen: Seen): readonly number[] {
  const { event, before } = seen;
  const heights: number[] = [];
  for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
    if (report.kind !== 'banned') continue;
    const given = [...maps.spans.entries(before.window.spans)].map(({ value }) => value);
    for (const { blocks } of given.filter((span) => span.peer === peer)) heights.push(...blocks.map((b) => b.height));
    if (event.type === 'blocksReceived' && event.peer === peer) heights.push(...event.blocks.map((b) => b.height));
  }
  return heights;
}

export const asksAreBounded = always(
  'asks-are-bounded',
  ['SYNC-2', 'LIMIT'],
  'Requests in flight stay within their number in all and a peer; with the synchronous strategy there is one.',
  ({ before, after }) => {
    const { requests, config } = after;
    if (before.requests === requests) return undefined;
    if (requests.inFlight > config.inFlightMax) return `${requests.inFlight} requests in flight`;
    if (requests.inFlightSync > windowBounds(after).inFlight)
      return `${requests.inFlightSync} blocks asked for at once`;
    const peers = new Map<string, number>();
    for (const { key } of maps.deadlines.entries(requests.deadlines)) {
      const request = maps.requests.get(requests.byId, key[1]);
      if (request === undefined) return `a deadline names request ${key[1]}, which is not known`;
      const count = (peers.get(request.peer) ?? 0) + 1;
      peers.set(request.peer, count);
      if (count > config.inFlightPerPeerMax) return `${request.peer} owes ${count} answers`;
    }
    return true;
  },
  { facts: ['requests'] },
);

export const slotsComeBack = always(
  'slots-come-back',
  ['SYNC-4', 'SYNC-5', 'PEER-2'],
  'Every request ends in time, its slot is free again, and a peer that is gone has none.',
  ({ event, before, after }) => {
    if (event.type === 'peerDisconnected') return gonePeerHasNone(after, event.peer);
    if (event.type === 'timerFired' && event.timer === 'request') return nothingIsOverdue(after);
    const overdue = nothingIsOverdue(after);
    if (overdue !== true) return overdue;
    if (before.requests === after.requests) return undefined;
    const { inFlight, deadlines } = after.requests;
    const open = maps.deadlines.size(deadlines);
    return open === inFlight ? true : `${inFlight} slots are taken by ${open} requests`;
  },
);

export const slotsAddUp: Always = {
  kind: 'always',
  name: 'slots-add-up',
  clauses: ['SYNC-4', 'LIMIT'],
  says: "The peers' slots in use are the requests in flight, and remembered requests stay few.",
  watch: () => {
    let events = 0;
    return {
      check: ({ after }) => {
        // Looks at every peer: not after every event.
        if (++events % 16 !== 0) return undefined;
        let inFlight = 0;
        let remembered = 0;
        for (const { value: peer } of maps.peers.entries(after.peers.byId)) {
          if (peer.inFlight < 0) return `${peer.id} has ${peer.inFlight} requests in flight`;
          inFlight += peer.inFlight;
          remembered += peer.requests.length;
        }
        const { requests } = after;
        if (inFlight !== requests.inFlight) return `peers have ${inFlight} slots in use of ${requests.inFlight}`;
        const known = maps.requests.size(requests.byId);
        return remembered === known ? true : `peers remember ${remembered} requests, of ${known}`;
      },
    };
  },
};

export const slotsAreKept = always(
  'slots-are-kept',
  ['SYNC-2', 'OPT-1', 'LIMIT'],
  'But for the block that everything waits for, and for what is asked twice, nobody is asked who owes as much as it should already.',
  (seen) => {
    const { after } = seen;
    const sent = effectsOf(seen, 'sendGetBlocks');
    if (sent.length === 0) return undefined;
    const head = after.window.appliedTo + 1;
    const pressed = new Set<string>();
    for (const { peer, from, to, purpose } of sent) {
      if ((from <= head && head <= to && purpose !== 'test') || purpose === 'hedge') pressed.add(peer);
    }
    for (const { peer: id, from, purpose } of sent) {
      if (pressed.has(id) || purpose === 'test') continue;
      const peer = peerOf(after, id);
      if (peer !== undefined && peer.inFlight > Math.max(1, peer.flow.slots))
        return `${id} is asked for ${from} (${purpose}), and owes ${peer.inFlight} answers, with ${peer.flow.slots} slots`;
    }
    return true;
  },
  { effects: ['sendGetBlocks'] },
);

export const metadataIsAsked = always(
  'metadata-is-asked-of-everybody',
  ['META-2'],
  'Every connected peer is to be asked for its metadata within one period.',
  ({ before, after }) => {
    const { peers, config, clock } = after;
    // Time that only passes brings whoever is to be asked nearer.
    if (before.peers === peers && before !== after) return undefined;
    const connected = maps.peers.size(peers.byId) - maps.byTime.size(peers.departed);
    const due = maps.byTime.size(peers.asks);
    if (due !== connected) return `${connected} peers are connected, ${due} are to be asked for metadata`;
    const latest = maps.byTime.last(peers.asks)?.key[0];
    if (latest === undefined) return undefined;
    const periodMs = config.metadataPeriodMs * (1 + config.metadataJitterRatio) + 1;
    return latest <= clock.now + periodMs ? true : `somebody is asked only in ${latest - clock.now} ms`;
  },
  { facts: ['peers'] },
);

function gonePeerHasNone(after: Facts, id: string): Outcome {
  const peer = peerOf(after, id);
  return peer === undefined || peer.inFlight === 0 ? true : `${id} is gone and owes ${peer.inFlight} answers`;
}

function nothingIsOverdue(after: Facts): Outcome {
  const first = maps.deadlines.first(after.requests.deadlines);
  if (first === null) return true;
  const lateMs = after.clock.now - first.key[0];
  return lateMs <= LATE_MS + after.config.clockLeapMs ? true : `request ${first.key[1]} is overdue for ${lateMs} ms`;
}

function peerOf(facts: Facts, id: string): Peer | undefined {
  return maps.peers.get(facts.peers.byId, id);
}
