import type { SyncEvent } from '../../src/core/events.ts';
import { maps } from '../../src/core/facts.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { effectsOf, isEvent } from './property.ts';

/** Certified heights of one peer that are remembered. */
const SHOWN_MAX = 4_096;

/** What may change a claim, or prove it. */
const CLAIM_EVENTS: readonly SyncEvent['type'][] = [
  'peerConnected',
  'peerDisconnected',
  'metadataReceived',
  'blocksReceived',
  'newBlockReceived',
];

export const onlyProofEndsADispute: Always = {
  kind: 'always',
  name: 'only-proof-ends-a-dispute',
  clauses: ['META-7', 'META-10'],
  says:
    'A claim is proven only by a certified block that its owner was asked for and has sent: one that is not here already, or the claim goes ' +
    'no further; and of a refuted claim, one at or above what was disputed. Nothing else makes a refuted claim count.',
  on: {
    events: CLAIM_EVENTS,
    effects: ['reportPeer'],
  },
  watch: (subject) => {
    const disputedFrom = new Map<string, number>();
    const shown = new Map<string, Set<number>>();
    const note = (seen: Seen) => {
      const { event, before } = seen;
      if (isEvent(event, 'peerConnected') && maps.peers.get(before.peers.byId, event.peer) === undefined) {
        disputedFrom.delete(event.peer);
      }
      // What is announced is no evidence: anybody may pass it on.
      if (!isEvent(event, 'blocksReceived')) return;
      for (const block of event.blocks) {
        // What is here already is known by its id, whatever certificate it comes with.
        const isKnown =
          block.height <= before.local.maxHeight && block.id === subject.chain.tipAt(block.height).stateHash;
        if (!isKnown && !subject.chain.hasCertificateOf(block)) continue;
        const heights = shown.get(event.peer) ?? new Set();
        if (heights.size > SHOWN_MAX) heights.clear();
        shown.set(event.peer, heights.add(block.height));
      }
    };
    return {
      reborn: () => {
        disputedFrom.clear();
        shown.clear();
      },
      check: (seen): Outcome => {
        note(seen);
        const { before, after, event } = seen;
        let checked = false;
        const settled = new Set<string>();
        for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
          if (report.kind === 'claimRefuted') {
            disputedFrom.set(id, Math.min(report.height, disputedFrom.get(id) ?? Infinity));
          }
          if (report.kind === 'disputeSettled') settled.add(id);
          if (report.kind === 'claimProven') {
            settled.add(id);
            checked = true;
            const claimedMax = maps.peers.get(after.peers.byId, id)?.claim?.maxHeight ?? 0;
            const lowest = disputedFrom.get(id) ?? 0;
            if (report.height < lowest)
              return `${id} proves its claim with ${report.height}, where ${lowest} is disputed`;
            if (report.height <= before.local.maxHeight && claimedMax > after.local.maxHeight)
              return `${id} proves that it has ${claimedMax} with ${report.height}, which is here already`;
            if (shown.get(id)?.has(report.height) !== true)
              return `${id} proves its claim with ${report.height}, of which it sent no certified block`;
          }
        }
        for (const id of settled) disputedFrom.delete(id);
        if (!('peer' in event) || !CLAIM_EVENTS.includes(event.type)) return checked ? true : undefined;
        const was = maps.peers.get(before.peers.byId, event.peer)?.life.claim;
        const is = maps.peers.get(after.peers.byId, event.peer)?.life.claim;
        if (was !== 'Refuted' || is === undefined) return checked ? true : undefined;
        return is === 'Refuted' || settled.has(event.peer)
          ? true
          : `${event.peer}'s refuted claim is ${is} by ${event.type}`;
      },
    };
  },
};
