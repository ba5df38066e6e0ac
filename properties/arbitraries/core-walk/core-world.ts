import type { SyncBlock } from '../../../src/protocol/block.ts';
import type { SyncConfig } from '../../../src/protocol/config.ts';
import { DEFAULT_CONFIG } from '../../../src/protocol/config.ts';
import type { Command, Effect, EffectOf } from '../../../src/core/effects.ts';
import type { SyncEvent, TimerName } from '../../../src/core/events.ts';
import type { Facts } from '../../../src/core/facts.ts';
import { createFacts } from '../../../src/core/initial-facts.ts';
import { step } from '../../../src/core/step.ts';
import { idAt } from './plain-chain.ts';
import type { Outcome } from './host.ts';
import { TestHost } from './host.ts';

export type Stepper = typeof step;

export interface WorldOptions {
  readonly config?: Partial<SyncConfig>;
  readonly minHeight?: number;
  readonly maxHeight?: number;
  readonly validator?: boolean;
  readonly seed?: number;
  /** `step` unless a test plants a bug in it. */
  readonly stepper?: Stepper;
  /** Told after every step. */
  readonly onStep?: OnStep;
}

export type OnStep = (event: SyncEvent, before: Facts, effects: readonly Effect[], after: Facts) => void;

/**
 * The strategies in their plain form: a request names a block, nothing is asked twice, and whatever refutes a claim does so
 * for as long, unless a test says otherwise.
 */
export const BLOCK_BY_BLOCK: Partial<SyncConfig> = {
  requestBlocksMax: 1,
  requestBlocksFirst: 16,
  inFlightMax: 16,
  inFlightPerPeerMax: 4,
  bufferBlocksMax: 256,
  hedgesMax: 0,
  absentBackoffMsMin: DEFAULT_CONFIG.refutedBackoffMsMin,
};

/** A host that answers at once would never come to an end where one piece of work leads to the next without progress. */
const OUTCOMES_MAX = 2_000;

/**
 * A core with the world around it in the smallest form: virtual time, timers, and a host that answers at once unless it
 * is told to hold. Uses `step` and nothing private.
 */
export class World {
  facts: Facts;
  now = 1_000_000;
  /** Every effect since `takeEffects` was last called. */
  effects: Effect[] = [];
  readonly host: TestHost;
  readonly timers = new Map<TimerName, number>();
  /** While set, work piles up in `held` instead of being answered. */
  holds = false;
  held: Extract<Command, { readonly workId: number }>[] = [];
  /** Told after every step; a test hangs its checks in here. */
  onStep: OnStep;
  readonly #step: Stepper;
  readonly #options: WorldOptions;

  constructor(options: WorldOptions = {}) {
    const { minHeight = 1, maxHeight = 9, validator = false, seed = 1 } = options;
    const { refutedBackoffMsMin } = { ...DEFAULT_CONFIG, ...options.config };
    const config = { ...BLOCK_BY_BLOCK, absentBackoffMsMin: refutedBackoffMsMin, ...options.config };
    const tipId = idAt(maxHeight);
    this.facts = createFacts({ config, seed, local: { minHeight, maxHeight, tipId, validator } });
    this.host = new TestHost(maxHeight, tipId, validator);
    this.#step = options.stepper ?? step;
    this.#options = options;
    this.onStep = options.onStep ?? (() => undefined);
  }

  /** Sends an event, and whatever the host answers to what comes of it. */
  send(outcome: Outcome): readonly Effect[] {
    const first = this.effects.length;
    const queue: Outcome[] = [outcome];
    let outcomes = 0;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (++outcomes > OUTCOMES_MAX) throw new Error(`${OUTCOMES_MAX} pieces of work at one moment, and no end to it`);
      const event = { ...next, now: this.now } as SyncEvent;
      const before = this.facts;
      const { state, effects } = this.#step(before, event);
      this.facts = state;
      this.effects.push(...effects);
      for (const effect of effects) this.#carryOut(effect, queue);
      this.onStep(event, before, effects, state);
    }
    return this.effects.slice(first);
  }

  start(): this {
    this.send({ type: 'Start' });
    this.send({ type: 'P2P_IsBootstrapped' });
    return this;
  }

  connect(peer: string, rangeBlocksMax = 1): this {
    this.send({ type: 'peerConnected', peer, rangeBlocksMax });
    return this;
  }

  claim(peer: string, minHeight: number, maxHeight: number): this {
    this.connect(peer);
    this.send({ type: 'metadataReceived', peer, minHeight, maxHeight });
    return this;
  }

  /** The answer to the newest request that this peer was sent for the height. */
  answer(peer: string, blocks: readonly SyncBlock[]): this {
    this.send({ type: 'blocksReceived', peer, requestId: this.requestOf(peer, blocks[0]?.height ?? 0), blocks });
    return this;
  }

  /** Carries out the oldest piece of work that was held back, or the oldest such. */
  release(isIt: (work: World['held'][number]) => boolean = () => true): this {
    const work = this.held.find(isIt);
    if (work === undefined) throw new Error('the host holds no such work');
    this.held = this.held.filter((each) => each !== work);
    if (TestHost.isWork(work)) this.send(this.host.carryOut(work));
    return this;
  }

  requestOf(peer: string, height: number): number {
    const sent = this.asked.filter((each) => each.peer === peer && each.from <= height && height <= each.to).at(-1);
    if (sent === undefined) throw new Error(`${peer} was never asked for ${height}`);
    return sent.requestId;
  }

  /** Every request ever sent. */
  readonly asked: EffectOf<'sendGetBlocks'>[] = [];

  /** Lets time pass and fires what is due on the way. */
  pass(ms: number): this {
    const end = this.now + ms;
    for (;;) {
      const due = [...this.timers].filter(([, at]) => at <= end).sort((a, b) => a[1] - b[1])[0];
      if (due === undefined) break;
      const [timer, at] = due;
      this.timers.delete(timer);
      this.now = Math.max(this.now, at);
      this.send({ type: 'timerFired', timer });
    }
    this.now = end;
    return this;
  }

  /** Fires this timer alone, when it is due. */
  fire(timer: TimerName): this {
    const at = this.timers.get(timer);
    if (at === undefined) throw new Error(`the timer ${timer} is not set`);
    this.timers.delete(timer);
    this.now = Math.max(this.now, at);
    this.send({ type: 'timerFired', timer });
    return this;
  }

  /** Everything but the store is lost, and the node starts again; `landed`: the commit under way had made it. */
  crash(landed: boolean): this {
    const commit = this.held.find((work) => work.type === 'commitBlocks');
    if (landed && commit?.type === 'commitBlocks') this.host.carryOut(commit);
    this.host.crash();
    this.held = [];
    this.timers.clear();
    const { committed: maxHeight, validator } = this.host;
    const { seed = 1 } = this.#options;
    const config = { ...BLOCK_BY_BLOCK, ...this.#options.config };
    const local = { minHeight: Math.min(1, maxHeight), maxHeight, tipId: idAt(maxHeight), validator };
    this.facts = createFacts({ config, seed, local });
    return this.start();
  }

  takeEffects(): Effect[] {
    const { effects } = this;
    this.effects = [];
    return effects;
  }

  get mode() {
    return this.facts.control.mode;
  }

  get height(): number {
    return this.facts.local.maxHeight;
  }

  #carryOut(effect: Effect, queue: Outcome[]): void {
    if (effect.type === 'setTimer') this.timers.set(effect.timer, this.now + effect.delayMs);
    else if (effect.type === 'clearTimer') this.timers.delete(effect.timer);
    else if (effect.type === 'sendGetBlocks') this.asked.push(effect);
    else if (TestHost.isWork(effect)) {
      if (this.holds) this.held.push(effect);
      else queue.push(this.host.carryOut(effect));
    }
  }
}

export function effectsOf<Type extends Effect['type']>(effects: readonly Effect[], type: Type): EffectOf<Type>[] {
  return effects.filter((effect): effect is EffectOf<Type> => effect.type === type);
}

/** What was told about a peer, of one kind. */
export function reportsOf(effects: readonly Effect[], kind: EffectOf<'reportPeer'>['report']['kind'], peer?: string) {
  return effectsOf(effects, 'reportPeer').filter(
    (effect) => effect.report.kind === kind && (peer === undefined || effect.peer === peer),
  );
}
