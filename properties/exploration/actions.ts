import type { TimerName } from '../../src/core/events.ts';
import { connectedPeer } from '../../src/core/peers.ts';
import { inMode, nextHeight } from '../../src/core/turn.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import { setOf } from './blocks.ts';
import { worksOf } from './host.ts';
import type { Answer, BlockFlaw, Budgets, WorldPlan } from './plan.ts';
import type { Owed, WorldState } from './state.ts';
import { timersDueFirst } from './state.ts';

/** One thing that can happen: one event for the core, or a crash. */
export type Action = {
  /** Which budget it is taken from. */
  readonly costs?: keyof Budgets;
} & (
  | { readonly type: 'connects' | 'leaves'; readonly peer: PeerId }
  | { readonly type: 'claims'; readonly peer: PeerId; readonly minHeight: number; readonly maxHeight: number }
  | { readonly type: 'answers'; readonly peer: PeerId; readonly request: Owed; readonly answer: Answer }
  | { readonly type: 'sendFails'; readonly peer: PeerId; readonly request: Owed }
  | {
      readonly type: 'sendsUnasked' | 'announces';
      readonly peer: PeerId;
      readonly height: number;
      readonly flaw: BlockFlaw;
    }
  | { readonly type: 'grows'; readonly peer: PeerId }
  | { readonly type: 'finalizes' }
  | { readonly type: 'validatorChanges' }
  | { readonly type: 'works'; readonly workId: number; readonly fails: boolean }
  | { readonly type: 'timer'; readonly timer: TimerName; readonly atMs: number }
  | { readonly type: 'crashes'; readonly landed: boolean }
);

/** Everything that can happen in a state, always in the same order. */
export function actionsOf(plan: WorldPlan, state: WorldState): readonly Action[] {
  const { budgets, host } = state;
  const actions: Action[] = [];
  for (const { workId } of worksOf(host)) {
    actions.push({ type: 'works', workId, fails: false });
    if (budgets.hostFaults !== 0) actions.push({ type: 'works', workId, fails: true, costs: 'hostFaults' });
  }
  for (const peer of plan.honest) addHonest(plan, state, peer, actions);
  for (const peer of plan.byzantine) addByzantine(plan, state, peer, actions);
  if (budgets.sendFailures !== 0) {
    for (const request of state.owed) {
      if (!request.late) actions.push({ type: 'sendFails', peer: request.peer, request, costs: 'sendFailures' });
    }
  }
  if (inMode(state.facts, 'runsConsensus') && (state.tip > host.durable || budgets.growth !== 0)) {
    actions.push({ type: 'finalizes', ...(state.tip > host.durable ? {} : { costs: 'growth' }) });
  }
  if (budgets.validatorChanges !== 0) actions.push({ type: 'validatorChanges', costs: 'validatorChanges' });
  addTime(plan, state, actions);
  if (budgets.crashes !== 0) {
    actions.push({ type: 'crashes', landed: false, costs: 'crashes' });
    if (host.committing !== null) actions.push({ type: 'crashes', landed: true, costs: 'crashes' });
  }
  return actions;
}

/** An honest peer does its part, sooner or later; it may be away for a while. */
function addHonest(plan: WorldPlan, state: WorldState, peer: PeerId, actions: Action[]): void {
  const { facts, budgets, tip } = state;
  if (connectedPeer(facts, peer) === undefined) {
    actions.push({ type: 'connects', peer });
    return;
  }
  if (state.asked.includes(peer)) actions.push({ type: 'claims', peer, minHeight: 1, maxHeight: tip });
  for (const request of state.owed) {
    if (request.peer !== peer) continue;
    const answer = request.from > tip ? 'absent' : request.to > tip ? 'short' : 'good';
    actions.push({ type: 'answers', peer, request, answer });
    if (plan.inParts && canAnswer(plan, state, request, 'part')) {
      actions.push({ type: 'answers', peer, request, answer: 'part' });
    }
  }
  if (budgets.departures !== 0) actions.push({ type: 'leaves', peer, costs: 'departures' });
  if (budgets.growth !== 0 && !plan.validator) actions.push({ type: 'grows', peer, costs: 'growth' });
}

/** A byzantine peer does whatever its alphabet has. */
function addByzantine(plan: WorldPlan, state: WorldState, peer: PeerId, actions: Action[]): void {
  const { facts, budgets } = state;
  const { claims, answers, unasked, announces, leaves } = plan.liar;
  const mayAct = budgets.liarActs !== 0;
  const costs = 'liarActs';
  if (connectedPeer(facts, peer) === undefined) {
    if (mayAct) actions.push({ type: 'connects', peer, costs });
    return;
  }
  for (const request of state.owed) {
    if (request.peer !== peer) continue;
    for (const answer of answers) {
      if (!canAnswer(plan, state, request, answer)) continue;
      actions.push({ type: 'answers', peer, request, answer, ...(request.late ? { costs: 'lateAnswers' } : {}) });
    }
  }
  if (!mayAct) return;
  for (const { minHeight, maxHeight } of claims) actions.push({ type: 'claims', peer, minHeight, maxHeight, costs });
  const height = nextHeight(facts);
  for (const flaw of unasked) {
    if (flaw !== 'good' || height <= state.tip) actions.push({ type: 'sendsUnasked', peer, height, flaw, costs });
  }
  for (const flaw of announces) {
    if (flaw !== 'good' || height <= state.tip) actions.push({ type: 'announces', peer, height, flaw, costs });
  }
  if (leaves) actions.push({ type: 'leaves', peer, costs });
}

/** Nobody has blocks that the chain has not, but for forged ones. */
function canAnswer(plan: WorldPlan, { tip }: WorldState, { from, to }: Owed, answer: Answer): boolean {
  if (answer === 'short' || answer === 'part') return to > from && from <= tip;
  // Who signed blocks before the change signed none above it, but for these.
  if (answer === 'outdated') return setOf(plan, to) > 1;
  if (answer === 'absent' || answer === 'forged') return true;
  if (answer === 'wrongHeight') return plan.chainHeight > 1;
  return to <= tip;
}

/** The timers that are due first. Time waits for honest peers and the host, but for delays that the plan allows. */
function addTime(plan: WorldPlan, state: WorldState, actions: Action[]): void {
  const waits = isBusy(plan, state);
  if (waits && state.budgets.delays === 0) return;
  const due = timersDueFirst(state.timers);
  for (const timer of plan.timersInAnyOrder ? due : due.slice(0, 1)) {
    const atMs = state.timers[timer] ?? 0;
    actions.push({ type: 'timer', timer, atMs, ...(waits ? { costs: 'delays' } : {}) });
  }
}

/** Whether somebody who does not lie has something to do that takes no time. */
function isBusy(plan: WorldPlan, { host, asked, owed }: WorldState): boolean {
  return worksOf(host).length > 0 || asked.length > 0 || owed.some(({ peer }) => plan.honest.includes(peer));
}
