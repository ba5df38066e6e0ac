import type { PeerId, SyncBlock } from '../../src/protocol/block.ts';
import type { Offence } from '../../src/protocol/offences.ts';
import type { ChainView } from '../simulation/chain.ts';
import type { Topics } from './topics.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

const BLOCKS_COME: Topics = { events: ['blocksReceived', 'newBlockReceived'], facts: ['local'] };

export const suspicionHasWitnesses: Always = {
  kind: 'always',
  name: 'suspicion-has-two-witnesses',
  clauses: ['APPLY-3'],
  says: 'The node suspects itself only when two peers have sent the very same certified block that does not apply here.',
  on: { ...BLOCKS_COME, effects: ['localStateSuspect'] },
  watch: knowingWhatIsCertified((seen, sent) => {
    let checked: Outcome = undefined;
    for (const { height, code, peers } of effectsOf(seen, 'localStateSuspect')) {
      // A header field around the certified content: it is suspect already.
      if (code === 'VALIDATOR_SET_MISMATCH') continue;
      const isWitnessed = sent.sendersAt(height).some((by) => peers.every((peer) => by.has(peer)));
      if (peers.length < 2 || !isWitnessed)
        return `height ${height} is held against ourselves: ${peers.join(', ')} did not send the same certified block`;
      checked = true;
    }
    return checked;
  }),
};

/** What only executing a block, or laying it on top of what is executed, can find. */
const FOUND_LATE: ReadonlySet<Offence> = new Set(['BROKEN_LINK', 'INVALID_STATE_HASH']);

export const certifiedBeforeExecuted: Always = {
  kind: 'always',
  name: 'certified-before-executed',
  clauses: ['APPLY-1', 'APPLY-3'],
  says: 'Whose block is found wrong only on top of the chain has sent one that the chain has certified: others are refused before.',
  on: { ...BLOCKS_COME, effects: ['reportPeer'] },
  watch: knowingWhatIsCertified((seen, sent) => {
    // What is proposed is certified by nobody yet.
    if (isEvent(seen.event, 'proposalReceived')) return undefined;
    let checked: Outcome = undefined;
    for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'charged' || !FOUND_LATE.has(report.offence)) continue;
      if (!sent.sendersAt(report.height ?? 0).some((by) => by.has(peer)))
        return `${peer}: ${report.offence} at ${report.height ?? '?'}, of which it sent nothing certified`;
      checked = true;
    }
    return checked;
  }),
};

function knowingWhatIsCertified(check: (seen: Seen, sent: CertifiedBlocks) => Outcome): Always['watch'] {
  return ({ chain }) => {
    const sent = new CertifiedBlocks(chain);
    return {
      reborn: () => {
        sent.forgetAll();
      },
      check: (seen) => {
        sent.observed(seen);
        return check(seen, sent);
      },
    };
  };
}

/** For each height that is not committed, who sent which content under a certificate of the chain. */
class CertifiedBlocks {
  readonly #chain: ChainView;
  readonly #sent = new Map<number, Map<string, Set<PeerId>>>();

  constructor(chain: ChainView) {
    this.#chain = chain;
  }

  observed({ event, before, after }: Seen): void {
    if (isEvent(event, 'blocksReceived')) for (const block of event.blocks) this.#note(block, event.peer);
    if (isEvent(event, 'newBlockReceived')) this.#note(event.block, event.peer);
    if (before.local === after.local) return;
    for (const height of this.#sent.keys()) if (height <= after.local.maxHeight) this.#sent.delete(height);
  }

  /** Of each content. */
  sendersAt(height: number): readonly ReadonlySet<PeerId>[] {
    return [...(this.#sent.get(height)?.values() ?? [])];
  }

  forgetAll(): void {
    this.#sent.clear();
  }

  #note(block: SyncBlock, peer: PeerId): void {
    if (!this.#chain.hasCertificateOf(block)) return;
    const { height, contentId } = block;
    const ofHeight = this.#sent.get(height) ?? new Map<string, Set<PeerId>>();
    this.#sent.set(height, ofHeight);
    ofHeight.set(contentId, (ofHeight.get(contentId) ?? new Set()).add(peer));
  }
}

export const suspicionWaitsLonger: Always = {
  kind: 'always',
  name: 'suspicion-waits-longer',
  clauses: ['APPLY-3', 'SYNC-7'],
  says: 'While the node suspects itself, each try at the height comes after twice the wait, up to the longest, and not before its time.',
  on: { effects: ['localStateSuspect', 'sendGetBlocks'], facts: ['local'], events: ['timerFired'] },
  watch: () => {
    let last = { height: 0, waitMs: 0 };
    return {
      reborn: () => {
        last = { height: 0, waitMs: 0 };
      },
      check: (seen): Outcome => {
        let checked: Outcome = undefined;
        for (const { height, retryInMs } of effectsOf(seen, 'localStateSuspect')) {
          const { refutedBackoffMsMax } = seen.after.config;
          const leastMs = last.height === height ? Math.min(refutedBackoffMsMax, 2 * last.waitMs) : 0;
          if (retryInMs < leastMs) return `height ${height} is tried again in ${retryInMs} ms, not ${leastMs}`;
          last = { height, waitMs: retryInMs };
          checked = true;
        }
        return dueTooSoon(seen) ?? askedTooSoon(seen) ?? checked;
      },
    };
  },
};

function dueTooSoon({ before, after }: Seen): Outcome {
  const retryAt = before.window.trouble?.suspect?.retryAt ?? null;
  const { suspect } = after.window.trouble ?? {};
  if (retryAt === null || suspect == null || suspect.retryAt !== null || after.clock.now >= retryAt) return undefined;
  return `the wait for ${retryAt} is over ${retryAt - after.clock.now} ms too soon`;
}

function askedTooSoon(seen: Seen): Outcome {
  const { trouble } = seen.after.window;
  const retryAt = trouble?.suspect?.retryAt ?? null;
  if (trouble === null || retryAt === null) return undefined;
  for (const { from, to, peer, purpose } of effectsOf(seen, 'sendGetBlocks')) {
    const isDeferred = purpose === 'sync' || purpose === 'test';
    if (isDeferred && from <= trouble.height && trouble.height <= to)
      return `${peer} is asked for ${trouble.height}, which is to be tried only at ${retryAt}`;
  }
  return true;
}

export const badHeadsAreTold = always(
  'bad-heads-are-told',
  ['SYNC-7', 'APPLY-1'],
  'When the block that everything waits for is refused, it is noted what was wrong with it, and with whose.',
  (seen) => {
    const { event, before, after } = seen;
    if (!isEvent(event, 'blocksVerified') || event.fault === undefined || before.local !== after.local)
      return undefined;
    const work = before.work.verifying.find(({ id }) => id === event.workId);
    const head = before.window.appliedTo + 1;
    if (work === undefined || work.from + event.valid !== head) return undefined;
    const charged = effectsOf(seen, 'reportPeer').find(({ report }) => report.kind === 'charged');
    if (charged === undefined) return undefined;
    const { trouble } = after.window;
    if (trouble?.height !== head) return `height ${head} of ${charged.peer} is refused, and nothing is noted of it`;
    return trouble.peers.includes(charged.peer) ? true : `height ${head} is refused, and ${charged.peer} is not named`;
  },
  { events: ['blocksVerified'] },
);
