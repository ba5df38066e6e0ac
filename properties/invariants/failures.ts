import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { recentId } from '../../src/core/recent.ts';
import { hadBegun, requestOf, SEND_FAILURES_MAX } from './outcomes.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const failuresRefute: Always = {
  kind: 'always',
  name: 'failures-refute',
  clauses: ['META-7', 'SYNC-5'],
  says: 'Who says that it does not have what it claims, is silent about the next height, or is tested and gives another block than the one that is committed, has its claim refuted; only a tested claim is not, if others have come since.',
  on: { events: ['blocksReceived'], effects: ['reportPeer'] },
  watch: () => {
    /** When each peer gave blocks last. */
    const gaveAt = new Map<string, number>();
    return {
      reborn: () => {
        gaveAt.clear();
      },
      check: (seen): Outcome => {
        const outcome = missingRefutation(seen, gaveAt);
        const { event, after } = seen;
        if (isEvent(event, 'blocksReceived') && event.blocks.length > 0) gaveAt.set(event.peer, after.clock.now);
        return outcome;
      },
    };
  },
};

function missingRefutation(seen: Seen, gaveAt: ReadonlyMap<string, number>): Outcome {
  const { event, before, after } = seen;
  let checked = false;
  if (event.type === 'blocksReceived' && event.blocks.length === 0 && requestOf(event, before)?.begun === false) {
    const told = effectsOf(seen, 'reportPeer').some(({ report }) => {
      return report.kind === 'requestEnded' && report.result === 'absent';
    });
    if (!told) return `an answer of ${event.peer} without a block is taken for one`;
  }
  if (gaveAnother(event, before)) {
    checked = true;
    const peer = maps.peers.get(after.peers.byId, event.peer);
    const isHere = peer?.life.link === 'Connected' && peer.claim !== null;
    if (isHere && peer.life.claim !== 'Refuted') return `${event.peer} gave another block, but its claim counts on`;
  }
  for (const { peer: id, report } of effectsOf(seen, 'reportPeer')) {
    if (report.kind !== 'requestEnded') continue;
    const known = maps.peers.get(after.peers.byId, id);
    const unreachable = report.result === 'sendFailed' && (known?.sendFailures ?? 0) >= SEND_FAILURES_MAX;
    const sentAt = after.clock.now - report.tookMs;
    const silent =
      report.result === 'timedOut' &&
      report.from === before.window.appliedTo + 1 &&
      !hadBegun(before, id, report.from, sentAt);
    if (report.result !== 'absent' && !unreachable && !silent) continue;
    if (known?.life.link !== 'Connected' || known.claim === null) continue;
    checked = true;
    const gaveOthers = mayGiveOthers(before, id) && (gaveAt.get(id) ?? 0) > sentAt;
    if (known.life.claim === 'Refuted' || (gaveOthers && !unreachable)) continue;
    return `${id}: ${report.result} at ${report.from}, but its claim counts on`;
  }
  return checked ? true : undefined;
}

/** Whether one answer that is missing may be one of many: of a tested claim, where others can be asked meanwhile. */
function mayGiveOthers({ config, peers }: Facts, id: string): boolean {
  const isTested = maps.peers.get(peers.byId, id)?.life.claim === 'Credible';
  return isTested && config.strategy === 'asynchronous' && config.hedgesMax > 0;
}

/** Whether the answer to a test or probe is not the block that is committed at its height. */
function gaveAnother(event: SyncEvent, before: Facts): event is Extract<SyncEvent, { type: 'blocksReceived' }> {
  if (event.type !== 'blocksReceived' || event.blocks.length !== 1) return false;
  const request = requestOf(event, before);
  const [block] = event.blocks;
  if (block === undefined || request?.from !== block.height || block.bytes > before.config.blockBytesMax) return false;
  if (request.purpose !== 'test' && request.purpose !== 'probe') return false;
  const known = recentId(before.local.recent, block.height);
  return known !== undefined && known !== block.id;
}

export const whoGivesOthersIsBelieved = always(
  'who-gives-others-is-believed',
  ['META-7', 'OPT-1'],
  'A tested claim is not refuted by an answer that is missing, or a block that is not there, when its owner has given others since it was asked.',
  (seen) => {
    const { before, after } = seen;
    const told = effectsOf(seen, 'reportPeer');
    /** Of each peer, the heights that it did not give, though it gives others: false where it was asked again since. */
    const excused = new Map<string, boolean>();
    for (const { peer: id, report } of told) {
      if (report.kind !== 'requestEnded' || (report.result !== 'absent' && report.result !== 'timedOut')) continue;
      const sentAt = after.clock.now - report.tookMs;
      const givesOthers =
        mayGiveOthers(before, id) && heardAt(before, id) > sentAt && !isTried(before, id, report.from);
      const key = `${id} ${report.from}`;
      excused.set(key, givesOthers && excused.get(key) !== false);
    }
    for (const { peer: id, report } of told) {
      if (report.kind !== 'claimRefuted' || excused.get(`${id} ${report.height}`) !== true) continue;
      const agoMs = after.clock.now - heardAt(before, id);
      return `${id} did not give ${report.height}, and is not believed, though it gave others ${agoMs} ms ago`;
    }
    return [...excused.values()].includes(true) ? true : undefined;
  },
  { effects: ['reportPeer'] },
);

function heardAt({ peers }: Facts, id: string): number {
  return maps.peers.get(peers.byId, id)?.flow.heardAt ?? 0;
}

/** Whether it is asked for that height for the sake of its claim. */
function isTried({ requests }: Facts, id: string, height: number): boolean {
  for (const { value } of maps.requests.entries(requests.byId)) {
    const isTrial = value.purpose === 'test' || value.purpose === 'probe';
    if (value.peer === id && value.from === height && isTrial && value.deadline !== null) return true;
  }
  return false;
}
