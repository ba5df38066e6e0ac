import { blockRequestChart } from '../../src/core/advance.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
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
  'blocksVerified',
];

/** Whether the very same block is here and was found certified. */
function isLikeCertified({ window }: Facts, { height, contentId }: SyncBlock): boolean {
  const held = maps.spans.atOrBefore(window.spans, height)?.value;
  const isCertified = held !== undefined && blockRequestChart.hasTag(held.stage, 'certified');
  return isCertified && held.blocks[height - held.from]?.contentId === contentId;
}

export const onlyProofEndsADispute: Always = {
  kind: 'always',
  name: 'only-proof-ends-a-dispute',
  clauses: ['META-7', 'META-10'],
  says:
    'A claim is proven only by a certified block that its owner was asked for and has sent: one that is not here already, or the claim goes ' +
    'no further; and of a refuted claim, one at or above what was disputed. So ends a dispute, or when the claim does not reach it any more; nothing else makes a refuted claim count.',
  on: {
    events: CLAIM_EVENTS,
    effects: ['reportPeer'],
  },
  watch: (subject) => {
    const disputedFrom = new Map<string, number>();
    const shown = new Map<string, Set<number>>();
    /** The highest that the verifier took for certified, be it under a guessed validator set. */
    const passed = new Map<string, number>();
    const showed = (peer: string, height: number) => {
      const heights = shown.get(peer) ?? new Set();
      if (heights.size > SHOWN_MAX) heights.clear();
      shown.set(peer, heights.add(height));
    };
    const note = (seen: Seen) => {
      const { event, before } = seen;
      // A copy that was kept as a spare turns out to be the block: whatever certificate came with it.
      for (const { peer, block, asked } of before.window.spares) {
        const isFinal = isEvent(event, 'blockFinalized') && event.contentId === block.contentId;
        if (asked && (isFinal || isLikeCertified(before, block))) showed(peer, block.height);
      }
      if (isEvent(event, 'peerConnected') && maps.peers.get(before.peers.byId, event.peer) === undefined) {
        disputedFrom.delete(event.peer);
      }
      if (isEvent(event, 'blocksVerified')) {
        const work = before.work.verifying.find(({ id }) => id === event.workId);
        const end = (work?.from ?? 0) + event.valid;
        for (const { value: span } of maps.spans.entries(before.window.spans)) {
          if (span.workId !== event.workId || !span.asked || span.peer === null || span.from >= end) continue;
          passed.set(span.peer, Math.max(passed.get(span.peer) ?? 0, Math.min(span.to, end - 1)));
        }
      }
      // What is announced is no evidence: anybody may pass it on.
      if (!isEvent(event, 'blocksReceived')) return;
      for (const block of event.blocks) {
        // What is here already is known by its id, whatever certificate it comes with.
        const isKnown =
          block.height <= before.local.maxHeight && block.id === subject.chain.tipAt(block.height).stateHash;
        if (!isKnown && !subject.chain.hasCertificateOf(block) && !isLikeCertified(before, block)) continue;
        showed(event.peer, block.height);
      }
    };
    return {
      reborn: () => {
        disputedFrom.clear();
        shown.clear();
        passed.clear();
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
          if (report.kind === 'disputeSettled') {
            settled.add(id);
            checked = true;
            const lowest = disputedFrom.get(id) ?? 0;
            const claimedMax = maps.peers.get(after.peers.byId, id)?.claim?.maxHeight ?? 0;
            const hasPassed = (passed.get(id) ?? 0) >= lowest;
            const hasShown = hasPassed || [...(shown.get(id) ?? [])].some((height) => height >= lowest);
            if (claimedMax >= lowest && !hasShown)
              return `${id} is not in dispute any more, of which it sent no certified block from ${lowest} on`;
          }
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
