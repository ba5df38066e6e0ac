import type { EventOf, SyncEvent } from '../../src/core/events.ts';
import type { Facts, Work } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { spanHolding } from '../../src/core/window.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const offencesAreCharged = always(
  'offences-are-charged',
  ['META-5', 'APPLY-1', 'SYNC-6', 'CHUNK-1', 'PEER-1'],
  'A false claim, a block that does not fit its request, and a block that is refused are charged to who sent them.',
  (seen) => {
    const offence = offenceIn(seen.event, seen.before);
    if (offence === null || seen.after.control.mode === 'Stopped') return undefined;
    return isCharged(seen, offence.peer) ? true : `${offence.peer} ${offence.what}, and is not charged`;
  },
  { events: ['metadataReceived', 'blocksReceived', 'blocksVerified'] },
);

function offenceIn(event: SyncEvent, before: Facts): { readonly peer: string; readonly what: string } | null {
  const offence = (peer: string, what: string) => {
    return maps.peers.get(before.peers.byId, peer)?.life.link === 'Connected' ? { peer, what } : null;
  };
  if (isEvent(event, 'metadataReceived')) {
    const { peer, minHeight, maxHeight } = event;
    if (minHeight > maxHeight) return offence(peer, `claims ${minHeight}..${maxHeight}`);
    const claimed = maps.peers.get(before.peers.byId, peer)?.claim?.maxHeight ?? 0;
    return maxHeight < claimed ? offence(peer, `claimed ${claimed} and claims ${maxHeight} now`) : null;
  }
  if (isEvent(event, 'blocksReceived') && event.requestId !== null) {
    const request = maps.requests.get(before.requests.byId, event.requestId);
    if (request?.peer !== event.peer) return null;
    const stray = event.blocks.findIndex(({ height, bytes }, i) => {
      return height !== request.from + i || height > request.to || bytes > before.config.blockBytesMax;
    });
    return stray === -1 ? null : offence(event.peer, `answers ${request.from}..${request.to} with something else`);
  }
  if (isEvent(event, 'blocksVerified') && event.fault !== undefined) {
    const proposal = before.proposals.find(({ workId }) => workId === event.workId);
    if (proposal !== undefined) return offence(proposal.peer, 'proposed a bad block');
    const work = before.work.verifying.find(({ id }) => id === event.workId);
    const span = work === undefined ? undefined : spanHolding(before, work.from + event.valid);
    const sender = span?.workId === event.workId ? span.peer : null;
    return sender == null ? null : offence(sender, `sent a bad block: ${event.fault.message}`);
  }
  return null;
}

function isCharged(seen: Seen, peer: string): boolean {
  return effectsOf(seen, 'reportPeer').some((effect) => effect.peer === peer && effect.report.kind === 'charged');
}

/** Far above the burst, so that it takes a flood and not a fine point of timing. */
const FLOOD_SLACK = 60;

export const floodsAreCharged: Always = {
  kind: 'always',
  name: 'floods-are-charged',
  clauses: ['META-4', 'SERVE-4'],
  says: 'Whoever sends metadata unasked, or requests, far beyond their rates is charged with it.',
  on: {
    events: ['peerDisconnected', 'metadataReceived', 'metadataRequested', 'blocksRequested'],
    effects: ['sendMetadataRequest'],
  },
  watch: () => {
    const metadata = new Rates();
    const requests = new Rates();
    return {
      reborn: () => {
        metadata.clear();
        requests.clear();
      },
      check: (seen): Outcome => {
        const { atMs, event, before, after } = seen;
        for (const { peer } of effectsOf(seen, 'sendMetadataRequest')) metadata.allow(peer);
        if (isEvent(event, 'peerDisconnected')) metadata.forget(event.peer);
        const told = isEvent(event, 'metadataReceived');
        const asked = isEvent(event, 'metadataRequested') || isEvent(event, 'blocksRequested');
        if (!told && !asked) return undefined;
        if (maps.peers.get(before.peers.byId, event.peer)?.life.link !== 'Connected') return undefined;
        if (asked && after.control.server !== 'Enabled') return undefined;
        const [perSecond, burst] = told ? metadataRate(after.config) : requestRate(after.config);
        const isFlood = (told ? metadata : requests).exceeds(event.peer, atMs, perSecond, burst + FLOOD_SLACK);
        if (isCharged(seen, event.peer)) return true;
        return !isFlood ? undefined : `${event.peer} sends ${event.type} without end`;
      },
    };
  },
};

function metadataRate({ metadataUnaskedPerSecond, metadataUnaskedBurst }: SyncConfig) {
  return [metadataUnaskedPerSecond, metadataUnaskedBurst] as const;
}

function requestRate({ serveRequestsPerSecond, serveRequestsBurst }: SyncConfig) {
  return [serveRequestsPerSecond, serveRequestsBurst] as const;
}

/** What each peer may still send. */
class Rates {
  readonly #peers = new Map<string, { left: number; atMs: number; invited: number }>();

  /** One of what it sends is asked for. */
  allow(peer: string): void {
    const rate = this.#peers.get(peer);
    if (rate !== undefined) rate.invited++;
    else this.#peers.set(peer, { left: Infinity, atMs: 0, invited: 1 });
  }

  exceeds(peer: string, atMs: number, perSecond: number, most: number): boolean {
    const rate = this.#peers.get(peer) ?? { left: Infinity, atMs, invited: 0 };
    this.#peers.set(peer, rate);
    rate.left = Math.min(most, rate.left + ((atMs - rate.atMs) / 1_000) * perSecond);
    rate.atMs = atMs;
    if (rate.invited > 0) rate.invited--;
    else rate.left--;
    if (rate.left >= 0) return false;
    rate.left = 0;
    return true;
  }

  forget(peer: string): void {
    this.#peers.delete(peer);
  }

  clear(): void {
    this.#peers.clear();
  }
}

/** The first block of the work that was applied with another state hash than its own, or rejected. */
export function firstWrong(event: EventOf<'blocksApplied'>, before: Facts, work: Work) {
  for (let height = work.from; height <= work.to; height++) {
    const span = spanHolding(before, height);
    const block = span?.blocks[height - span.from];
    if (span?.workId !== work.id || span.peer === null || block === undefined) return null;
    const computed = event.stateHashes[height - work.from];
    if (computed === block.id) continue;
    return computed === undefined && event.fault === undefined ? null : { span: { ...span, peer: span.peer }, block };
  }
  return null;
}

export const oneLocalFaultOneCharge: Always = {
  kind: 'always',
  name: 'a-local-fault-is-charged-once',
  clauses: ['APPLY-3'],
  says: 'A certified block that does not apply is charged to one peer at most: from the second on, the fault is taken to be ours.',
  on: { events: ['blocksApplied'], facts: ['local'] },
  watch: () => {
    const charged = new Map<string, string>();
    return {
      reborn: () => {
        charged.clear();
      },
      check: (seen): Outcome => {
        const { event, before, after } = seen;
        if (before.local !== after.local) charged.clear();
        const work = before.work.executing;
        if (!isEvent(event, 'blocksApplied') || work?.id !== event.workId) return undefined;
        if (event.hostFault !== undefined || event.fault?.code === 'VALIDATOR_SET_MISMATCH') return undefined;
        const wrong = firstWrong(event, before, work);
        if (wrong === null) return undefined;
        const { span, block } = wrong;
        if (!isCharged(seen, span.peer)) return true;
        const first = charged.get(block.contentId) ?? span.peer;
        charged.set(block.contentId, first);
        if (first === span.peer) return true;
        return `${first} was charged for the same block ${block.height} that ${span.peer} is charged for now`;
      },
    };
  },
};

export const hostFaultsBackOff = always(
  'host-faults-back-off',
  ['APPLY-5'],
  'What failed in executor or store is tried again after a wait that doubles.',
  (seen) => {
    const { before, after } = seen;
    const { hostRetryMsMin, hostRetryMsMax } = after.config;
    let checked = false;
    for (const { retryInMs } of effectsOf(seen, 'hostFaulted')) {
      if (after.host.failures === before.host.failures) continue;
      checked = true;
      const expectedMs = Math.min(hostRetryMsMax, hostRetryMsMin * 2 ** before.host.failures);
      if (retryInMs !== expectedMs) return `failure ${after.host.failures} is tried again in ${retryInMs} ms`;
      if (after.host.retryAt !== after.clock.now + expectedMs) return 'the next try is not when it was said to be';
    }
    return checked ? true : undefined;
  },
  { effects: ['hostFaulted'] },
);
