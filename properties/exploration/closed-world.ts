import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent, UntimedEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { createFacts } from '../../src/core/initial-facts.ts';
import { step } from '../../src/core/step.ts';
import type { Step } from '../../src/core/step.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { Action } from './actions.ts';
import { actionsOf } from './actions.ts';
import { blockAt, idAt } from './blocks.ts';
import type { Finisher, HostState, HostWork } from './host.ts';
import { crashed, finalized, finishWork, heightOf, IDLE_HOST, withWork, workById } from './host.ts';
import { forgetful, withTypicalAnswerTime } from './forgetting.ts';
import type { Answer, Budgets, WorldPlan } from './plan.ts';
import { brokenBy, brokenIn } from './safety.ts';
import type { Move } from './search.ts';
import type { Owed, WorldState } from './state.ts';
import { NO_TIMERS } from './state.ts';

/** `step`, or one with a bug planted in it. */
export type Stepper = (facts: Facts, event: SyncEvent) => Step;

/** Where a bug may be planted. */
export interface Planted {
  readonly stepper?: Stepper | undefined;
  readonly finisher?: Finisher | undefined;
}

/** Jitter is off in every world, so that the seed decides nothing but ties. */
const SEED = 1;
const NO_BUDGETS: Budgets = {
  crashes: 0,
  delays: 0,
  hostFaults: 0,
  departures: 0,
  sendFailures: 0,
  lateAnswers: 0,
  liarActs: 0,
  growth: 0,
  validatorChanges: 0,
};

/** How a world begins and what follows from what: the real core, with a small world closed around it. */
export class ClosedWorld {
  readonly plan: WorldPlan;
  readonly initial: WorldState;
  readonly #step: Stepper;
  readonly #finish: Finisher;

  constructor(plan: WorldPlan, { stepper = step, finisher = finishWork }: Planted = {}) {
    this.plan = plan;
    this.#step = stepper;
    this.#finish = finisher;
    const budgets = { ...NO_BUDGETS, ...plan.budgets };
    this.initial = this.#boot(IDLE_HOST, budgets, plan.chainHeight, plan.validator, 0).state;
  }

  actions(state: WorldState): readonly Action[] {
    return actionsOf(this.plan, state);
  }

  apply(before: WorldState, action: Action): Move<WorldState> {
    const state = action.costs === undefined ? before : { ...before, budgets: spend(before.budgets, action.costs) };
    if (action.type === 'crashes') {
      const { budgets, tip, validator, now } = state;
      return this.#boot(crashed(state.host, action.landed), budgets, tip, validator, now);
    }
    if (action.type === 'timer') {
      const timers = { ...state.timers, [action.timer]: null };
      return this.#send({ ...state, now: action.atMs, timers }, { type: 'timerFired', timer: action.timer });
    }
    if (action.type === 'works') return this.#finishWork(state, action.workId, action.fails);
    if (action.type === 'answers' || action.type === 'sendFails') {
      const { requestId } = action.request;
      const isOver = action.type === 'sendFails' || action.answer !== 'part';
      const owed = isOver ? state.owed.filter((each) => each.requestId !== requestId) : state.owed;
      const facts = action.request.late ? withTypicalAnswerTime(state.facts, requestId) : state.facts;
      const event =
        action.type === 'sendFails'
          ? ({ type: 'sendFailed', peer: action.peer, requestId } as const)
          : answerEvent(action.request, action.answer, state.tip);
      return this.#send({ ...state, facts, owed }, event);
    }
    return this.#sendFromOutside(state, action);
  }

  broken(state: WorldState): string | null {
    return brokenIn(state);
  }

  #sendFromOutside(state: WorldState, action: Exclude<Action, { readonly type: HandledBefore }>): Move<WorldState> {
    switch (action.type) {
      case 'connects': {
        const { rangeBlocksMax } = this.plan;
        return this.#send(state, { type: 'peerConnected', peer: action.peer, rangeBlocksMax });
      }
      case 'leaves': {
        const { peer } = action;
        return this.#send(withoutPeer(state, peer), { type: 'peerDisconnected', peer });
      }
      case 'claims': {
        const { peer, minHeight, maxHeight } = action;
        const asked = state.asked.filter((each) => each !== peer);
        return this.#send({ ...state, asked }, { type: 'metadataReceived', peer, minHeight, maxHeight });
      }
      case 'sendsUnasked': {
        const { peer, height, flaw } = action;
        return this.#send(state, { type: 'blocksReceived', peer, requestId: 0, blocks: [blockAt(height, flaw)] });
      }
      case 'announces': {
        const { peer, height, flaw } = action;
        return this.#send(state, { type: 'newBlockReceived', peer, block: blockAt(height, flaw) });
      }
      case 'grows': {
        const tip = state.tip + 1;
        return this.#send({ ...state, tip }, { type: 'newBlockReceived', peer: action.peer, block: blockAt(tip) });
      }
      case 'finalizes': {
        const host = finalized(state.host);
        const height = host.durable;
        const { validator } = state;
        const tip = Math.max(state.tip, height);
        return this.#send({ ...state, host, tip }, { type: 'blockFinalized', height, id: idAt(height), validator });
      }
      case 'validatorChanges': {
        const validator = !state.validator;
        return this.#send({ ...state, validator }, { type: 'validatorStatusChanged', validator });
      }
    }
  }

  #finishWork(state: WorldState, workId: number, fails: boolean): Move<WorldState> {
    const work = workById(state.host, workId);
    if (work === undefined) throw new Error(`the host has no work ${workId}`);
    const { host, event, broken } = this.#finish(this.plan, state.host, work, fails, state.validator);
    const move = this.#send({ ...state, host }, event);
    return broken === null ? move : { ...move, broken };
  }

  /** The node starts from what its store holds; nobody is connected to it yet. */
  #boot(host: HostState, budgets: Budgets, tip: number, validator: boolean, now: number): Move<WorldState> {
    const { durable } = host;
    const local = { minHeight: Math.min(1, durable), maxHeight: durable, tipId: idAt(durable), validator };
    const facts = createFacts({ config: this.plan.config, local, seed: SEED });
    const state = { facts, now, timers: NO_TIMERS, host, owed: [], asked: [], budgets, tip, validator };
    const started = this.#send(state, { type: 'Start' });
    const running = this.#send(started.state, { type: 'P2P_IsBootstrapped' });
    return { state: running.state, broken: started.broken ?? running.broken };
  }

  #send(state: WorldState, event: UntimedEvent): Move<WorldState> {
    const timed = { ...event, now: state.now } as SyncEvent;
    const { state: facts, effects } = this.#step(state.facts, timed);
    const carried = carryOut(this.plan, state, effects);
    const after = { ...carried.state, facts: forgetful(facts), owed: stillOwed(this.plan, carried.state, facts) };
    const broken = carried.broken ?? brokenBy(this.plan, { before: state, event: timed, effects, facts, after });
    return { state: after, broken };
  }
}

type HandledBefore = 'crashes' | 'timer' | 'works' | 'answers' | 'sendFails';

function spend(budgets: Budgets, what: keyof Budgets): Budgets {
  const left = budgets[what];
  return left < 0 ? budgets : { ...budgets, [what]: left - 1 };
}

function answerEvent({ peer, requestId, from, to }: Owed, answer: Answer, tip: number): UntimedEvent {
  if (answer === 'absent') return { type: 'blocksUnavailable', peer, requestId, height: from };
  const blocks: SyncBlock[] = [];
  const last = answer === 'short' ? Math.min(tip, to - 1) : answer === 'part' ? from : to;
  for (let height = from; height <= last; height++) {
    if (answer === 'wrongHeight') blocks.push(blockAt(height < tip ? height + 1 : 1));
    // A range is good up to its last block, so that its parts go different ways.
    else blocks.push(blockAt(height, answer === 'short' || answer === 'part' || height < last ? 'good' : answer));
  }
  return { type: 'blocksReceived', peer, requestId, blocks, ...(answer === 'part' ? { more: true } : {}) };
}

function withoutPeer(state: WorldState, peer: string): WorldState {
  const owed = state.owed.filter((each) => each.peer !== peer);
  return { ...state, owed, asked: state.asked.filter((each) => each !== peer) };
}

/** What the host does at once: timers, sending, dropping connections, beginning work. */
function carryOut(plan: WorldPlan, state: WorldState, effects: readonly Effect[]): Move<WorldState> {
  let next = state;
  for (const effect of effects) {
    switch (effect.type) {
      case 'setTimer':
        next = { ...next, timers: { ...next.timers, [effect.timer]: next.now + effect.delayMs } };
        break;
      case 'clearTimer':
        next = { ...next, timers: { ...next.timers, [effect.timer]: null } };
        break;
      case 'sendMetadataRequest':
        if (plan.honest.includes(effect.peer) && !next.asked.includes(effect.peer)) {
          next = { ...next, asked: [...next.asked, effect.peer] };
        }
        break;
      case 'sendGetBlocks': {
        const { requestId, peer, from, to } = effect;
        next = { ...next, owed: [...next.owed, { requestId, peer, from, to, begun: false, late: false }] };
        break;
      }
      case 'disconnectPeer':
        next = withoutPeer(next, effect.peer);
        break;
      case 'verifyBlocks':
      case 'applyBlocks':
      case 'commitBlocks':
      case 'rollbackBlocks': {
        const broken = misplaced(next.host, effect);
        const host = withWork(plan, next.host, effect);
        if (host === null || broken !== null)
          return { state: next, broken: broken ?? `SYNC-2: ${effect.type} twice at once` };
        next = { ...next, host };
        break;
      }
      default:
        break;
    }
  }
  return { state: next, broken: null };
}

/** What is verified as the next block is the next one to the host, too. */
function misplaced({ durable, applied, executing }: HostState, work: HostWork): string | null {
  if (work.type !== 'verifyBlocks' || !work.exact) return null;
  const top = durable + applied.length;
  if (heightOf(work) === top + 1 && executing === null) return null;
  return `APPLY-1: height ${heightOf(work)} is verified as the next one, and the host is at ${top}`;
}

/**
 * Requests that their peers may still answer. An answer that is later than the next request's time is lost; so is a
 * late answer of a liar that may not be late.
 */
function stillOwed(plan: WorldPlan, { owed, budgets }: WorldState, facts: Facts): readonly Owed[] {
  const kept: Owed[] = [];
  for (const each of owed) {
    const request = maps.requests.get(facts.requests.byId, each.requestId);
    if (request === undefined) continue;
    const late = request.deadline === null;
    if (late && budgets.lateAnswers === 0 && plan.byzantine.includes(each.peer)) continue;
    const { from, begun } = request;
    kept.push(late === each.late && from === each.from ? each : { ...each, from, begun, late });
  }
  const newlyLate = new Set(kept.filter((each) => each.late && !owed.includes(each)).map(({ peer }) => peer));
  return kept.filter((each) => !each.late || !newlyLate.has(each.peer) || !owed.includes(each));
}
