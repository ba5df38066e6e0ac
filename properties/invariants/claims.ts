import type { EffectOf } from '../../src/core/effects.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import { claimCounts } from './counting.ts';
import { certifiedUpTo } from './mode-choice.ts';
import type { Always, Seen, Subject, Watch } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

/** What the node was told of refuted claims, kept apart from the node's own records. */
class RefutedClaims {
  readonly #disputedFrom = new Map<string, number>();

  note(seen: Seen): void {
    const { event } = seen;
    // Who had to be forgotten to make room is as good as new.
    if (isEvent(event, 'peerConnected') && maps.peers.get(seen.before.peers.byId, event.peer) === undefined) {
      this.#disputedFrom.delete(event.peer);
    }
    // Who does not claim any more what was refuted has taken it back.
    if (isEvent(event, 'metadataReceived') && event.maxHeight < (this.#disputedFrom.get(event.peer) ?? 0)) {
      this.#disputedFrom.delete(event.peer);
    }
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind === 'claimRefuted') {
        const claim = maps.peers.get(seen.after.peers.byId, peer)?.claim;
        if (claim != null && claim.maxHeight < report.height) continue;
        const before = this.#disputedFrom.get(peer) ?? Infinity;
        this.#disputedFrom.set(peer, Math.min(before, report.height));
      }
      if (report.kind === 'claimProven' || report.kind === 'disputeSettled') this.#disputedFrom.delete(peer);
    }
  }

  /** Refuted, and not taken back or proven since. */
  has(peer: string): boolean {
    return this.#disputedFrom.has(peer);
  }

  get isEmpty(): boolean {
    return this.#disputedFrom.size === 0;
  }

  clear(): void {
    this.#disputedFrom.clear();
  }
}

export const refutedClaimsDoNotCount: Always = {
  kind: 'always',
  name: 'refuted-claims-do-not-count',
  clauses: ['META-6', 'META-7'],
  says: 'The target is a claim of a connected peer that is not refuted and not banned: never a sticky maximum.',
  on: { events: ['peerConnected', 'metadataReceived'], effects: ['reportPeer'], facts: ['aggregate', 'peers'] },
  watch: () => {
    const refuted = new RefutedClaims();
    return {
      reborn: () => {
        refuted.clear();
      },
      check: (seen) => {
        refuted.note(seen);
        const { before, after } = seen;
        if (before.aggregate === after.aggregate && before.peers === after.peers) return undefined;
        if (after.aggregate === null) return undefined;
        const target = after.aggregate.maxHeight;
        let highest = -1;
        for (const { value: peer } of maps.peers.entries(after.peers.byId)) {
          if (peer.claim === null || peer.life.link !== 'Connected' || peer.life.conduct === 'Banned') continue;
          if (!refuted.has(peer.id)) highest = Math.max(highest, peer.claim.maxHeight);
          if (highest >= target) return refuted.isEmpty ? undefined : true;
        }
        return `the target is ${target}, but what counts goes up to ${highest}`;
      },
    };
  },
};

export const refutedPeersAreOnlyProbed: Always = {
  kind: 'always',
  name: 'refuted-peers-are-only-probed',
  clauses: ['META-7'],
  says: 'A peer whose claim is refuted is asked for nothing of it but a probe.',
  on: { events: ['metadataReceived', 'peerConnected'], effects: ['reportPeer', 'sendGetBlocks'] },
  watch: () => {
    const refuted = new RefutedClaims();
    return {
      reborn: () => {
        refuted.clear();
      },
      check: (seen) => {
        const wasEmpty = refuted.isEmpty;
        refuted.note(seen);
        const sent = effectsOf(seen, 'sendGetBlocks');
        for (const { peer, from, purpose } of sent) {
          if (purpose !== 'probe' && refuted.has(peer)) {
            return `${peer} is asked for ${from} (${purpose}) though its claim is refuted`;
          }
        }
        return wasEmpty || sent.length === 0 ? undefined : true;
      },
    };
  },
};

export const refutedClaimsAreProbedAgain = always(
  'refuted-claims-are-probed-again',
  ['META-7', 'SYNC-7'],
  'A refuted claim is probed after a wait that doubles with each refutation, shorter for who says "I have none" or is the last to ask, and never given up.',
  (seen) => {
    const { refutedBackoffMsMax } = seen.after.config;
    let checked = false;
    /** Two requests of one peer may come to nothing in one event. */
    const earlier: string[] = [];
    for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'claimRefuted') continue;
      const counted = report.why === 'NOT_AVAILABLE' ? 'absences' : 'refutations';
      const what = `${counted} of ${id}`;
      const now = earlier.filter((each) => each === what).length;
      earlier.push(what);
      const peer = maps.peers.get(seen.after.peers.byId, id);
      if (peer?.life.claim !== 'Refuted' || peer.life.link !== 'Connected' || peer.claim === null) continue;
      checked = true;
      const before = (maps.peers.get(seen.before.peers.byId, id)?.[counted] ?? 0) + now;
      const isLongest = report.probeInMs === refutedBackoffMsMax;
      if (peer[counted] <= before && !isLongest) return `${id} had ${before} ${counted}, and has ${peer[counted]} now`;
      const fitting = firstWaitsMs(seen, id, report).map((ms) => Math.min(refutedBackoffMsMax, ms * 2 ** before));
      if (!fitting.includes(report.probeInMs))
        return `${id} is probed ${report.probeInMs} ms after ${before} ${counted} (${report.why})`;
    }
    // Also when a probe has ended that told nothing.
    for (const { peer: id } of effectsOf(seen, 'reportPeer')) {
      const peer = maps.peers.get(seen.after.peers.byId, id);
      if (peer?.life.claim !== 'Refuted' || peer.life.link !== 'Connected' || peer.claim === null) continue;
      checked = true;
      if (peer.probeAt === null && peer.trial === null) return `${id} is refuted and never probed`;
    }
    return checked ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

type Refutation = Extract<EffectOf<'reportPeer'>['report'], { readonly kind: 'claimRefuted' }>;

/** Both, where others to ask, or the mode, came or went with the same event: it was decided somewhere between. */
function firstWaitsMs({ before, after }: Seen, id: PeerId, { why, height }: Refutation): readonly number[] {
  const { absentBackoffMsMin, refutedBackoffMsMin } = after.config;
  if (why === 'NOT_AVAILABLE') return [absentBackoffMsMin];
  const asking = [before, after].map(asksForBlocks);
  const alone = [before, after].map((facts) => !othersClaim(facts, id, height));
  const isLast = asking.flatMap((asks) => alone.map((isAlone) => asks && isAlone));
  return isLast.map((last) => (last ? absentBackoffMsMin : refutedBackoffMsMin));
}

function asksForBlocks({ control }: Facts): boolean {
  return control.mode === 'Consensus_SyncMode';
}

function othersClaim({ peers }: Facts, id: PeerId, height: number): boolean {
  for (const { value: other } of maps.peers.entries(peers.byId)) {
    const { claim } = other;
    if (other.id === id || claim === null || !claimCounts(other)) continue;
    if (claim.minHeight <= height && height <= claim.maxHeight) return true;
  }
  return false;
}

const PROBES_IN: ReadonlySet<string> = new Set(['Consensus_SyncMode', 'Consensus_Synced', 'Consensus_Pacemaker']);

export const dueProbesAreSent = always(
  'due-probes-are-sent',
  ['META-7'],
  'A refuted claim whose back-off is over is probed as soon as there is a slot: at least one probe at a time, also in Sync.',
  ({ before, after }) => {
    const { requests, peers, control, config } = after;
    if (before.requests === requests && before.peers === peers && before.control === control) return undefined;
    if (!PROBES_IN.has(control.mode)) return undefined;
    const due = maps.probesDue.first(peers.probesDue)?.key[2];
    if (due === undefined) return undefined;
    const isBusy = requests.inFlight > requests.inFlightSync || requests.inFlight >= config.inFlightMax;
    return isBusy ? true : `${due} is to be probed now, a slot is free, and nobody is probed`;
  },
  { facts: ['requests', 'peers', 'control'] },
);

export const settledLeavesOnlyOnEvidence: Always = {
  kind: 'always',
  name: 'settled-leaves-only-on-evidence',
  clauses: ['META-10', 'MODE-4'],
  says:
    'A node leaves Synced or Pacemaker for Unsynced only if enough is missing, and a peer that claims more has shown a ' +
    'certified block of it.',
  on: {
    events: ['peerDisconnected', 'metadataReceived', 'blocksReceived', 'newBlockReceived'],
    effects: ['modeChanged'],
  },
  watch: watchEvidence,
};

interface Evidence {
  claimedMax: number;
  /** The local height, or what it had shown, when it began to claim that much. */
  localThen: number;
  /** The highest certified block that it has sent. */
  shown: number;
}

function watchEvidence(subject: Subject): Watch {
  const evidence = new Map<string, Evidence>();
  const of = (peer: string): Evidence => {
    const known = evidence.get(peer);
    if (known !== undefined) return known;
    const fresh: Evidence = { claimedMax: -1, localThen: -1, shown: -1 };
    evidence.set(peer, fresh);
    return fresh;
  };
  return {
    reborn: () => {
      evidence.clear();
    },
    check: (seen) => {
      const { event, before, after } = seen;
      if (isEvent(event, 'peerDisconnected')) of(event.peer).claimedMax = -1;
      // An inverted claim is none.
      if (isEvent(event, 'metadataReceived') && event.minHeight <= event.maxHeight) {
        const peer = of(event.peer);
        if (event.maxHeight !== peer.claimedMax) {
          peer.claimedMax = event.maxHeight;
          peer.localThen = Math.max(before.local.maxHeight, peer.shown);
        }
      }
      if (isEvent(event, 'blocksReceived') || isEvent(event, 'newBlockReceived')) {
        const blocks = isEvent(event, 'blocksReceived') ? event.blocks : [event.block];
        for (const block of blocks) {
          const peer = of(event.peer);
          if (block.height > peer.shown && subject.chain.hasCertificateOf(block)) peer.shown = block.height;
        }
      }
      if (after.config.trustClaims) return undefined;
      for (const { event: by, previous } of effectsOf(seen, 'modeChanged')) {
        const wasSettled = previous === 'Consensus_Synced' || previous === 'Consensus_Pacemaker';
        if (!wasSettled || by !== 'Consensus_IsUnsynced') continue;
        const { maxHeight } = after.local;
        const missing = (after.aggregate?.maxHeight ?? 0) - certifiedUpTo(after);
        if (missing < after.config.blocksBehindMin)
          return `left ${previous} for ${missing} missing blocks, where ${after.config.blocksBehindMin} are let pass`;
        for (const peer of evidence.values()) {
          // Shown after it was claimed; or one of the newest blocks here is of that peer, which raised its claim meanwhile.
          const newest = Math.min(maxHeight, before.local.maxHeight + 1);
          const isShown = peer.shown > peer.localThen || peer.shown >= newest;
          if (peer.claimedMax > maxHeight && isShown) return true;
        }
        return `left ${previous} at height ${after.local.maxHeight} though nobody has shown more`;
      }
      return undefined;
    },
  };
}

export const claimsAreTestedAnewWhenRaised = always(
  'claims-are-tested-anew-when-raised',
  ['META-1', 'META-7', 'META-10'],
  'Who claims more than it has shown has yet to show it; who claims the same again is as credible, or as refuted, as before.',
  (seen) => {
    const { event, before, after } = seen;
    if (!isEvent(event, 'metadataReceived')) return undefined;
    const was = maps.peers.get(before.peers.byId, event.peer);
    const is = maps.peers.get(after.peers.byId, event.peer);
    if (was?.life.link !== 'Connected' || is?.life.link !== 'Connected') return undefined;
    // Refused whole, or taken back in part: of those other properties tell.
    if (effectsOf(seen, 'reportPeer').length > 0 || event.maxHeight < (was.claim?.maxHeight ?? 0)) return undefined;
    const isRaised = was.claim !== null && event.maxHeight > was.claim.maxHeight;
    const isNew = was.life.claim === 'Unknown' || (was.life.claim === 'Credible' && isRaised);
    const wanted = isNew ? 'Untested' : was.life.claim;
    if (is.life.claim === wanted) return true;
    return `${event.peer}: ${was.life.claim} became ${is.life.claim} by a claim of ${event.maxHeight} after ${was.claim?.maxHeight ?? 'none'}`;
  },
  { events: ['metadataReceived'] },
);
