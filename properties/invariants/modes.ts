import { TIMERS } from '../../src/core/events.ts';
import type { TimerName } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { whyNotSynced } from '../../src/core/why.ts';
import type { Always, Outcome } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const everyWaitHasAReason: Always = {
  kind: 'always',
  name: 'every-wait-has-a-reason',
  clauses: ['SYNC-7', 'SYNC-8', 'APPLY-5'],
  says: 'A node that is not synced says why, and with peers it says when something is tried next.',
  watch: () => {
    let events = 0;
    return {
      check: (seen) => {
        const { after } = seen;
        // Asked for now and then, and whenever the mode changes.
        if (++events % 16 !== 0 && effectsOf(seen, 'modeChanged').length === 0) return undefined;
        if (after.control.mode === 'Stopped') return undefined;
        const why = whyNotSynced(after);
        if (why === null) return undefined;
        const connected = maps.peers.size(after.peers.byId) - maps.byTime.size(after.peers.departed);
        if (connected > 0 && why.nextTryInMs === null) return `${why.code}: nothing is ever tried again`;
        return true;
      },
    };
  },
};

export const timersAreSet: Always = {
  kind: 'always',
  name: 'timers-are-set',
  clauses: ['SYNC-4', 'SYNC-7', 'APPLY-5'],
  says: 'While something is due later, a timer is set that fires no later; and the core knows which are set, also after a stop.',
  watch: () => {
    let set: Set<TimerName> | null = null;
    return {
      reborn: () => {
        set = new Set();
      },
      check: ({ event, effects, before, after }): Outcome => {
        const { armed } = after.clock;
        set ??= new Set(TIMERS.filter((timer) => before.clock.armed[timer] !== null));
        let isSame = armed === before.clock.armed;
        if (isEvent(event, 'timerFired')) set.delete(event.timer);
        for (const effect of effects) {
          if (effect.type !== 'setTimer' && effect.type !== 'clearTimer') continue;
          if (effect.type === 'setTimer') set.add(effect.timer);
          else set.delete(effect.timer);
          if (effect.type === 'setTimer' && after.control.mode === 'Stopped')
            return `${effect.timer} is set, and the node is stopped`;
          isSame = false;
        }
        for (const timer of isSame ? [] : TIMERS) {
          if ((armed[timer] !== null) !== set.has(timer))
            return `the timer ${timer} ${set.has(timer) ? 'is' : 'is not'} set, and is taken to be otherwise`;
        }
        return dueTimersAreSet(before, after);
      },
    };
  },
};

function dueTimersAreSet(before: Facts, after: Facts): Outcome {
  if (after.control.mode === 'Stopped' || !couldNeedATimer(before, after)) return undefined;
  for (const timer of TIMERS) {
    const due = dueAt(after, timer);
    if (due === undefined) continue;
    const at = Math.max(due, after.clock.now);
    const armed = after.clock.armed[timer];
    if (armed === null || armed > at) return `${timer} is due at ${at}, its timer is set for ${armed ?? 'never'}`;
  }
  return true;
}

/** Time that only passes makes nothing due earlier. */
function couldNeedATimer(before: Facts, after: Facts): boolean {
  return (
    before === after ||
    before.clock.armed !== after.clock.armed ||
    before.peers !== after.peers ||
    before.requests !== after.requests ||
    before.host !== after.host ||
    before.window !== after.window ||
    before.control !== after.control
  );
}

function dueAt({ peers, requests, host, window }: Facts, timer: TimerName): number | undefined {
  switch (timer) {
    case 'metadata':
      return maps.byTime.first(peers.asks)?.key[0];
    case 'request':
      return maps.deadlines.first(requests.deadlines)?.key[0];
    case 'peer':
      return lower(maps.byTime.first(peers.probes)?.key[0], maps.byTime.first(peers.conductEnds)?.key[0]);
    case 'host':
      return lower(host.retryAt ?? undefined, window.trouble?.suspect?.retryAt ?? undefined);
  }
}

function lower(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

export const transitionsAreToldInOrder: Always = {
  kind: 'always',
  name: 'transitions-are-told-in-order',
  clauses: ['MODE-2', 'MODE-9'],
  says: 'Each transition, also of server mode, begins where the one before it ended, and nobody rests in Unsynced.',
  on: { effects: ['modeChanged', 'serverChanged'], facts: ['control'] },
  watch: () => {
    let mode = 'Stopped';
    let server = 'Disabled';
    return {
      reborn: () => {
        mode = 'Stopped';
        server = 'Disabled';
      },
      check: (seen) => {
        for (const { previous, next } of effectsOf(seen, 'serverChanged')) {
          if (previous !== server || next === server) return `server mode was ${server}; told: ${previous} to ${next}`;
          server = next;
        }
        if (server !== seen.after.control.server) return `server mode is ${seen.after.control.server}, told: ${server}`;
        const changes = effectsOf(seen, 'modeChanged');
        for (const { previous, next } of changes) {
          if (previous === next) return `a transition from ${previous} to itself is told`;
          if (previous !== mode) return `a transition from ${previous} is told in ${mode}`;
          mode = next;
        }
        if (mode !== seen.after.control.mode) return `the mode is ${seen.after.control.mode}, the last told ${mode}`;
        if (mode === 'Consensus_Unsynced') return 'the node rests in Unsynced';
        return changes.length > 0 ? true : undefined;
      },
    };
  },
};

export const syncedMeansNothingIsMissing = always(
  'synced-means-nothing-is-missing',
  ['MODE-3', 'META-8'],
  'Sync ends only with local height at the target and enough claims to say so.',
  (seen) => {
    const changes = effectsOf(seen, 'modeChanged').filter(({ event }) => event.startsWith('Consensus_IsSynced'));
    for (const { previous } of changes) {
      if (previous === 'Consensus_Synced' || previous === 'Consensus_Pacemaker') continue;
      const { local, aggregate, config } = seen.before;
      const { maxHeight } = seen.after.local;
      const target = seen.after.aggregate?.maxHeight ?? aggregate?.maxHeight ?? 0;
      if (maxHeight < local.maxHeight) return 'the height fell';
      const { trouble } = seen.after.window;
      if (previous === 'Consensus_SyncMode' && trouble !== null && trouble.unapplied.length > 0)
        return `Sync ended below ${trouble.height}, of which a certified block is here that does not apply`;
      if (maxHeight < target && (seen.after.aggregate?.peers ?? 0) > 0)
        return `${previous} ended at ${maxHeight} of ${target}`;
      const claims = claimsThatCount(seen.after);
      if (claims < config.minPeers)
        return `${previous} ended though only ${claims} claims count, of ${config.minPeers}`;
    }
    return changes.length > 0 ? true : undefined;
  },
  { effects: ['modeChanged'] },
);

/** At the most: some of them may say nothing about what is missing here. */
function claimsThatCount({ peers }: Facts): number {
  let claims = 0;
  for (const { value: peer } of maps.peers.entries(peers.byId)) {
    const { claim, life } = peer;
    if (claim !== null && life.link === 'Connected' && life.claim !== 'Refuted') claims++;
  }
  return claims;
}

export const syncEndsAtTheHonestTip: Always = {
  kind: 'always',
  name: 'sync-ends-at-the-honest-tip',
  clauses: ['MODE-3', 'SYNC-1'],
  says:
    'When Sync ends, the node has what any honest peer claimed when it began, if that peer stayed, and neither ' +
    'the network nor a fault of our own had its claim refuted or the peer cooled down.',
  on: { events: ['peerDisconnected', 'metadataReceived'], effects: ['reportPeer', 'modeChanged'] },
  watch: (subject) => {
    const claimed = new Map<string, number>();
    return {
      reborn: () => {
        claimed.clear();
      },
      check: (seen) => {
        const { event, after } = seen;
        if (isEvent(event, 'peerDisconnected')) claimed.delete(event.peer);
        // It has pruned what is next.
        if (isEvent(event, 'metadataReceived') && event.minHeight > after.local.maxHeight + 1)
          claimed.delete(event.peer);
        for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
          if (['claimRefuted', 'claimDropped', 'coolingDown', 'banned'].includes(report.kind)) claimed.delete(peer);
        }
        for (const { previous, next } of effectsOf(seen, 'modeChanged')) {
          if (next === 'Consensus_SyncMode') {
            claimed.clear();
            for (const { value: peer } of maps.peers.entries(after.peers.byId)) {
              const { id, claim, life } = peer;
              if (claim === null || life.link !== 'Connected' || !subject.isHonest(id)) continue;
              // What cannot be reached from here says nothing (META-6); what is refuted already does not count.
              const counts = life.claim !== 'Refuted' && life.conduct === 'Trusted';
              if (counts && claim.minHeight <= after.local.maxHeight + 1) claimed.set(id, claim.maxHeight);
            }
          } else if (previous === 'Consensus_SyncMode' && next !== 'Stopped') {
            for (const [peer, maxHeight] of claimed) {
              const { maxHeight: local } = after.local;
              if (local < maxHeight) return `Sync ended at ${local}, but ${peer} has claimed ${maxHeight} all along`;
            }
            return claimed.size > 0 ? true : undefined;
          }
        }
        return undefined;
      },
    };
  },
};
