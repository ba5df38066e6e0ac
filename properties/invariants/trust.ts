import { maps } from '../../src/core/facts.ts';
import { spansWithin } from '../../src/core/window.ts';
import { firstWrong } from './charges.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const badBlocksRefute = always(
  'bad-blocks-refute',
  ['META-7', 'APPLY-1'],
  'Who sent a block that is refused is not believed any more, besides being charged.',
  (seen) => {
    const { event, before, after } = seen;
    if (!isEvent(event, 'blocksVerified') || event.fault === undefined) return undefined;
    const work = before.work.verifying.find(({ id }) => id === event.workId);
    if (work === undefined) return undefined;
    let checked = false;
    for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
      // The block before it may be found not to link by now, which is no lie about what its sender has.
      if (report.kind !== 'charged' || report.height !== work.from + event.valid) continue;
      const peer = maps.peers.get(after.peers.byId, id);
      if (peer?.life.link !== 'Connected' || peer.claim === null) continue;
      checked = true;
      if (peer.life.claim !== 'Refuted') return `${id} sent ${report.detail}, and is believed as before`;
    }
    return checked ? true : undefined;
  },
  { events: ['blocksVerified'] },
);

export const wrongAnswersRefute = always(
  'wrong-answers-refute',
  ['META-7', 'CHUNK-1', 'SYNC-6'],
  'Who answers a request with something else is not believed any more, besides being charged.',
  (seen) => {
    let checked = false;
    for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
      if (report.kind !== 'requestEnded' || report.result !== 'refused') continue;
      const peer = maps.peers.get(seen.after.peers.byId, id);
      if (peer?.life.link !== 'Connected' || peer.claim === null) continue;
      checked = true;
      if (peer.life.claim !== 'Refuted')
        return `${id} answered ${report.from}..${report.to} with something else, and is believed as before`;
    }
    return checked ? true : undefined;
  },
  { events: ['blocksReceived'] },
);

export const certifiedBlocksProve = always(
  'certified-blocks-prove',
  ['META-7', 'META-10', 'APPLY-1'],
  'Who was asked for a block that is found certified in its turn has what it claims, and counts from then on, whatever becomes of the block; ahead of its turn that ends a dispute about it.',
  (seen) => {
    const { event, before } = seen;
    const work = isEvent(event, 'blocksVerified')
      ? before.work.verifying.find(({ id }) => id === event.workId)
      : undefined;
    if (!isEvent(event, 'blocksVerified') || work === undefined) return undefined;
    const end = work.from + event.valid;
    let checked: Outcome = undefined;
    for (const span of spansWithin(before, work.from, end - 1)) {
      if (span.workId !== work.id || !span.asked || span.peer === null) continue;
      const peer = maps.peers.get(before.peers.byId, span.peer);
      if (peer?.life.link !== 'Connected' || peer.claim === null || peer.life.claim === 'Credible') continue;
      const inTurn = work.exact && span.from === work.from;
      const upTo = inTurn ? span.from : Math.min(span.to, end - 1);
      const isDisputed = peer.life.claim === 'Refuted';
      if (isDisputed ? upTo < (peer.disputedFrom ?? 0) : !inTurn) continue;
      const told = effectsOf(seen, 'reportPeer').filter((each) => each.peer === peer.id);
      if (!told.some(({ report }) => report.kind === 'claimProven' || (!inTurn && report.kind === 'disputeSettled')))
        return `${peer.id} has sent ${upTo}, which is certified, and is believed no more than before`;
      checked = true;
    }
    return checked;
  },
  { events: ['blocksVerified'] },
);

export const sameAgainRests = always(
  'the-same-again-rests',
  ['APPLY-3', 'SYNC-4'],
  'Who sends a certified block again that did not apply, while nobody else has sent it, is not asked for a while.',
  ({ event, before, after }) => {
    const work = before.work.executing;
    if (!isEvent(event, 'blocksApplied') || work?.id !== event.workId || event.hostFault !== undefined)
      return undefined;
    if (event.fault?.code === 'VALIDATOR_SET_MISMATCH') return undefined;
    const wrong = firstWrong(event, before, work);
    const { trouble } = before.window;
    if (wrong === null || trouble?.height !== wrong.block.height) return undefined;
    const same = trouble.unapplied.find(({ contentId }) => contentId === wrong.block.contentId);
    if (same?.peers.length !== 1 || same.peers[0] !== wrong.span.peer) return undefined;
    const { life } = maps.peers.get(after.peers.byId, wrong.span.peer) ?? {};
    if (life?.link !== 'Connected') return undefined;
    return life.conduct === 'Trusted' ? `${wrong.span.peer} sent the same again, and is asked again at once` : true;
  },
  { events: ['blocksApplied'] },
);

export const termsGrow: Always = {
  kind: 'always',
  name: 'terms-grow',
  clauses: ['PEER-1', 'META-4', 'LIMIT'],
  says:
    'Each cool-down of a peer, and each ban, is twice as long as the one before, up to the longest, also when it left ' +
    'and came back: only a full table forgets.',
  on: { events: ['peerConnected'], effects: ['reportPeer'] },
  watch: () => {
    const last = { coolingDown: new Map<string, number>(), banned: new Map<string, number>() };
    return {
      reborn: () => {
        last.coolingDown.clear();
        last.banned.clear();
      },
      check: (seen): Outcome => {
        const { coolDownMsMax, banMsMax } = seen.after.config;
        if (isEvent(seen.event, 'peerConnected')) {
          for (const id of forgottenForRoom(seen, [...last.coolingDown.keys(), ...last.banned.keys()])) {
            last.coolingDown.delete(id);
            last.banned.delete(id);
          }
        }
        let checked: Outcome = undefined;
        for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
          if (report.kind !== 'coolingDown' && report.kind !== 'banned') continue;
          const { kind, forMs } = report;
          const longestMs = kind === 'banned' ? banMsMax : coolDownMsMax;
          const leastMs = Math.min(longestMs, 2 * (last[kind].get(peer) ?? 0));
          if (forMs < leastMs || forMs > longestMs) return `${peer} is ${kind} for ${forMs} ms, not ${leastMs}`;
          last[kind].set(peer, forMs);
          checked = true;
        }
        return checked;
      },
    };
  },
};

/** A full table forgets who left longest ago when somebody new comes. */
function forgottenForRoom({ before, after }: Seen, ids: readonly string[]): readonly string[] {
  if (maps.peers.size(before.peers.byId) < before.config.peersMax) return [];
  return ids.filter((id) => {
    return maps.peers.get(before.peers.byId, id) !== undefined && maps.peers.get(after.peers.byId, id) === undefined;
  });
}

/** So many good blocks take back one step of a peer's probing back-off. */
const BLOCKS_PER_STEP = 8;

export const trustComesBackSlowly = always(
  'trust-comes-back-slowly',
  ['META-7', 'PEER-1'],
  'How often a claim was refuted is forgotten one by one, with every eight blocks that its owner gives, and with each of them an "I have none"; nothing is made worse by them.',
  (seen) => {
    const added = effectsOf(seen, 'blocksAdded');
    const given = new Map<string, number>();
    for (const { peer, from, to } of added) {
      if (peer !== null) given.set(peer, (given.get(peer) ?? 0) + to - from + 1);
    }
    for (const [id, blocks] of given) {
      const was = maps.peers.get(seen.before.peers.byId, id);
      const is = maps.peers.get(seen.after.peers.byId, id);
      if (was === undefined || is === undefined) continue;
      const most = Math.ceil(blocks / BLOCKS_PER_STEP);
      const refuted = effectsOf(seen, 'reportPeer').filter(
        ({ peer, report }) => peer === id && report.kind === 'claimRefuted',
      );
      const more = is.refutations + is.absences - was.refutations - was.absences;
      if (more > refuted.length) return `${id} gives ${blocks} blocks and is trusted less`;
      const forgotten = was.refutations - is.refutations;
      if (forgotten > most) return `${forgotten} refutations of ${id} are forgotten for ${blocks} blocks`;
      if (was.absences - is.absences > blocks) return `more absences of ${id} are forgotten than it gives blocks`;
    }
    return given.size > 0 ? true : undefined;
  },
  { effects: ['blocksAdded'] },
);
