import type { Effect, EffectOf } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import { TIMERS } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps, workUnderWay } from '../../src/core/facts.ts';
import { standing } from '../../src/core/mode.ts';
import { peerIs } from '../../src/core/peers.ts';
import { isSynced } from '../../src/core/sync-api.ts';
import { inMode, nextHeight } from '../../src/core/turn.ts';
import { whyNotSynced } from '../../src/core/why.ts';
import { checkFacts, checkRequestsSent } from '../invariants/check-facts.ts';
import { flawOf, idAt } from './blocks.ts';
import { worksOf } from './host.ts';
import type { WorldPlan } from './plan.ts';
import type { WorldState } from './state.ts';

const COMPLAINT_MAX = 120;

/** One event and all that came of it. */
export interface Happening {
  readonly before: WorldState;
  readonly event: SyncEvent;
  readonly effects: readonly Effect[];
  /** As the core left them. */
  readonly facts: Facts;
  readonly after: WorldState;
}

/** What is wrong with a state by itself, with its clause; null: nothing. */
export function brokenIn(state: WorldState): string | null {
  const { facts } = state;
  return complaintOf(() => checkFacts(facts, facts)) ?? chainBroken(state) ?? worldBroken(state) ?? modeBroken(facts);
}

/** What is wrong with what just happened, with its clause; null: nothing. */
export function brokenBy(plan: WorldPlan, happening: Happening): string | null {
  const { facts, effects } = happening;
  for (const effect of effects) {
    const broken = effectBroken(plan, happening, effect);
    if (broken !== null) return broken;
  }
  return complaintOf(() => checkRequestsSent(facts, effects)) ?? growthBroken(happening);
}

/** Only the chain's own blocks are here, and what is committed is what the store has. */
function chainBroken({ facts, host }: WorldState): string | null {
  const { local } = facts;
  for (const { key: height, value: id } of maps.recent.entries(local.recent)) {
    if (id !== idAt(height)) return `APPLY-1: height ${height} is committed as ${id}`;
  }
  if (local.tipId !== idAt(local.maxHeight)) return `APPLY-1: the tip at ${local.maxHeight} is ${local.tipId}`;
  if (local.maxHeight === host.durable) return null;
  return `SYNC-2: the local height is ${local.maxHeight}, the store has ${host.durable}`;
}

/** Slots, timers and work are what the world around knows of them. */
function worldBroken({ facts, now, owed, timers, host }: WorldState): string | null {
  const open = owed.filter((each) => !each.late).length;
  const { inFlight } = facts.requests;
  if (inFlight !== open) return `SYNC-4: ${inFlight} slots are taken, ${open} requests are in flight`;
  for (const timer of TIMERS) {
    const [set, believed] = [timers[timer], facts.clock.armed[timer]];
    // What was overdue when it was set fires at once.
    const agree = set === believed || (set !== null && believed !== null && believed < set && set <= now);
    if (!agree) return `SYNC-7: the timer ${timer} is not set as the core believes`;
  }
  const ids = (works: readonly number[]) => [...works].sort((a, b) => a - b).join();
  const own = ids(workUnderWay(facts).map(({ id }) => id));
  if (own !== ids(worksOf(host).map(({ workId }) => workId))) return 'SYNC-2: core and host differ on what is under way';
  return null;
}

function modeBroken(facts: Facts): string | null {
  const { mode } = facts.control;
  const stands = standing(facts);
  if (mode === 'Consensus_Unsynced') return 'MODE-2: the node rests in Unsynced';
  if (mode === 'Consensus_SyncMode' && stands === 'synced') return 'MODE-3: nothing is missing, and Sync goes on';
  if (mode === 'P2P_Bootstrapped' && stands !== 'unknown')
    return `MODE-6: the node knows that it is ${stands} and waits`;
  if (inMode(facts, 'settled') && stands === 'behind') return 'MODE-4: the node is behind and calls itself synced';

  const why = whyNotSynced(facts);
  if ((why === null) !== isSynced(facts)) return `SYNC-7: ${why === null ? 'not synced without a reason' : why.code}`;
  const connected = maps.peers.size(facts.peers.byId) > maps.byTime.size(facts.peers.departed);
  if (why !== null && why.nextTryInMs === null && connected) return `SYNC-7: ${why.code}, and nothing is tried again`;
  return null;
}

function effectBroken(plan: WorldPlan, happening: Happening, effect: Effect): string | null {
  switch (effect.type) {
    case 'eventRejected':
      return `MODE-8: ${effect.event} is rejected in ${effect.mode}`;
    case 'reportPeer':
      return conductBroken(plan, happening, effect);
    case 'modeChanged':
      return settlesTooSoon(happening.facts, effect);
    case 'applyBlocks': {
      const bad = effect.blocks.find((block) => flawOf(block) === 'forged');
      return bad === undefined ? null : `APPLY-1: height ${bad.height} is applied, and no quorum signed it`;
    }
    case 'commitBlocks': {
      const bad = effect.blocks.find((block) => flawOf(block) !== 'good');
      return bad === undefined ? null : `APPLY-2: height ${bad.height} is committed, and it is ${flawOf(bad)}`;
    }
    default:
      return null;
  }
}

function conductBroken({ honest }: WorldPlan, { event }: Happening, { peer, report }: EffectOf<'reportPeer'>) {
  const { kind } = report;
  if (kind !== 'charged' && kind !== 'banned' && kind !== 'coolingDown') return null;
  if (honest.includes(peer)) return `PEER-1: ${peer}, who is honest, is ${kind} (${report.offence})`;
  if (event.type === 'timerFired') return `PEER-1: ${peer} is ${kind} because time passed`;
  return null;
}

/** MODE-3: Sync ends with nothing missing that anybody credible claims. */
function settlesTooSoon(facts: Facts, { previous, next }: EffectOf<'modeChanged'>): string | null {
  const settled = (mode: string) => mode === 'Consensus_Synced' || mode === 'Consensus_Pacemaker';
  if (!settled(next) || settled(previous)) return null;
  for (const { value: peer } of maps.peers.entries(facts.peers.byId)) {
    const { claim } = peer;
    if (claim === null || !peerIs(peer, 'connected') || !peerIs(peer, 'claimCounts')) continue;
    // Evidence counts in any mode; a word alone, no longer once the node is settled, which it is by now (META-10).
    const reachable = claim.minHeight <= nextHeight(facts);
    if (reachable && claim.maxHeight > facts.local.maxHeight) {
      return `MODE-3: ${next} at ${facts.local.maxHeight}, and ${peer.id} claims ${claim.maxHeight}`;
    }
  }
  return null;
}

/** SYNC-2: the height grows by what was committed, and by nothing else. */
function growthBroken({ before, event, effects, facts }: Happening): string | null {
  const grown = facts.local.maxHeight - before.facts.local.maxHeight;
  if (grown === 0) return null;
  const committed = event.type === 'blocksCommitted' && event.hostFault === undefined;
  if (!committed && event.type !== 'blockFinalized') return `SYNC-2: the height grows by ${grown} upon ${event.type}`;
  const told = effects.filter((effect) => effect.type === 'blocksAdded').at(-1);
  const { requestBlocksMax, commitBlocksMax } = facts.config;
  if (grown < 0 || grown > Math.max(requestBlocksMax, commitBlocksMax)) return `SYNC-2: the height grows by ${grown} at once`;
  return told?.to === facts.local.maxHeight ? null : 'SYNC-2: the height grows and nobody is told';
}

function complaintOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    const complaint = error instanceof Error ? error.message : String(error);
    return complaint.length > COMPLAINT_MAX ? `${complaint.slice(0, COMPLAINT_MAX)} ...` : complaint;
  }
}
