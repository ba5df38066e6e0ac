import type { EventOf, SyncEvent } from '../../src/core/events.ts';
import type { Facts, Work } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { spanHolding } from '../../src/core/window.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const offencesAreCharged = always(
  'offences-are-charged',
  ['META-5', 'APPLY-1', 'SYNC-6', 'CHUNK-1', 'PEER-1'],
  'A false claim, a block that does not fit its request, and a block that is refused are charged to who sent them, and so is what the transport found wrong.',
  (seen) => {
    const offence = offenceIn(seen.event, seen.before);
    if (offence === null || seen.after.control.mode === 'Stopped') return undefined;
    return isCharged(seen, offence.peer) ? true : `${offence.peer} ${offence.what}, and is not charged`;
  },
  { events: ['metadataReceived', 'blocksReceived', 'blocksVerified', 'peerMisbehaved'] },
);

function offenceIn(event: SyncEvent, before: Facts): { readonly peer: string; readonly what: string } | null {
  const offence = (peer: string, what: string) => {
    return maps.peers.get(before.peers.byId, peer)?.life.link === 'Connected' ? { peer, what } : null;
  };
  if (isEvent(event, 'metadataReceived')) {
    const { peer, minHeight, maxHeight } = event;
    if (!isHeight(minHeight) || !isHeight(maxHeight) || minHeight > maxHeight)
      return offence(peer, `claims ${minHeight}..${maxHeight}`);
    const claimed = maps.peers.get(before.peers.byId, peer)?.claim?.maxHeight ?? 0;
    return maxHeight < claimed ? offence(peer, `claimed ${claimed} and claims ${maxHeight} now`) : null;
  }
  if (isEvent(event, 'peerMisbehaved')) return offence(event.peer, `is said to have done this: ${event.offence}`);
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

function isHeight(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

export function isCharged(seen: Seen, peer: string): boolean {
  return effectsOf(seen, 'reportPeer').some((effect) => effect.peer === peer && effect.report.kind === 'charged');
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
  says:
    'A certified block that does not apply is charged to the first peer that sent it, and to no other: from the second on, ' +
    'the fault is taken to be ours.',
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
        if (!isCharged(seen, span.peer)) {
          const isConnected = maps.peers.get(before.peers.byId, span.peer)?.life.link === 'Connected';
          const isOurs = effectsOf(seen, 'localStateSuspect').length > 0;
          const same = before.window.trouble?.unapplied.find(({ contentId }) => contentId === block.contentId);
          if (same?.peers.includes(span.peer) === true || !isConnected || isOurs) return true;
          return `${span.peer} sent ${block.height}, which does not apply, and nobody is held to account`;
        }
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
  'What failed in executor or store is tried again after a wait that doubles, and not before.',
  (seen) => {
    const { before, after } = seen;
    const { hostRetryMsMin, hostRetryMsMax } = after.config;
    let checked = false;
    const dueAt = before.host.retryAt;
    if (dueAt !== null && after.host.retryAt === null && after.clock.now < dueAt)
      return `it is tried again ${dueAt - after.clock.now} ms before its time`;
    for (const { retryInMs } of effectsOf(seen, 'hostFaulted')) {
      if (after.host.failures === before.host.failures) continue;
      checked = true;
      const expectedMs = Math.min(hostRetryMsMax, hostRetryMsMin * 2 ** before.host.failures);
      if (retryInMs !== expectedMs) return `failure ${after.host.failures} is tried again in ${retryInMs} ms`;
      if (after.host.retryAt !== after.clock.now + expectedMs) return 'the next try is not when it was said to be';
    }
    return checked ? true : undefined;
  },
  { effects: ['hostFaulted'], events: ['timerFired'] },
);
